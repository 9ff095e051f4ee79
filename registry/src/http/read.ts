// Reads of the state over HTTP: consistency words, blocking, index headers. What is read is the family's affair.

import { RosterError, errors } from '../errors.js'
import { willCome } from '../freshness.js'
import { JSON_TYPE, encode, text } from './reply.js'
import { DurationError, parseDuration } from './decode/duration.js'
import type { HeaderList, Reply, Request } from './route.js'
import type { Roster } from '../roster.js'
import type { State } from '../state/state.js'
import type { WaitResult } from '../watch/topics.js'

export interface ReadOptions {
  /** Longest and usual wait come from the settings; indexes are uint64, so a number may be beyond 2^53: it only has to compare. */
  readonly minIndex: bigint
  readonly waitMs: number
  readonly consistency: 'leader' | 'stale' | 'consistent'
  readonly cached: boolean
}

/** What a family gives to be read. */
export interface Reading<T> {
  /** What the answer depends on. */
  readonly topics: readonly string[]
  /** Called only when the answer is not known as bytes already; sees the state as it is then. */
  readonly value: () => T
  /** Move the index too, as in Consul, but wake nobody: a wider list that the answer is part of. */
  readonly widerTopics?: readonly string[]
  /** Consul wakes such a reader for the wider list, too. Here it sleeps on, and is told the index of the end of its wait, so that it does not come back for nothing. */
  readonly indexAtEnd?: boolean
  /** Overrides the topics' index where the answer has one of its own. */
  readonly index?: number
}

/** Which of the index headers an endpoint sends. */
export interface ReadHeaders {
  readonly effectiveConsistency?: boolean
  readonly backend?: (options: ReadOptions) => 'blocking-query' | 'streaming'
  /** `?cached` is looked at. */
  readonly cacheable?: boolean
  /** Refusals of the server tier (500, 403) carry no index headers; elsewhere they do, with KnownLeader false. */
  readonly bareErrors?: boolean
}

/** Families that `discovery_max_stale` makes stale unless they say otherwise. */
const DISCOVERY = /^\/v1\/(catalog|health)\//

const MAX_UINT64 = 2n ** 64n - 1n

/** Looks at consistency, Cache-Control, wait and index, in this order, as Consul refuses them. @throws RosterError 400 */
export function readOptions (request: Request, roster: Roster): ReadOptions { return { ...consistencyOptions(request, roster), ...waitOptions(request, roster) } }

/** The part that endpoints look at which never block: consistency words and Cache-Control. @throws RosterError 400 */
export function consistencyOptions (request: Request, roster: Roster): Pick<ReadOptions, 'consistency' | 'cached'> {
  const { query, headers } = request
  const consistent = query.has('consistent')
  const maxStale = query.get('max_stale')
  let stale = query.has('stale')
  /** An older answer is none. */
  let oldestMs = Infinity
  if (maxStale !== '') {
    const ms = durationMs(maxStale)
    if (ms === undefined) throw errors.BAD_MAX_STALE(maxStale)
    stale ||= ms > 0
    if (ms > 0) oldestMs = ms
  }
  const { discoveryMaxStaleMs } = roster.config.query
  if (!stale && !consistent && !query.has('leader') && discoveryMaxStaleMs > 0 && DISCOVERY.test(request.path)) {
    stale = true
    oldestMs = discoveryMaxStaleMs
  }
  if (stale && consistent) throw errors.STALE_AND_CONSISTENT()
  const cached = query.has('cached')
  if (cached && consistent) throw errors.CACHED_AND_CONSISTENT()
  const cacheControl = headers['cache-control']
  if (cacheControl !== undefined) checkCacheControl(cacheControl)
  // Beyond the bound a newer answer would be asked of the leader; whoever has none in reach is not one to give it.
  if (roster.freshness.ageMs() > oldestMs) throw errors.NO_LEADER()
  return { cached, consistency: consistent ? 'consistent' : stale ? 'stale' : 'leader' }
}

/** The part that endpoints look at which have no cache and one consistency. @throws RosterError 400 */
export function waitOptions ({ query }: Request, roster: Roster): Pick<ReadOptions, 'waitMs' | 'minIndex'> {
  const { defaultTimeMs, maxTimeMs } = roster.config.query
  let waitMs = defaultTimeMs
  const wait = query.get('wait')
  if (wait !== '') {
    const ms = durationMs(wait)
    if (ms === undefined) throw errors.BAD_WAIT()
    waitMs = ms <= 0 ? defaultTimeMs : Math.min(ms, maxTimeMs)
  }
  let minIndex = 0n
  const index = query.get('index')
  if (index !== '') {
    if (!/^\+?\d{1,20}$/.test(index) || BigInt(index) > MAX_UINT64) throw errors.BAD_INDEX()
    minIndex = BigInt(index)
  }
  return { minIndex, waitMs }
}

/** ms; `undefined` when it is no duration. */
function durationMs (text: string): number | undefined {
  try {
    return parseDuration(text) / 1e6
  } catch (error) {
    if (error instanceof DurationError) return undefined
    throw error
  }
}

function checkCacheControl (value: string): void {
  for (const part of value.split(',')) {
    const [name, arg] = part.trim().split('=')
    if ((name === 'max-age' || name === 'stale-if-error') && !/^-?\d+$/.test(arg ?? '')) throw errors.BAD_CACHE_CONTROL()
  }
}

/** Share of the wait by which it may be longer, so that clients that began together do not come back together. */
export const JITTER = 1 / 16

/** A reading that has waited its time: `index` is what the caller is told. */
export interface Blocked<T> extends Reading<T> {
  readonly index: number
  /** The reading brought its index itself: that its topics stand still does not say that the answer does. */
  readonly ownIndex: boolean
}

/**
 * Runs `read` until its index passes the one asked for, the wait is over or the caller is gone. An index beyond the fold comes from a server that is ahead:
 * the answer waits for the fold, so that no client goes back in time. One beyond the newest anywhere belongs to another history: answered at once, so that
 * the client starts anew.
 */
export async function blocking<T> (request: Request, roster: Roster, options: ReadOptions, read: () => Reading<T>): Promise<Blocked<T>> {
  const { state, clock, random } = roster
  const end = clock.monotonic() + options.waitMs * (1 + random() * JITTER)
  // Everything that was acknowledged before the question, on whichever server.
  if (options.consistency === 'consistent') await roster.caughtUp()
  const isAhead = (): boolean => options.minIndex > BigInt(state.base + state.revision)
  for (;;) {
    const reading = read()
    const index = indexOf(state, reading)
    const ahead = isAhead()
    const foreign = ahead && !await willCome(roster, options.minIndex, end - clock.monotonic(), request.signal)
    // What was read before the wait may have changed during it.
    if (ahead && !foreign && !isAhead()) continue
    if (options.minIndex === 0n || BigInt(index) > options.minIndex || foreign) return { ...reading, index, ownIndex: reading.index !== undefined }
    const left = end - clock.monotonic()
    if (left <= 0) return { ...reading, index, ownIndex: reading.index !== undefined }
    const result = await held(request, roster, reading.topics, left)
    if (result === 'timeout' && reading.indexAtEnd === true) continue
    // Nothing that the reader sees has changed when the wait is over: it gets what it had, with the index that it had.
    if (result !== 'changed') return { ...reading, index, ownIndex: reading.index !== undefined }
  }
}

/** Waits for a change of any of `topics`, `ms` at most, as one of the readers that are held. @throws RosterError 429 when they are too many */
export async function held (request: Request, { state, clock, stats, config }: Roster, topics: readonly string[], ms: number): Promise<WaitResult> {
  if (stats.blockingReaders >= config.limits.maxBlockingReaders) {
    stats.blockingRefused++
    throw errors.TOO_MANY_READERS()
  }
  stats.blockingReaders++
  const result = await state.topics.wait(topics, ms, clock, request.signal)
  stats.blockingReaders--
  return result
}

const indexOf = (state: State, reading: Reading<unknown>): number =>
  reading.index ?? state.index(reading.widerTopics === undefined ? reading.topics : [...reading.topics, ...reading.widerTopics])

/** The index headers of a read. */
export function indexHeaders (index: number, options: ReadOptions, which: ReadHeaders, { freshness }: Pick<Roster, 'freshness'>): HeaderList {
  const backend = which.backend?.(options) ?? 'blocking-query'
  // Consul's streaming backend does not say that it knows a leader; clients of it have learnt to live with that.
  const known = backend !== 'streaming' && freshness.knownLeader()
  const headers = ['X-Consul-Index', String(Math.max(index, 1)), 'X-Consul-KnownLeader', String(known), 'X-Consul-LastContact', String(Math.round(freshness.ageMs()))]
  if (which.effectiveConsistency === true) headers.push('X-Consul-Effective-Consistency', options.consistency)
  headers.push('X-Consul-Query-Backend', backend)
  return headers
}

/** Headers beside a refusal of the server tier. */
const REFUSED: HeaderList = ['X-Consul-Index', '1', 'X-Consul-KnownLeader', 'false', 'X-Consul-LastContact', '0', 'X-Consul-Query-Backend', 'blocking-query']

/**
 * A whole blocking JSON read: the usual body of a GET route. What may be refused by the server tier (datacenter, filter) belongs into `read`.
 */
export async function answerRead (request: Request, roster: Roster, which: ReadHeaders, read: (options: ReadOptions) => Reading<unknown>): Promise<Reply> {
  const options = readOptions(request, roster)
  try {
    const reading = await blocking(request, roster, options, () => read(options))
    const { index } = reading
    const headers = [...JSON_TYPE, ...indexHeaders(index, options, which, roster)]
    if (which.cacheable === true && options.cached && roster.config.http.useCache) headers.push(...roster.cachedReads.headers(request))
    const guard = roster.guard.status()
    if (guard.active && which.effectiveConsistency === true) headers.push('X-Roster-Guard', `kept=${guard.kept}; until=${new Date(guard.until).toISOString()}`)
    const validity = { topics: reading.widerTopics === undefined ? reading.topics : [...reading.topics, ...reading.widerTopics], index }
    const pretty = request.query.has('pretty')
    const body = !reading.ownIndex
      ? roster.hotReads.body(request, validity, () => encode(reading.value(), pretty, roster))
      : encode(reading.value(), pretty, roster)
    return { status: 200, headers, body, ...(!reading.ownIndex && options.minIndex === 0n && !options.cached && !guard.active && follows(roster) && mayBeKept(roster, options) ? { validWhile: validity } : {}) }
  } catch (error) {
    if (which.bareErrors === true) throw error
    return refusal(error)
  }
}

/** Where others write as well, a consistent answer is of its own moment alone. */
export const mayBeKept = ({ shared }: Pick<Roster, 'shared'>, { consistency }: Pick<ReadOptions, 'consistency'>): boolean => !shared || consistency !== 'consistent'

/** Whether an answer of now may be given again for as long as its topics stand still: headers of one that is cut off tell its age. */
export const follows = ({ freshness }: Pick<Roster, 'freshness'>): boolean => freshness.knownLeader() && freshness.ageMs() === 0

/** A refusal of the server tier with the index headers that clients know beside it. @throws what is none */
export function refusal (error: unknown): Reply {
  if (!(error instanceof RosterError) || error.status < 403 || error.status === 429) throw error
  return text(error.status, error.message, REFUSED)
}
