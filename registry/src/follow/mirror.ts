// The follower's side: lines in, the state follows. It keeps the rows that it has by key, so that it can tell what is gone when a view comes whole.
// Pure but for the state that it moves: no sockets, no clock. Sibling: feed.ts.

import { FLOOR_KEY, forgottenBy } from '../engine/tombstones.js'
import { goneOf } from '../state/tables.js'
import { readRow } from './wire.js'
import type { Since } from './feed.js'
import type { Hello, Line, WireEvent } from './wire.js'
import type { Event, Row } from '../engine/engine.js'
import type { State } from '../state/state.js'

/** A line that cannot be what a server says. */
export class MirrorError extends Error {
  constructor (message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'MirrorError'
  }
}

export type LineKind = 'hello' | 'rows' | 'view' | 'event' | 'beat'

export class Mirror {
  readonly #state: State
  readonly #rows = new Map<string, Row>()
  #history: string | undefined
  #hello: Hello | undefined
  /** Rows of a view that is on its way. */
  #incoming: Row[] = []
  #hasView = false

  constructor (state: State) { this.#state = state }

  /** Whether there is a view at all, however old. */
  get hasView (): boolean { return this.#hasView }

  /** What it has, for the next time that it asks. */
  get since (): Since | undefined { return this.#history === undefined ? undefined : { history: this.#history, revision: this.#state.revision } }

  /** The last server that answered. */
  get hello (): Hello | undefined { return this.#hello }

  /** A new connection: what an old one had begun is of no use. */
  begin (): void { this.#incoming = [] }

  /**
   * Takes one line. Gives what it was.
   * @throws MirrorError for what no server of this version says; the view stays as it was before the line
   */
  take (text: string): LineKind {
    let line: Line
    try {
      line = JSON.parse(text) as Line
    } catch (cause) {
      throw new MirrorError('what the server sent is no line of a view', { cause })
    }
    if ('hello' in line) {
      this.#hello = line.hello
      return 'hello'
    }
    if ('rows' in line) {
      for (const row of line.rows) this.#read(row, this.#incoming)
      return 'rows'
    }
    if ('view' in line) {
      this.#view(line.view)
      return 'view'
    }
    if ('event' in line) {
      this.#event(line.event)
      return 'event'
    }
    if (!('beat' in line)) throw new MirrorError('what the server sent is no line of a view')
    if (line.beat > this.#state.revision) throw new MirrorError(`revision ${line.beat} was not sent, ${this.#state.revision} is the last`)
    return 'beat'
  }

  #read (wire: WireEvent['rows'][number], into: Row[]): void {
    try {
      const row = readRow(wire)
      if (row !== undefined) into.push(row)
    } catch (cause) {
      throw new MirrorError((cause as Error).message, { cause })
    }
  }

  #view (revision: number): void {
    const hello = this.#hello
    if (hello === undefined) throw new MirrorError('a view came before the server had said who it is')
    const rows = this.#incoming
    this.#incoming = []
    const anew = hello.whole
    let purges: string[] = []
    if (anew) {
      const now = new Set(rows.map(row => row.key))
      for (const row of this.#rows.values()) {
        if (now.has(row.key)) continue
        rows.push({ key: row.key, value: undefined, created: 0, revision: 0, gone: row.value === undefined ? row.gone : goneOf(row) })
        purges.push(row.key)
      }
      this.#rows.clear()
    }
    for (const row of rows) this.#rows.set(row.key, row)
    if (!anew) purges = this.#forgotten(rows)
    for (const key of purges) this.#rows.delete(key)
    this.#history = hello.history
    this.#hasView = true
    this.#state.adopt({ revision, base: hello.base, rows, purges, anew })
  }

  /** Tombstones that the server has forgotten meanwhile. */
  #forgotten (rows: readonly Row[]): string[] {
    const floor = rows.find(row => row.key === FLOOR_KEY)
    if (floor === undefined) return []
    const upTo = forgottenBy(floor)
    return [...this.#rows.values()].filter(row => row.value === undefined && row.revision <= upTo).map(row => row.key)
  }

  #event (event: WireEvent): void {
    if (!this.#hasView) throw new MirrorError('an event came before the view')
    if (event.revision <= this.#state.revision) return
    const rows: Row[] = []
    for (const wire of event.rows) this.#read(wire, rows)
    for (const row of rows) this.#rows.set(row.key, row)
    const purges = event.purges.filter(key => this.#rows.get(key)?.value === undefined && this.#rows.delete(key))
    const folded: Event = { revision: event.revision, rows, purges, ...(event.restored === true ? { restored: true } : {}) }
    this.#state.event(folded)
  }
}
