// A line of JSON for each exchange. Lines are gathered and written without waiting; when the reader is too slow lines are dropped and counted, never kept without end.

import { destination } from 'pino'
import { systemClock } from '@roster/client'
import type { CancelTimer } from '@roster/client'
import type { ExchangeRecord } from '../http1/observer.js'
import type { TcpRecord } from '../tcp/tcp-proxy.js'
import type { Direction } from './traffic.js'

/** Gathered before they are written, bytes, and for how long at most, ms. */
const GATHER_BYTES = 8 * 1024
const FLUSH_MS = 500
/** Not written yet at most, bytes. */
const MAX_BYTES = 4 * 1024 * 1024

export class AccessLog {
  readonly #out: ReturnType<typeof destination>
  #cancel: CancelTimer = () => {}
  lines = 0
  dropped = 0

  /** @param target `stderr`, `stdout` or a file, which is appended to @throws when the file cannot be opened */
  constructor (target: string) {
    const dest = target === 'stderr' ? 2 : target === 'stdout' ? 1 : target
    this.#out = destination({ dest, sync: false, minLength: GATHER_BYTES, maxLength: MAX_BYTES, mkdir: false, append: true })
    this.#out.on('error', () => {})
    this.#out.on('drop', () => { this.dropped++ })
    this.#turn()
  }

  /** @param more fields that only some exchanges have, such as a trace id */
  exchange (direction: Direction, record: ExchangeRecord, more: Readonly<Record<string, unknown>>): void { this.#write(exchangeLine(direction, record, more)) }
  tcp (direction: Direction, record: TcpRecord): void { this.#write(tcpLine(direction, record)) }

  /** What is gathered is written. Never rejects. */
  close (): Promise<void> {
    this.#cancel()
    return new Promise(resolve => {
      const done = () => resolve()
      this.#out.once('close', done)
      this.#out.once('error', done)
      this.#out.end()
    })
  }

  #write (line: object): void {
    this.lines++
    this.#out.write(`${JSON.stringify(line)}\n`)
  }

  #turn (): void {
    this.#cancel = systemClock.after(FLUSH_MS, () => { this.#out.flush(); this.#turn() })
  }
}

const ms = (from: number, to: number): number | undefined => from === 0 || to === 0 ? undefined : Math.round((to - from) * 1000) / 1000

/** Field names are stable: readers depend on them. */
export const exchangeLine = (direction: Direction, record: ExchangeRecord, more: Readonly<Record<string, unknown>> = {}): object => ({
  time: new Date().toISOString(),
  direction,
  client: record.connection.remoteAddress,
  method: record.head.method,
  path: record.head.path.replace(/[?#].*$/s, ''),
  host: record.head.host,
  service: record.upstream?.name,
  instance: record.instance?.id,
  why: record.why === '' ? undefined : record.why,
  attempts: record.attempts,
  status: record.status,
  end: record.end,
  reason: record.reason === '' ? undefined : record.reason,
  ms: ms(record.startedAt, record.endedAt),
  headMs: ms(record.startedAt, record.answeredAt),
  bytesIn: record.bytesIn,
  bytesOut: record.bytesOut,
  ...more,
})

export const tcpLine = (direction: Direction, record: TcpRecord): object => ({
  time: new Date().toISOString(),
  direction,
  protocol: 'tcp',
  client: record.connection.remoteAddress,
  service: record.upstream.name,
  instance: record.instance?.id,
  why: record.why === '' ? undefined : record.why,
  attempts: record.attempts,
  reason: record.reason === '' ? undefined : record.reason,
  ms: ms(record.startedAt, record.endedAt),
  connectMs: ms(record.startedAt, record.connectedAt),
  bytesIn: record.bytesIn,
  bytesOut: record.bytesOut,
})
