// Copying what is stored: keys, prepared queries, config entries. Reads both sides, writes only what differs, and says of everything what became of it.
// What is decided is in ../../import/; instances, which live, are mirror.ts.

import { isNoLeader, isRefused } from '@roster/client/api'
import { each } from '../../import/each.js'
import { ENTRY_KINDS, entryBody, entryTitle, sourcesWithMeta } from '../../import/entry-plan.js'
import { planQueries, queryTitle } from '../../import/query-plan.js'
import { sameContent } from '../../import/same-content.js'
import { exactPair } from '../kv/pairs.js'
import type { ConfigEntry, RosterApi } from '@roster/client/api'
import type { Report } from '../../import/report.js'
import type { ExactPair } from '../kv/pairs.js'

export interface CopyOptions {
  /** Only read from. */
  readonly source: RosterApi
  readonly target: RosterApi
  readonly report: Report
  /** Look, and write nothing. */
  readonly dryRun: boolean
  /** Another key was done. */
  readonly onKey: (done: number, all: number) => void
}

/** Keys that are asked for and written at the same time. */
const WIDTH = 16

/** Why the target said no; whatever else is thrown (nobody there, no leader) ends the import, which can be run again. */
function reason (error: unknown): string {
  if (isNoLeader(error) || !isRefused(error)) throw error
  return error.message
}

/** Value by value rather than all at once, so that the size of the store does not matter. */
export async function copyKeys ({ source, target, report, dryRun, onKey }: CopyOptions): Promise<void> {
  report.looked('keys')
  const { value: keys } = await source.kv.keys('')
  let done = 0
  let locked = 0
  await each(keys, WIDTH, async key => {
    const [{ value: theirs }, { value: ours }] = await Promise.all([exactPair(source, key), exactPair(target, key)])
    onKey(++done, keys.length)
    // Deleted since its name was read.
    if (theirs === undefined) return
    if (theirs.Session !== undefined && theirs.Session !== '') locked++
    if (ours !== undefined && samePair(ours, theirs)) {
      report.count('keys', 'same')
      return
    }
    try {
      if (!dryRun) await target.kv.put(key, Buffer.from(theirs.Value ?? '', 'base64'), theirs.Flags === '0' ? {} : { flags: theirs.Flags })
      report.count('keys', ours === undefined ? 'new' : 'changed')
    } catch (error) {
      report.fail('keys', `key ${JSON.stringify(key)}`, reason(error))
    }
  })
  if (locked > 0) report.leave(counted(locked, 'lock'), 'the values are copied, but a lock belongs to a session of a process, which takes it anew where it looks next')
}

const samePair = (a: ExactPair, b: ExactPair): boolean => a.Flags === b.Flags && (a.Value ?? '') === (b.Value ?? '')

export async function copyQueries ({ source, target, report, dryRun }: CopyOptions): Promise<void> {
  report.looked('prepared queries')
  const [theirs, ours] = [await source.query.list(), await target.query.list()]
  const renamed: string[] = []
  for (const step of planQueries(theirs.value, ours.value)) {
    const { query } = step
    if (step.do === 'leave') {
      report.leave(queryTitle(query), step.why)
      continue
    }
    if (query.Token !== undefined && query.Token !== '') report.leave(`token of ${queryTitle(query)}`, 'secrets are not copied')
    try {
      if (step.do === 'create') {
        if (!dryRun) await target.query.create(step.body)
      } else if (step.do === 'update' && !dryRun) await target.query.update(step.id, step.body)
      report.count('prepared queries', step.do === 'create' ? 'new' : step.do === 'update' ? 'changed' : 'same')
      if (step.do === 'create' || step.id !== query.ID) renamed.push(query.ID)
    } catch (error) {
      report.fail('prepared queries', queryTitle(query), reason(error))
    }
  }
  if (renamed.length > 0) report.leave(counted(renamed.length, 'query id', 'query ids'), 'a registry gives its own; ask for queries by name')
}

/** An entry to write, and whether another one of its name is there. */
interface Pending { readonly entry: ConfigEntry, readonly outcome: 'new' | 'changed' }

/** Entries that others must be there for are tried again for as long as one more of them fits. */
export async function copyEntries ({ source, target, report, dryRun }: CopyOptions): Promise<void> {
  report.looked('config entries')
  report.looked('intentions')
  const pending: Pending[] = []
  for (const kind of ENTRY_KINDS) {
    const [theirs, ours] = [await entriesOf(source, kind), await entriesOf(target, kind)]
    const known = new Map(ours.map(entry => [entry.Name ?? '', entryBody(entry)]))
    for (const row of theirs) {
      for (const name of sourcesWithMeta(row)) report.leave(`metadata of the intention ${name} => ${row.Name ?? '*'}`, 'the intention was made by id; an entry has no place for it')
      const entry = entryBody(row)
      const before = known.get(entry.Name ?? '')
      if (before !== undefined && sameContent(before, entry)) count(report, entry, 'same')
      else pending.push({ entry, outcome: before === undefined ? 'new' : 'changed' })
    }
  }
  if (dryRun) for (const { entry, outcome } of pending) count(report, entry, outcome)
  else await writeEntries(target, pending, report)
}

async function writeEntries (target: RosterApi, pending: readonly Pending[], report: Report): Promise<void> {
  const refused = new Map<Pending, string>()
  for (const step of pending) {
    try {
      await target.config.set(step.entry)
      count(report, step.entry, step.outcome)
    } catch (error) {
      refused.set(step, reason(error))
    }
  }
  if (refused.size > 0 && refused.size < pending.length) return await writeEntries(target, [...refused.keys()], report)
  for (const [{ entry }, why] of refused) report.fail(kindOf(entry), entryTitle(entry), why)
}

const kindOf = ({ Kind }: ConfigEntry): string => Kind === 'service-intentions' ? 'intentions' : 'config entries'

/** Intentions are counted one by one, as people do, although all of a destination are one entry. */
function count (report: Report, entry: ConfigEntry, outcome: 'new' | 'changed' | 'same'): void {
  const sources = entry['Sources']
  const times = entry.Kind === 'service-intentions' && Array.isArray(sources) ? sources.length : 1
  for (let i = 0; i < times; i++) report.count(kindOf(entry), outcome)
}

/** A registry that does not know a kind has none of it. */
async function entriesOf (api: RosterApi, kind: string): Promise<readonly ConfigEntry[]> {
  try {
    return (await api.config.list(kind)).value as readonly ConfigEntry[]
  } catch (error) {
    if (isRefused(error) && error.status === 400) return []
    throw error
  }
}

/** What is never copied: how much of it there is, and why not. A list that may not be read, or that this registry does not have, is passed over. */
export async function lookAtTheRest ({ source, report }: CopyOptions, mirrored: boolean): Promise<void> {
  const size = async (rows: Promise<{ readonly value: readonly unknown[] }>): Promise<number> => {
    try {
      return (await rows).value.length
    } catch (error) {
      if (isRefused(error)) return 0
      throw error
    }
  }
  const services = Object.keys((await source.catalog.services()).value).filter(name => name !== 'consul').length
  if (services > 0 && !mirrored) report.leave(counted(services, 'service'), 'instances live, so they are mirrored rather than copied: -follow')
  const sessions = await size(source.session.list())
  if (sessions > 0) report.leave(counted(sessions, 'session'), 'they belong to processes, which make new ones')
  const policies = await size(source.acl.policies())
  const tokens = await size(source.acl.tokens())
  if (policies + tokens > 0) report.leave(`${counted(policies, 'ACL policy', 'ACL policies')}, ${counted(tokens, 'token')}`, 'secrets are not copied; make new ones')
  const peerings = await size(source.peering.list())
  if (peerings > 0) report.leave(counted(peerings, 'peering'), 'each side of a peering is made anew')
}

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
