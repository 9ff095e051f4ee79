// Transactions that are too large for one Txn: their rows are written in pieces beside the rows, put in force by one small Txn, folded by everyone at its
// revision, and then spread over the places where they belong. A server that starts in between lays them over the places itself.
//
//   pieces => committed     b/<id>/<n>, then b/<id> together with `fence`: whoever has not heard of it finds that its writes do not fit
//   committed => spread     each place that nobody has written since gets its rows, with the revisions that they have
//   spread => gone          the batch is removed; pieces of one that was never committed go after ORPHAN_MS

import { decodePlace, encodePlace, purgeEntry, rowEntry } from './place-record.js'
import { standingPlace } from './decision.js'
import { EtcdError } from './client.js'
import { prefixEnd } from './layout.js'
import { EngineError } from '../engine.js'
import type { CancelTimer, Clock } from '../../clock.js'
import type { Codec } from '../engine.js'
import type { EtcdClient } from './client.js'
import type { Decision } from './decision.js'
import type { Layout } from './layout.js'
import type { Op } from './messages.js'
import type { Names } from './names.js'
import type { PendingBatch, View } from './view.js'
import type { PlaceEntry } from './place-record.js'

/** What stands under `b/<id>`. */
interface Commit { readonly pieces: number, readonly restored: boolean }

export interface BatchKeeperOptions {
  readonly client: EtcdClient
  readonly names: Names
  readonly view: View
  readonly layout: Layout
  readonly codec: Codec
  readonly clock: Clock
  /** etcd's revision of the last batch that was folded. */
  readonly fenceMod: () => number
  readonly readOnly: boolean
}

const PIECE_BYTES = 512 * 1024
/** A row beyond it fits into no write at all. */
const MAX_ENTRY_BYTES = 1400 * 1024
/** Places in one Txn of the spreading; with their compares below etcd's limit. */
const SPREAD_AT_ONCE = 100
const LOOK_MS = 250
/** A batch that its writer has not spread by then is spread by whoever sees it. */
const TAKE_OVER_MS = 10_000
const ORPHAN_MS = 10 * 60_000
const WRITE_TIMEOUT_MS = 15_000

export class BatchKeeper {
  readonly #options: BatchKeeperOptions
  /** By id and number. */
  readonly #pieces = new Map<string, Map<number, Buffer>>()
  readonly #seenAt = new Map<string, number>()
  #committed: Array<{ readonly id: string, readonly commit: Commit, readonly mod: number | undefined }> = []
  readonly #own = new Set<string>()
  #timer: CancelTimer | undefined
  #running: Promise<void> | undefined
  #stopped = false

  constructor (options: BatchKeeperOptions) { this.#options = options }

  // === writing ===

  /** Writes the pieces and gives what the committing Txn has to put. */
  async write (packId: string, decision: Decision): Promise<Op[]> {
    const { client, names, view, codec } = this.#options
    const id = packId.replace(':', '-')
    this.#own.add(id)
    const entries = [...decision.changes.map(({ key, value, gone, created, revision }) => rowEntry(key, value, gone, created, revision, codec)), ...decision.purges.map(purgeEntry)]
    const pieces = piecesOf(entries)
    for (const [i, piece] of pieces.entries()) await client.txn({ then: [{ put: names.batch(id, i), value: encodePlace(piece) }] }, { timeoutMs: WRITE_TIMEOUT_MS })
    const ops: Op[] = [{ put: names.batch(id), value: Buffer.from(JSON.stringify({ pieces: pieces.length, restored: decision.restored } satisfies Commit)) }]
    if (decision.restored) {
      const newest = decision.changes.reduce((newest, { revision = 0 }) => Math.max(newest, revision), 0)
      ops.push({ put: names.count, value: Buffer.from(JSON.stringify(view.revisions.raised(newest + 1))) })
    }
    return ops
  }

  // === following ===

  /** A key below `b/` as the reading found it. */
  loaded (name: string, value: Buffer, mod: number): void { this.#take(name, value, mod) }

  changed (name: string, value: Buffer | undefined): void {
    if (value !== undefined) return this.#take(name, value, undefined)
    const [id = ''] = name.split('/')
    this.#options.view.batches.delete(id)
    this.#pieces.delete(id)
    this.#seenAt.delete(id)
    this.#own.delete(id)
  }

  #take (name: string, value: Buffer, mod: number | undefined): void {
    const [id = '', piece] = name.split('/')
    if (!this.#seenAt.has(id)) this.#seenAt.set(id, this.#options.clock.monotonic())
    if (piece === undefined) {
      this.#committed.push({ id, commit: JSON.parse(value.toString()) as Commit, mod })
      return
    }
    let pieces = this.#pieces.get(id)
    if (pieces === undefined) this.#pieces.set(id, pieces = new Map())
    pieces.set(Number(piece), Buffer.from(value))
  }

  /** Batches that were committed at `mod`. @throws EngineError `DAMAGED` */
  committed (mod: number): readonly PendingBatch[] {
    if (this.#committed.length === 0) return []
    return this.#committed.splice(0).map(({ id, commit, mod: own }) => this.#assemble(id, commit, own ?? mod))
  }

  /** A reading is through: pending batches, oldest first. They are pending here as well from now on. */
  loadingEnds (): readonly PendingBatch[] {
    const { batches } = this.#options.view
    const pending = [...this.committed(0)].sort((a, b) => a.mod - b.mod)
    batches.clear()
    for (const batch of pending) batches.set(batch.id, batch)
    return pending
  }

  #assemble (id: string, { pieces, restored }: Commit, mod: number): PendingBatch {
    const held = this.#pieces.get(id)
    const entries: PlaceEntry[] = []
    for (let i = 0; i < pieces; i++) {
      const piece = held?.get(i)
      if (piece === undefined) throw new EngineError('DAMAGED', `batch ${id} lacks its piece ${i}`)
      entries.push(...decodePlace(`b/${id}/${i}`, piece))
    }
    return { id, mod, restored, entries }
  }

  // === spreading ===

  start (): void {
    if (this.#options.readOnly) return
    this.#timer = this.#options.clock.after(LOOK_MS, () => {
      this.#running = this.#look().finally(() => {
        this.#running = undefined
        if (!this.#stopped) this.start()
      })
    })
  }

  async #look (): Promise<void> {
    const { view, clock, client, names } = this.#options
    const now = clock.monotonic()
    try {
      for (const batch of [...view.batches.values()]) {
        if (this.#own.has(batch.id) || now - (this.#seenAt.get(batch.id) ?? now) > TAKE_OVER_MS) await this.#spread(batch)
      }
      for (const [id, at] of this.#seenAt) {
        if (view.batches.has(id) || now - at < ORPHAN_MS) continue
        await client.txn({ compares: [{ key: names.batch(id), mod: 0, is: 'equal' }], then: [{ remove: names.batch(`${id}/`), end: prefixEnd(names.batch(`${id}/`)) }] })
      }
    } catch (error) {
      // Tried again with the next look: until then everyone has the rows all the same.
      if (!(error instanceof EtcdError)) throw error
    }
  }

  async #spread (batch: PendingBatch): Promise<void> {
    const { view, layout, names, client, codec } = this.#options
    const places = [...new Set(batch.entries.map(({ key }) => layout.placeOf(key)))]
    const done = new Set<string>()
    const left = (): string[] => places.filter(place => !done.has(place) && view.modOf(place) < batch.mod)
    for (let some = left(); some.length > 0 && !this.#stopped; some = left()) {
      const now = some.slice(0, SPREAD_AT_ONCE)
      // Bounded in bytes as well: one place may be as large as a Txn.
      const ops: Op[] = []
      const taken: string[] = []
      let bytes = 0
      for (const place of now) {
        const value = standingPlace(place, view, codec)
        if (bytes > 0 && bytes + (value?.length ?? 0) > 1024 * 1024) break
        bytes += value?.length ?? 0
        taken.push(place)
        ops.push(value === undefined ? { remove: names.place(place) } : { put: names.place(place), value })
      }
      const compares = [{ key: names.fence, mod: this.#options.fenceMod(), is: 'equal' as const }, ...taken.map(place => ({ key: names.place(place), mod: view.modOf(place), is: 'equal' as const }))]
      const { succeeded } = await client.txn({ compares, then: ops }, { timeoutMs: WRITE_TIMEOUT_MS })
      if (succeeded) for (const place of taken) done.add(place)
      // Somebody wrote one of them: the watch is about to say so.
      else await new Promise<void>(resolve => { this.#options.clock.after(20, resolve) })
    }
    if (this.#stopped) return
    await client.txn({ then: [{ remove: names.batch(batch.id) }, { remove: names.batch(`${batch.id}/`), end: prefixEnd(names.batch(`${batch.id}/`)) }] }, { timeoutMs: WRITE_TIMEOUT_MS })
  }

  /** Idempotent. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#timer?.()
    await this.#running
  }
}

/** @throws EngineError `NO_SPACE` for a row that no write can take */
function piecesOf (entries: readonly PlaceEntry[]): PlaceEntry[][] {
  const pieces: PlaceEntry[][] = []
  let room = 0
  for (const entry of entries) {
    const bytes = entry.key.length * 3 + entry.bytes.length + 32
    if (bytes > MAX_ENTRY_BYTES) throw new EngineError('NO_SPACE', `${JSON.stringify(entry.key.slice(0, 200))} takes ${bytes} bytes, more than etcd takes in one write`)
    if (room < bytes) {
      pieces.push([])
      room = PIECE_BYTES
    }
    pieces.at(-1)!.push(entry)
    room -= bytes
  }
  return pieces
}
