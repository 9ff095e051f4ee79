// The whole state as it was saved: which rows change, which go, and which are not an archive's to say.
//
// What is registered at this agent is of the processes beside it, and they live on: it stays, and the sync brings the catalog in line with it. Only a server
// that has nothing registered takes over what the archive holds of the same node: a new machine in the place of a lost one.

import { FLOOR_KEY } from '../engine/tombstones.js'
import { same } from '../engine/draft.js'
import { command, putCheck, SERF_HEALTH } from '../catalog/rows.js'
import { goneOf } from '../state/tables.js'
import { fold, keys } from '../state/keys.js'
import type { Command, Head, Row, SavedRow } from '../engine/engine.js'
import type { CheckRecord } from '../state/checks.js'
import type { Archive } from './read-archive.js'

const AGENT = 'agent/'

/** Rows of this store alone: where its deletions begin to be remembered, its last restore, and the last event, which must not be heard of again. */
const OWN: readonly string[] = [FLOOR_KEY, keys.restored, keys.lastEvent]
const isOwn = (key: string): boolean => OWN.includes(key)

/** Whether a row goes into an archive. */
export const isSaved = (key: string): boolean => !isOwn(key)

export interface Restored {
  /** Rows that changed, came or went. */
  readonly changed: number
  /** The agent's registrations were the archive's to say. */
  readonly tookAgent: boolean
}

/** @param node the agent's own */
export const restoreCommand = ({ meta, rows }: Archive, node: string): Command<Restored> => head => {
  const tookAgent = isEmpty(head.range(AGENT)) && fold(meta.Roster.Node) === fold(node)
  const isKept = (key: string): boolean => isOwn(key) || (!tookAgent && key.startsWith(AGENT))
  const saved = new Map(rows.filter(row => !isKept(row.key)).map(row => [row.key, row]))
  const deletes: Array<readonly [key: string, gone: unknown]> = []
  for (const row of head.range('')) {
    const before = saved.get(row.key)
    if (before !== undefined && isSame(before, row)) saved.delete(row.key)
    else if (before === undefined && !isKept(row.key)) deletes.push([row.key, goneOf(row)])
  }
  const tombstones = [...head.tombstones('')].map(({ key }) => key).filter(key => !saved.has(key))
  return {
    // Marked even when nothing changes: whoever waits is told that there was a restore.
    tx: { restored: [...saved.values()], deletes, purges: [...deletes.map(([key]) => key), ...tombstones], puts: [[FLOOR_KEY, {}], [keys.restored, {}]] },
    result: { changed: saved.size + deletes.length, tookAgent },
  }
}

const isEmpty = (rows: Iterable<Row>): boolean => rows[Symbol.iterator]().next().done === true

const isSame = (saved: SavedRow, row: Row): boolean => saved.created === row.created && saved.revision === row.revision && same(saved.value, row.value)

/** Every live row that is saved, as of now. */
export const collectCommand: Command<{ readonly rows: readonly SavedRow[], readonly revision: number }> = (head: Head) =>
  ({ tx: undefined, result: { rows: [...head.range('')].filter(row => isSaved(row.key)), revision: head.next - 1 } })

/** The server that an archive came from is not there any more: nobody vouches for its node. */
export const doubtCommand = (node: string, by: string): Command<void> => command(draft => {
  const serf = draft.get<CheckRecord>(keys.check(node, SERF_HEALTH))
  if (serf !== undefined) putCheck(draft, { ...serf, status: 'critical', output: `Its server was replaced by ${by}, which restored a snapshot` })
})
