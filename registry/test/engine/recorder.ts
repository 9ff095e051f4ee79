// A fold that keeps what it is told, checks that it is told in order, and shows it as plain data.
import type { Codec, Event, Fold, Head, Row, Transaction } from '../../src/engine/engine.js'

/** `[key, value, created, revision, gone]`; an absent value stands for a tombstone. */
export type View = ReadonlyArray<readonly [string, unknown, number, number, unknown]>

export class Recorder implements Fold {
  readonly rows = new Map<string, Row>()
  readonly events: Event[] = []
  readonly started: Row[] = []

  row (row: Row): void {
    if (this.started.length > 0 && row.key <= this.started.at(-1)!.key) throw new Error(`law: the starting view comes in key order; ${row.key} came late`)
    this.started.push(row)
    this.rows.set(row.key, row)
  }

  event (event: Event): void {
    const last = this.events.at(-1)?.revision
    if (last !== undefined && (event.restored === true ? event.revision <= last : event.revision !== last + 1)) throw new Error(`law: events come in order and without gaps; ${event.revision} came after ${last}`)
    this.events.push(event)
    for (const row of event.rows) this.rows.set(row.key, row)
    for (const key of event.purges) this.rows.delete(key)
  }

  get view (): View { return viewOf(this.rows.values()) }
}

export function viewOf (rows: Iterable<Row>): View {
  const plain = [...rows].map(({ key, value, created, revision, gone }) => [key, value, created, revision, gone] as const)
  return plain.sort(([a], [b]) => a < b ? -1 : 1)
}

/** The head as commands see it, tombstones included. */
export const headView = (head: Head): View => viewOf([...head.range(''), ...head.tombstones('')])

export const jsonCodec: Codec = {
  encode: (_, value) => JSON.stringify(value),
  decode: (_, text) => JSON.parse(text) as unknown,
}

/** A command that decides on `tx` whatever the head holds. */
export const write = (tx: Transaction) => () => ({ tx, result: undefined })
/** A command that only looks. */
export const look = <T>(see: (head: Head) => T) => (head: Head) => ({ tx: undefined, result: see(head) })
