// The one WebSocket of the page: subscriptions, reconnection, resumption, and how old is what is shown. Speaks docs/watch-stream.md; knows no view.
//
//   connecting => live   (open)
//   live       => lost   (closed, or silent although it was asked)
//   lost       => live   (open again; every table goes on from the index that it has)

import { computed, signal } from '@preact/signals'
import { Table } from './table.js'
import type { Row } from './table.js'

interface Frame {
  readonly id: string
  readonly type: 'snapshot' | 'change' | 'resync' | 'progress' | 'error'
  readonly index: number
  readonly upserts: readonly Row[]
  readonly removes: readonly string[]
  readonly error?: string
}

export type Params = Readonly<Record<string, string | boolean | readonly string[]>>

/** How the server is, as each question about it answers. */
export interface ServerRow extends Row {
  readonly Datacenter: string
  readonly Node: string
  readonly Version: string
  readonly StartedAt: string
  readonly Now: string
  readonly Index: number
  readonly Leases: number
  readonly Subscriptions: number
  readonly ReadOnly: boolean
  readonly DnsDomain: string
}

/** How often the server is asked for a sign of life, ms; the answer is also the measure of the lag. */
const PROBE_MS = 4000
/** Silence after a question that ends the connection, ms. */
const PATIENCE_MS = 4000
const MIN_RETRY_MS = 150
const MAX_RETRY_MS = 3000
/** How long a table is kept up after its last view has gone, ms: going back is instant. */
const LINGER_MS = 10_000

const now = (): number => performance.now()

class Connection {
  readonly status = signal<'connecting' | 'live' | 'lost'>('connecting')
  /** When the connection was lost, ms of the page's clock. */
  readonly lostAt = signal(0)
  /** From a question to its answer, ms. */
  readonly lag = signal<number | undefined>(undefined)
  readonly server = signal<ServerRow | undefined>(undefined)
  /** Newest index that was heard of. */
  readonly index = signal(0)
  /** The server's wall clock less this machine's, ms. */
  clockSkew = 0
  /** For measurements: frames and characters received. */
  frames = 0
  characters = 0
  #socket: WebSocket | undefined
  #tables = new Map<string, Table>()
  #byId = new Map<string, Table>()
  #made = 0
  #failures = 0
  #retry: number | undefined
  #probe: { id: string, at: number } | undefined
  #newest = 0
  #renderDue = false
  readonly #dirty = new Set<Table>()

  start (): void {
    this.#open()
    setInterval(() => this.#ask(), PROBE_MS)
    setInterval(() => { if (this.#probe !== undefined && now() - this.#probe.at > PATIENCE_MS) this.#drop() }, 500)
    addEventListener('online', () => this.#again())
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#again() })
  }

  /** The table of a question, kept up to date until `leave`. The same question is asked once, whoever asks it. */
  enter<T extends Row> (kind: string, params: Params = {}): Table<T> {
    const key = JSON.stringify([kind, params])
    let table = this.#tables.get(key)
    if (table === undefined) {
      table = new Table(String(++this.#made), kind, params)
      this.#tables.set(key, table)
      this.#byId.set(table.id, table)
      this.#subscribe(table)
    }
    clearTimeout(table.lingering)
    table.users++
    return table as unknown as Table<T>
  }

  leave (table: Table): void {
    if (--table.users > 0) return
    table.lingering = setTimeout(() => {
      this.#tables.delete(JSON.stringify([table.kind, table.params]))
      this.#byId.delete(table.id)
      this.#say({ op: 'unsub', id: table.id })
    }, LINGER_MS) as unknown as number
  }

  #subscribe (table: Table): void {
    this.#say({ op: 'sub', id: table.id, kind: table.kind, params: table.params, ...table.loaded.peek() && table.index > 0 ? { since: table.index } : {} })
  }

  #say (frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  #open (): void {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/watch`, 'roster.v1')
    this.#socket = socket
    socket.onopen = () => {
      this.#failures = 0
      this.status.value = 'live'
      for (const table of this.#byId.values()) this.#subscribe(table)
      this.#ask()
    }
    socket.onmessage = ({ data }) => this.#take(data as string)
    socket.onclose = () => { if (this.#socket === socket) this.#lost() }
  }

  /** It is silent: whatever it is, it is no connection any more. */
  #drop (): void {
    const socket = this.#socket
    this.#lost()
    socket?.close()
  }

  #lost (): void {
    this.#socket = undefined
    this.#probe = undefined
    if (this.status.peek() !== 'lost') {
      this.lostAt.value = now()
      this.status.value = 'lost'
    }
    const bound = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++)
    this.#retry = setTimeout(() => this.#open(), bound * (0.5 + Math.random() / 2)) as unknown as number
  }

  /** Something says that it is worth trying at once. */
  #again (): void {
    if (this.#socket !== undefined || this.#retry === undefined) return
    clearTimeout(this.#retry)
    this.#open()
  }

  #ask (): void {
    if (this.#probe !== undefined || this.status.peek() !== 'live') return
    this.#probe = { id: `p${++this.#made}`, at: now() }
    this.#say({ op: 'sub', id: this.#probe.id, kind: 'server' })
  }

  #answered ({ upserts }: Frame): void {
    const { id, at } = this.#probe!
    this.#probe = undefined
    this.#say({ op: 'unsub', id })
    const row = upserts[0] as ServerRow | undefined
    this.lag.value = Math.round((now() - at) * 10) / 10
    if (row === undefined) return
    this.clockSkew = Date.parse(row.Now) - Date.now()
    this.#newest = Math.max(this.#newest, row.Index)
    this.index.value = this.#newest
    this.server.value = row
  }

  #take (text: string): void {
    this.frames++
    this.characters += text.length
    const frame = JSON.parse(text) as Frame
    if (frame.id === this.#probe?.id) {
      if (frame.type === 'snapshot') this.#answered(frame)
      return
    }
    const table = this.#byId.get(frame.id)
    if (table === undefined) return
    if (frame.index > this.#newest) this.#newest = frame.index
    table.take(frame)
    this.#dirty.add(table)
    if (this.#renderDue) return
    this.#renderDue = true
    // However many changes come, the screen is drawn once a frame.
    if (document.hidden) setTimeout(() => this.#show(), 250)
    else requestAnimationFrame(() => this.#show())
  }

  #show (): void {
    this.#renderDue = false
    this.index.value = this.#newest
    for (const table of this.#dirty) table.show()
    this.#dirty.clear()
  }
}

export const connection = new Connection()
export const datacenter = computed(() => connection.server.value?.Datacenter ?? '')
export const readOnly = computed(() => connection.server.value?.ReadOnly ?? false)
