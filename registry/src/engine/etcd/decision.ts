// What a command decides, made into what etcd is asked to do: the rows that change, the places that they lie in, and what must still be so. Pure.

import { encodePlace, purgeEntry, rowEntry } from './place-record.js'
import type { Codec, Command, Head, Revision, Row, Transaction } from '../engine.js'
import type { Layout } from './layout.js'
import type { PlaceEntry } from './place-record.js'
import type { View } from './view.js'

/** A row that is to change; `undefined` as a revision is the one that the write will get. */
export interface Change {
  readonly key: string
  readonly value: unknown
  readonly gone: unknown
  readonly created: Revision | undefined
  readonly revision: Revision | undefined
}

/** One key of etcd as it is to be. `value` undefined: it goes. */
export interface PlaceWrite { readonly place: string, readonly value: Buffer | undefined }

export interface Decision {
  readonly changes: readonly Change[]
  readonly purges: readonly string[]
  readonly writes: readonly PlaceWrite[]
  /** Bytes of keys and values. */
  readonly bytes: number
  readonly restored: boolean
  /** Rows go without a tombstone that stays: whoever decides on them concurrently must hear of it in another way. */
  readonly vanishing: boolean
}

/** The head that remembers what a command has looked at. */
export class ObservedHead implements Head {
  readonly #view: View
  readonly #layout: Layout
  /** Places that were looked at. */
  readonly places = new Set<string>()
  /** Beginnings below which everything was looked at. */
  readonly prefixes = new Set<string>()

  constructor (view: View, layout: Layout) {
    this.#view = view
    this.#layout = layout
  }

  get next (): Revision { return this.#view.head.next }

  get (key: string): Row | undefined {
    this.places.add(this.#layout.placeOf(key))
    return this.#view.head.get(key)
  }

  range (prefix: string): Iterable<Row> {
    this.#look(prefix)
    return this.#view.head.range(prefix)
  }

  tombstones (prefix: string): Iterable<Row> {
    this.#look(prefix)
    return this.#view.head.tombstones(prefix)
  }

  #look (prefix: string): void {
    const reach = this.#layout.reach(prefix)
    if ('place' in reach) this.places.add(reach.place)
    else this.prefixes.add(reach.prefix)
  }
}

export interface Evaluated<T> {
  readonly result: T
  readonly decision: Decision | undefined
  readonly places: ReadonlySet<string>
  readonly prefixes: ReadonlySet<string>
  /** A guard of the transaction's own does not hold here. */
  readonly unfit: boolean
}

/** @throws what the command throws */
export function evaluate<T> (command: Command<T>, view: View, layout: Layout, codec: Codec): Evaluated<T> {
  const head = new ObservedHead(view, layout)
  const { tx, result } = command(head)
  const decision = tx === undefined ? undefined : decide(tx, view, layout, codec)
  for (const guard of tx?.guards ?? []) {
    if ('prefix' in guard) head.range(guard.prefix)
    else head.get(guard.key)
  }
  for (const { place } of decision?.writes ?? []) head.places.add(place)
  return { result, decision, places: head.places, prefixes: head.prefixes, unfit: tx?.guards?.every(guard => view.head.holds(guard)) === false }
}

/** `undefined` when the transaction changes nothing. The same law as LocalHead.accept's. */
function decide (tx: Transaction, view: View, layout: Layout, codec: Codec): Decision | undefined {
  const { head } = view
  const changes: Change[] = []
  const buried = new Set<string>()
  for (const [key, gone] of tx.deletes ?? []) {
    const before = head.get(key)
    if (before === undefined) continue
    changes.push({ key, value: undefined, gone, created: before.created, revision: undefined })
    buried.add(key)
  }
  for (const [key, value] of tx.puts ?? []) changes.push({ key, value, gone: undefined, created: head.get(key)?.created, revision: undefined })
  for (const { key, value, created, revision } of tx.restored ?? []) changes.push({ key, value, gone: undefined, created, revision })
  const purges = (tx.purges ?? []).filter(key => {
    const before = head.current(key)
    return buried.has(key) || (before !== undefined && before.value === undefined)
  })
  if (changes.length === 0 && purges.length === 0) return undefined
  const writes = writesOf(changes, purges, view, layout, codec)
  const bytes = writes.reduce((sum, { place, value }) => sum + place.length + (value?.length ?? 0) + 16, 0)
  return { changes, purges, writes, bytes, restored: tx.restored !== undefined, vanishing: purges.some(key => buried.has(key)) }
}

function writesOf (changes: readonly Change[], purges: readonly string[], view: View, layout: Layout, codec: Codec): PlaceWrite[] {
  const fresh = new Map<string, { readonly entries: PlaceEntry[], readonly keys: Set<string>, empties: boolean }>()
  const at = (key: string): { readonly entries: PlaceEntry[], readonly keys: Set<string>, empties: boolean } => {
    const place = layout.placeOf(key)
    let found = fresh.get(place)
    if (found === undefined) fresh.set(place, found = { entries: [], keys: new Set(), empties: true })
    return found
  }
  for (const { key, value, gone, created, revision } of changes) {
    const place = at(key)
    place.entries.push(rowEntry(key, value, gone, created, revision, codec))
    place.keys.add(key)
    place.empties = false
  }
  for (const key of purges) {
    const place = at(key)
    place.entries.push(purgeEntry(key))
    place.keys.add(key)
  }
  const writes: PlaceWrite[] = []
  for (const [place, { entries, keys, empties }] of fresh) {
    const kept = keptEntries(place, keys, view, codec)
    // Nobody needs to be told of tombstones that go: an absent place says the same. Not while a batch is pending, which would bring back what it knew of the place.
    const value = empties && kept.length === 0 ? (view.batches.size === 0 ? undefined : encodePlace(entries)) : encodePlace([...kept, ...entries])
    writes.push({ place, value })
  }
  return writes
}

/** The rows of a place that stay as they are. */
function keptEntries (place: string, without: ReadonlySet<string>, view: View, codec: Codec): PlaceEntry[] {
  const kept: PlaceEntry[] = []
  for (const key of view.keysIn(place)) {
    if (without.has(key)) continue
    const row = view.head.current(key)
    if (row !== undefined) kept.push(rowEntry(key, row.value, row.gone, row.created, row.revision, codec))
  }
  return kept
}

/** A place as it stands, every revision spelt out; `undefined` when nothing has its place there. */
export function standingPlace (place: string, view: View, codec: Codec): Buffer | undefined {
  const entries = keptEntries(place, new Set(), view, codec)
  return entries.length === 0 ? undefined : encodePlace(entries)
}
