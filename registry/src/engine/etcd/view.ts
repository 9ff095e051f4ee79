// What this process has folded of a prefix: the rows, which of them lie together, and etcd's revision of each place. It follows etcd's changes and turns
// them into events. What it is not: the one who fetches them (feed.ts).

import { LocalHead } from '../head.js'
import { decodePlace } from './place-record.js'
import { Revisions } from './revisions.js'
import { EngineError } from '../engine.js'
import type { Codec, Revision } from '../engine.js'
import type { HeldRow } from '../store.js'
import type { PlaceEntry } from './place-record.js'

/** A batch that is committed and not yet spread over its places. */
export interface PendingBatch {
  readonly id: string
  /** etcd's revision of its commit. */
  readonly mod: number
  readonly restored: boolean
  readonly entries: readonly PlaceEntry[]
}

/** Rows that changed, in their order, and tombstones that are forgotten. */
export interface Changes { readonly rows: HeldRow[], readonly purges: string[] }

/** What stays of a row that went without a word. */
export type Residue = (row: HeldRow) => unknown

/** Values of rows that this process wrote itself, by key: they need not be decoded again. */
export type Known = ReadonlyMap<string, unknown>

export class View {
  readonly #codec: Codec
  readonly #placeOf: (key: string) => string
  readonly revisions = new Revisions()
  head = new LocalHead(new Map(), 0)
  /** etcd's revision of each place; one that is absent has none. */
  #mods = new Map<string, number>()
  /** Keys in a place (and its own name), where it is not the one row of that name. */
  #members = new Map<string, Set<string>>()
  /** By id. */
  readonly batches = new Map<string, PendingBatch>()
  /** etcd's revision of the last change folded. */
  mod = 0

  constructor (codec: Codec, placeOf: (key: string) => string) {
    this.#codec = codec
    this.#placeOf = placeOf
  }

  /** etcd's revision of a place, 0 when there is none. */
  modOf (place: string): number { return this.#mods.get(place) ?? 0 }

  /** Keys whose rows may lie in a place: some may have none. */
  keysIn (place: string): Iterable<string> { return this.#members.get(place) ?? [place] }

  get places (): IterableIterator<string> { return this.#mods.keys() }

  // === following ===

  /** A place was written. */
  put (place: string, mod: number, bytes: Buffer, into: Changes, known?: Known): void {
    this.#mods.set(place, mod)
    for (const entry of decodePlace(place, bytes)) this.#follow(place, entry, mod, into, known)
  }

  #follow (place: string, entry: PlaceEntry, mod: number, into: Changes, known: Known | undefined): void {
    const { key, kind } = entry
    if (kind === 'purge') {
      // Said again by a later write of the place: nothing is left to forget.
      if (this.head.current(key) === undefined) return
      into.purges.push(key)
      this.#leave(place, key)
      return
    }
    // A row that stayed as it was carries the revision that is held already.
    if (entry.revision !== undefined && this.head.current(key)?.revision === entry.revision) return
    into.rows.push(this.rowOf(place, entry, mod, known))
    this.#enter(place, key)
  }

  /** A place went: with it tombstones that nobody remembers any more. */
  remove (place: string, into: Changes): void {
    for (const key of this.keysIn(place)) if (this.head.current(key) !== undefined) into.purges.push(key)
    this.#mods.delete(place)
    this.#members.delete(place)
  }

  /** A batch was committed: its rows count from now on, wherever their places are. */
  batch (batch: PendingBatch, into: Changes, known?: Known): void {
    this.batches.set(batch.id, batch)
    for (const entry of batch.entries) this.#follow(this.#placeOf(entry.key), entry, batch.mod, into, known)
  }

  rowOf (place: string, { key, kind, created, revision, bytes }: PlaceEntry, mod: number, known?: Known): HeldRow {
    const now = this.revisions.of(mod)
    const value = kind === 'tombstone' ? undefined : known?.has(key) === true ? known.get(key) : this.#decode(place, key, bytes)
    const gone: unknown = kind === 'tombstone' && bytes.length > 0 ? JSON.parse(Buffer.from(bytes).toString()) : undefined
    return { key, value, created: created ?? now, revision: revision ?? now, gone, record: 0, bytes: 0 }
  }

  #decode (place: string, key: string, bytes: Uint8Array): unknown {
    try {
      return this.#codec.decode(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
    } catch (cause) {
      throw new EngineError('DAMAGED', `${JSON.stringify(place)} holds ${JSON.stringify(key)}, which cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }

  #enter (place: string, key: string): void {
    const members = this.#members.get(place)
    if (members !== undefined) members.add(key)
    else if (key !== place) this.#members.set(place, new Set([place, key]))
  }

  #leave (place: string, key: string): void { this.#members.get(place)?.delete(key) }

  // === a fresh reading ===

  /** Begins anew: what `Loading` gathers replaces everything here. */
  load (): Loading { return new Loading(this, this.#placeOf) }

  /** Takes over a reading. What differs from what was held is told, unless nothing was (no `residue`). */
  replace (rows: Map<string, HeldRow>, mods: Map<string, number>, members: Map<string, Set<string>>, mod: number, revision: Revision, residue: Residue | undefined): Changes {
    const into: Changes = residue === undefined ? { rows: [], purges: [] } : this.#difference(rows, revision, residue)
    this.head = new LocalHead(rows, revision)
    this.#mods = mods
    this.#members = members
    this.mod = mod
    return into
  }

  #difference (rows: ReadonlyMap<string, HeldRow>, revision: Revision, residue: Residue): Changes {
    const into: Changes = { rows: [], purges: [] }
    for (const before of this.head.all()) {
      if (rows.has(before.key)) continue
      if (before.value !== undefined) into.rows.push({ ...before, value: undefined, gone: residue(before), revision })
      into.purges.push(before.key)
    }
    for (const [key, row] of rows) {
      const before = this.head.current(key)
      if (before?.revision !== row.revision || (before.value === undefined) !== (row.value === undefined)) into.rows.push(row)
    }
    into.rows.sort((a, b) => a.key < b.key ? -1 : 1)
    return into
  }
}

/** Gathers the places of one reading, page by page. */
export class Loading {
  readonly #view: View
  readonly #placeOf: (key: string) => string
  readonly rows = new Map<string, HeldRow>()
  readonly mods = new Map<string, number>()
  readonly members = new Map<string, Set<string>>()

  constructor (view: View, placeOf: (key: string) => string) {
    this.#view = view
    this.#placeOf = placeOf
  }

  place (place: string, mod: number, bytes: Buffer): void {
    this.mods.set(place, mod)
    for (const entry of decodePlace(place, bytes)) this.#entry(place, entry, mod)
  }

  #entry (place: string, entry: PlaceEntry, mod: number): void {
    const { key } = entry
    if (entry.kind === 'purge') {
      this.rows.delete(key)
      this.members.get(place)?.delete(key)
      return
    }
    this.rows.set(key, this.#view.rowOf(place, entry, mod))
    const members = this.members.get(place)
    if (members !== undefined) members.add(key)
    else if (key !== place) this.members.set(place, new Set([place, key]))
  }

  /** Lays pending batches over the places that were not written since; oldest first. */
  batches (batches: readonly PendingBatch[]): void {
    for (const { entries, mod } of batches) {
      for (const entry of entries) {
        const place = this.#placeOf(entry.key)
        if ((this.mods.get(place) ?? 0) < mod) this.#entry(place, entry, mod)
      }
    }
  }
}
