// What the headers of an answer say about it: how new it is, where it came from, what to wait for next. Pure; options.ts is the way in, this the way out.

/** Header names in small letters, as undici gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The registry keeps instances whose owners fell silent, because too many did at once. */
export interface GuardState {
  /** Instances that would be gone if the guard were not holding. */
  readonly kept: number
  readonly until: Date | undefined
}

/** An answer and what is known about it. Data that may be stale always comes with this. */
export interface Answer<T> {
  readonly value: T
  readonly meta: Meta
}

export interface Meta {
  readonly status: number
  /** Address that answered, as the user wrote it. */
  readonly address: string
  /** `X-Consul-Index`: pass it back as `index` to wait for what comes after. Never 0; absent where the endpoint has none. Beyond 2^53 it is rounded: see `indexText`. */
  readonly index?: number
  /** The same, digit by digit. The index of the event list is a 64-bit hash, so there only this may be passed back. */
  readonly indexText?: string
  readonly knownLeader?: boolean
  /** How long ago the answering server last heard from the leader, ms; 0 on the leader. */
  readonly lastContactMs?: number
  readonly consistency?: 'leader' | 'stale' | 'consistent'
  /** `HIT` when the agent answered from its cache. */
  readonly cache?: 'HIT' | 'MISS'
  /** Age of a cached answer, ms. */
  readonly ageMs?: number
  readonly backend?: 'blocking-query' | 'streaming'
  /** Something was left out because the token may not see it. */
  readonly filteredByAcls?: boolean
  readonly translateAddresses?: boolean
  /** For `hash` blocking on one service of the agent. */
  readonly contentHash?: string
  /** Status word of the agent's health endpoints. */
  readonly reason?: string
  readonly guard?: GuardState
  /** What the registry noticed about a request that it accepted. */
  readonly warning?: string
  readonly requestId?: string
}

const one = (value: string | readonly string[] | undefined): string | undefined => typeof value === 'string' ? value : value?.[0]
const whole = (text: string | undefined): number | undefined => text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined

/**
 * Reads the headers. What is missing or cannot be read is absent, never a guess; one bad header does not hide the others.
 */
export function readMeta (status: number, headers: Headers, address: string): Meta {
  const get = (name: string) => one(headers[name])
  const flag = (name: string) => { const text = get(name); return text === 'true' ? true : text === 'false' ? false : undefined }
  const indexText = /^\d+$/.exec(get('x-consul-index') ?? '')?.[0]
  const seconds = whole(get('age'))
  const consistency = get('x-consul-effective-consistency')
  const cache = get('x-cache')
  const backend = get('x-consul-query-backend')
  return present({
    status,
    address,
    // A server that sends 0 would make its clients spin (they would wait for "more than nothing"): it counts as 1.
    index: indexText === undefined ? undefined : Math.max(1, Number(indexText)),
    indexText: indexText === undefined ? undefined : indexText.replace(/^0+(?=\d)/, '').replace(/^0$/, '1'),
    knownLeader: flag('x-consul-knownleader'),
    lastContactMs: whole(get('x-consul-lastcontact')),
    consistency: consistency === 'leader' || consistency === 'stale' || consistency === 'consistent' ? consistency : undefined,
    cache: cache === 'HIT' || cache === 'MISS' ? cache : undefined,
    ageMs: seconds === undefined ? undefined : seconds * 1000,
    backend: backend === 'blocking-query' || backend === 'streaming' ? backend : undefined,
    filteredByAcls: flag('x-consul-results-filtered-by-acls'),
    translateAddresses: flag('x-consul-translate-addresses'),
    contentHash: get('x-consul-contenthash'),
    reason: get('x-consul-reason'),
    guard: readGuard(get('x-roster-guard')),
    warning: get('x-roster-warning') ?? get('x-consul-kv-warning'),
    requestId: get('x-request-id'),
  })
}

/** `kept=12; until=2026-01-02T03:04:05Z` */
export function readGuard (text: string | undefined): GuardState | undefined {
  if (text === undefined) return undefined
  const fields = new Map(text.split(';').map(part => { const [key = '', value = ''] = part.split('=', 2); return [key.trim(), value.trim()] as const }))
  const kept = whole(fields.get('kept'))
  if (kept === undefined) return undefined
  const until = new Date(fields.get('until') ?? '')
  return { kept, until: Number.isNaN(until.getTime()) ? undefined : until }
}

/** `Retry-After` as delay in seconds or as date (RFC 9110, 10.2.3); ms from `now`, never negative. */
export function readRetryAfter (headers: Headers, now: number): number | undefined {
  const text = one(headers['retry-after'])
  if (text === undefined) return undefined
  const seconds = whole(text.trim())
  if (seconds !== undefined) return seconds * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Without the fields that are undefined, so that printing an answer's meta shows only what the server said. */
const present = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T
