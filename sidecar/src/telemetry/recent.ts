// The last exchanges of each service, for /explain: where they went, why, and what became of them. What failed or was sent again is kept before what went well, of which one in a while is enough.

import type { ExchangeRecord } from '../http1/observer.js'

/** Kept a service. */
const KEPT = 20
/** Services that are remembered; then the oldest is forgotten. */
const MAX_SERVICES = 200
/** Of what went well one is kept in this time, ms. */
const EVERY_MS = 1000

export interface RecentExchange {
  /** RFC 3339. */
  readonly at: string
  readonly direction: string
  readonly method: string
  readonly path: string
  readonly instance: string | null
  readonly why: string
  readonly attempts: number
  readonly status: number
  readonly end: string
  readonly reason: string
  readonly ms: number
}

export class Recent {
  readonly #services = new Map<string, { list: RecentExchange[], goodAt: number }>()

  of (service: string): readonly RecentExchange[] { return this.#services.get(service)?.list ?? [] }

  ended (direction: string, record: ExchangeRecord): void {
    const name = record.upstream?.name
    if (name === undefined) return
    const good = record.reason === '' && record.attempts <= 1 && record.status < 500
    let kept = this.#services.get(name)
    if (kept === undefined) {
      this.#services.set(name, kept = { list: [], goodAt: -Infinity })
      if (this.#services.size > MAX_SERVICES) this.#services.delete(this.#services.keys().next().value!)
    }
    if (good) {
      if (record.endedAt - kept.goodAt < EVERY_MS) return
      kept.goodAt = record.endedAt
    }
    kept.list.push(recent(direction, record))
    if (kept.list.length > KEPT) kept.list.shift()
  }
}

const recent = (direction: string, { head, instance, why, attempts, status, end, reason, startedAt, endedAt }: ExchangeRecord): RecentExchange => ({
  at: new Date().toISOString(),
  direction,
  method: head.method,
  // Without the query, in which secrets may be.
  path: head.path.replace(/[?#].*$/s, '').slice(0, 200),
  instance: instance?.id ?? null,
  why,
  attempts,
  status,
  end,
  reason,
  ms: Math.round((endedAt - startedAt) * 10) / 10,
})
