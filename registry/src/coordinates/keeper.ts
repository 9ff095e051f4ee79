// Coordinates on their way into the catalog: updates are gathered and written together, the newest of each node, so that many nodes that tell where they
// are cost one write. The agent tells where it is itself; alone, it is at the origin.
//
//   offered => waiting => written     within FLUSH_MS, if the node is known then; dropped if it is not, or if the write fails: the next update follows

import { command } from '../catalog/rows.js'
import { errors } from '../errors.js'
import { fold, keys } from '../state/keys.js'
import { ORIGIN } from './origin.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { Command } from '../engine/engine.js'
import type { CoordinateRecord } from '../state/coordinates.js'
import type { Logger } from '../telemetry/log.js'

/** ms that updates are gathered: longer is less load on those who sort by nearness, and what they see is older. */
const FLUSH_MS = 2000
/** Nodes with an update that waits; for more of them the caller is told to come again. */
const MAX_WAITING = 4096
/** ms after the start when the agent first tells where it is itself, as long as clients are used to. */
const OWN_MS = 15_000

export interface CoordinateKeeperOptions {
  /** The agent's own node; `undefined` when it is to tell nobody where it is. */
  readonly node: string | undefined
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T }>
  readonly clock: Clock
  readonly log: Logger
}

export class CoordinateKeeper {
  readonly #options: CoordinateKeeperOptions
  #waiting = new Map<string, CoordinateRecord>()
  #cancel: CancelTimer | undefined
  readonly #cancelOwn: CancelTimer | undefined
  #flushed: Promise<void> | undefined
  #stopped = false

  constructor (options: CoordinateKeeperOptions) {
    this.#options = options
    const { node, clock } = options
    this.#cancelOwn = node === undefined ? undefined : clock.after(OWN_MS, () => this.offer({ node, segment: '', coordinate: ORIGIN }))
  }

  /** Updates that wait for their write. */
  get waiting (): number { return this.#waiting.size }

  /** Takes an update, in place of one of the same node and segment that still waits. @throws RosterError 429 when too many nodes wait */
  offer (record: CoordinateRecord): void {
    if (this.#stopped) return
    const key = `${fold(record.node)}\0${record.segment}`
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(key)) throw errors.COORDINATES_TOO_MANY()
    this.#waiting.set(key, record)
    this.#cancel ??= this.#options.clock.after(FLUSH_MS, () => {
      this.#cancel = undefined
      this.#flushed = this.#flush()
    })
  }

  async #flush (): Promise<void> {
    const batch = this.#waiting
    this.#waiting = new Map()
    try {
      await this.#options.commit(writeCoordinates([...batch.values()]))
    } catch (error) {
      if (!this.#stopped) this.#options.log.warn('Coordinates could not be written', { nodes: batch.size, error: String(error) })
    }
  }

  /** What waits is dropped. Nothing is written any more when it resolves. Idempotent. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    this.#cancelOwn?.()
    this.#waiting.clear()
    await this.#flushed
  }
}

/** Writes those of nodes that are registered. */
export const writeCoordinates = (records: readonly CoordinateRecord[]): Command<void> => command(draft => {
  for (const record of records) {
    if (draft.get(keys.node(record.node)) !== undefined) draft.put(keys.coordinate(record.node, record.segment), record)
  }
})
