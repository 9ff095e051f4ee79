// How calls of a service are made, as data: the same shape in code and in the policy file, which the sidecar reads too. What each part does stands with the interceptor of its name;
// here are the fields, their units and their defaults. How files are read is load.ts, how layers become one is merge.ts.

import type { BalancerOptions } from '../balance/balancer.js'

/** Sending again. `../interceptors/retry.ts` */
export interface RetryPolicy {
  /** Times a request is sent at most, the first included. Default 3: two bad instances in a row are rare, three are an outage, in which more would only add load. */
  readonly attempts?: number
  /** Methods that may be sent again although an instance may have seen them. Default: the idempotent ones of RFC 9110. Naming POST here is a promise of the service. */
  readonly methods?: readonly string[]
  /** Statuses that another instance may answer better. Default 502, 503, 504. */
  readonly statuses?: readonly number[]
  readonly budget?: {
    /** Share of the calls that may be sent again. Default 0.2 (Finagle). More hides more failures, and adds that much load when all instances fail. */
    readonly share?: number
    /** A second, that may be sent again when the share is less than this: services with few calls need it. Default 10. */
    readonly perSecond?: number
  }
  readonly backoff?: {
    /** Bound of the first pause when the same instance must be tried again, ms. The pause is random up to it. Default 25 (Envoy). */
    readonly baseMs?: number
    /** Bound of later ones, ms, doubled until here. Default 250 (Envoy). */
    readonly maxMs?: number
  }
  /** Longest `Retry-After` that is waited for when nobody else can take the call, ms. Default 2,000; the answer is given to the caller if it asks for more. */
  readonly maxRetryAfterMs?: number
}

/** How long an instance may take until the head of its answer, while another one could take over. `../interceptors/attempt-timeout.ts` */
export interface AttemptTimeoutPolicy {
  /** Times the measured 99th percentile. Default 4. */
  readonly factor?: number
  /** Never less, ms. Default 1,000. */
  readonly minMs?: number
  /** Never more, ms; also while nothing is measured. Default 10,000. */
  readonly maxMs?: number
}

/** Refusing calls while the service fails as a whole. `../interceptors/breaker.ts` */
export interface BreakerPolicy {
  /** Share of failures from which calls are refused. Default 0.5. */
  readonly failureShare?: number
  /** Calls within the window below which nothing is decided. Default 20. */
  readonly minCalls?: number
  /** Default 10,000 ms. */
  readonly windowMs?: number
  /** How long calls are refused before one is let through to see, ms. Default 5,000. */
  readonly openMs?: number
}

/** Failures on purpose, to see what callers make of them. Each part hits its share of the calls, drawn by lot. `../interceptors/fault.ts` */
export interface FaultPolicy {
  /** Before anything is sent. `share` from 0 to 1, default 1. */
  readonly delay?: { readonly ms: number, readonly share?: number }
  /** Answered with this status, and with `x-roster-reason: fault`; nothing is sent. */
  readonly abort?: { readonly status: number, readonly share?: number }
}

/** What may differ by route. `false` turns a part off. */
export interface CallPolicy {
  /** Deadline of the whole call, body included, ms. Default none: undici's own timeouts apply. */
  readonly timeoutMs?: number | false
  readonly attemptTimeout?: AttemptTimeoutPolicy | false
  readonly retry?: RetryPolicy | false
  /** Default off: instances are put aside one by one (`balance.outlier`), which is nearly always the better answer. */
  readonly breaker?: BreakerPolicy | false
  /** Calls under way at most; more are refused at once. Default no limit. */
  readonly concurrency?: number | false
  /** Default none. */
  readonly fault?: FaultPolicy | false
  /** The calls take long by nature (streams, long polls): no attempt timeout, and their times are not measured. Default: found out. */
  readonly long?: boolean
}

/** Both must match. */
export interface RouteMatch {
  /** One, or several. Default any. */
  readonly method?: string | readonly string[]
  /** Path without the query: `/charges` is that path, `/charges/*` has one part for each `*`, `/charges/**` is everything below. Default any. */
  readonly path?: string
}

export interface RoutePolicy extends CallPolicy { readonly match: RouteMatch }

export interface ServicePolicy extends CallPolicy {
  /** Who takes the calls: see the balancer's options. */
  readonly balance?: BalancerOptions
  /** Header by whose value `ring_hash` and `maglev` choose, in any letter case. */
  readonly hashHeader?: string
  /** Connections to one instance at most; requests beyond it wait for one. Default no limit, as in undici. */
  readonly connections?: number
  /** The first that matches applies, over the service's own. */
  readonly routes?: readonly RoutePolicy[]
}

/** The policy file. */
export interface PolicyFile {
  readonly version: 1
  readonly defaults?: ServicePolicy
  readonly services?: Readonly<Record<string, ServicePolicy>>
}

type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> }
export type CompleteRetry = Complete<Omit<RetryPolicy, 'budget' | 'backoff'>> & { readonly budget: Complete<NonNullable<RetryPolicy['budget']>>, readonly backoff: Complete<NonNullable<RetryPolicy['backoff']>> }

/** A call's policy with nothing left open. */
export interface CompleteCallPolicy {
  readonly timeoutMs: number | false
  readonly attemptTimeout: Complete<AttemptTimeoutPolicy> | false
  readonly retry: CompleteRetry | false
  readonly breaker: Complete<BreakerPolicy> | false
  readonly concurrency: number | false
  readonly fault: FaultPolicy | false
  readonly long: boolean
}

export const DEFAULT_RETRY: CompleteRetry = {
  attempts: 3,
  // TRACE is idempotent too, but nobody means it; QUERY is the safe method with a body.
  methods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'],
  statuses: [502, 503, 504],
  budget: { share: 0.2, perSecond: 10 },
  backoff: { baseMs: 25, maxMs: 250 },
  maxRetryAfterMs: 2000,
}

export const DEFAULT_ATTEMPT_TIMEOUT: Complete<AttemptTimeoutPolicy> = { factor: 4, minMs: 1000, maxMs: 10_000 }

export const DEFAULT_BREAKER: Complete<BreakerPolicy> = { failureShare: 0.5, minCalls: 20, windowMs: 10_000, openMs: 5000 }
