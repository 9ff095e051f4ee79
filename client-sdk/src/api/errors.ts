// The package's one catalogue of errors: whatever @roster/client throws or rejects with is one of these, with a stable `code` and a
// predicate. Texts of transport failures are those that users of Consul's tools know (see dial-error.ts), so a command line prints `message` as it is.

const brand = Symbol.for('@roster/client.error')

/** What failed, and where. `url` never holds a password. */
export interface ErrorContext {
  readonly method?: string
  readonly url?: string
  /** The address as the user wrote it, without user name and password. */
  readonly address?: string
  readonly cause?: unknown
}

/** Base of all errors of this package. Compare `code` or use a predicate; `message` is for people. */
export class RosterClientError extends Error {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly address: string | undefined
  /** Failures of the addresses that were tried before this one, oldest first; empty when there was one attempt. */
  earlier: readonly RosterClientError[] = []

  constructor (readonly code: string, message: string, context: ErrorContext = {}) {
    super(message, 'cause' in context ? { cause: context.cause } : undefined)
    this.name = new.target.name
    this.method = context.method
    this.url = context.url
    this.address = context.address
    Object.defineProperty(this, brand, { value: true })
  }
}

/** An option, an address or an environment variable cannot be used. Thrown when the client is made, never later. */
export class InvalidOptionError extends RosterClientError {
  constructor (message: string, context?: ErrorContext) { super('ROSTER_INVALID_OPTION', message, context) }
}

/** No answer: not connected, or the connection ended before the answer was complete. */
export class UnreachableError extends RosterClientError {
  /** `true` when bytes of the request may have reached a server, so that sending it again could do it twice. */
  readonly sent: boolean
  constructor (message: string, context: ErrorContext & { readonly sent: boolean }) {
    super('ROSTER_UNREACHABLE', message, context)
    this.sent = context.sent
  }
}

/** The server did not answer within the time the caller gave. */
export class TimeoutError extends RosterClientError {
  constructor (message: string, readonly timeoutMs: number, context?: ErrorContext) { super('ROSTER_TIMEOUT', message, context) }
}

/** The caller's signal was aborted; `cause` is the signal's reason. `name` is what every Node API uses. */
export class AbortedError extends RosterClientError {
  constructor (context?: ErrorContext) {
    super('ROSTER_ABORTED', 'The request was aborted', context)
    this.name = 'AbortError'
  }
}

/** `close()` was called while this was under way, or before. */
export class ClosedError extends RosterClientError {
  constructor (what = 'client', context?: ErrorContext) { super('ROSTER_CLOSED', `The ${what} is closed`, context) }
}

/** More requests at once than `maxInFlight` allows. Nothing was sent. */
export class OverloadedError extends RosterClientError {
  constructor (readonly limit: number, context?: ErrorContext) {
    super('ROSTER_OVERLOADED', `${limit} requests are already under way; wait for some, or raise maxInFlight`, context)
  }
}

/** The answer, its head or a frame is larger than the caller allows. */
export class TooLargeError extends RosterClientError {
  constructor (message: string, readonly limitBytes: number, context?: ErrorContext) { super('ROSTER_TOO_LARGE', message, context) }
}

/** The answer is not what this endpoint answers: HTML, cut JSON, another content type, another shape. Most often something else listens there. */
export class DecodeError extends RosterClientError {
  constructor (message: string, readonly status: number | undefined, context?: ErrorContext) { super('ROSTER_DECODE', message, context) }
}

/** Facts of a refusal. */
export interface Refusal extends ErrorContext {
  readonly status: number
  /** Text of the answer, cut at 4 KiB. */
  readonly body: string
  /** `X-Consul-Index` of the refusal, where it has one: what to wait for until the thing is there. */
  readonly index?: number
  readonly retryAfterMs?: number
}

/** The server answered with a status that this endpoint does not answer when all is well. */
export class UnexpectedStatusError extends RosterClientError {
  readonly status: number
  readonly body: string
  readonly index: number | undefined
  readonly retryAfterMs: number | undefined
  constructor (refusal: Refusal, code = 'ROSTER_UNEXPECTED_STATUS') {
    super(code, `Unexpected response code: ${refusal.status}${refusal.body === '' ? '' : ` (${refusal.body})`}`, refusal)
    this.status = refusal.status
    this.body = refusal.body
    this.index = refusal.index
    this.retryAfterMs = refusal.retryAfterMs
  }
}

/** 404: the thing, or the endpoint, is not there. */
export class NotFoundError extends UnexpectedStatusError {
  constructor (refusal: Refusal) { super(refusal, 'ROSTER_NOT_FOUND') }
}

/** 403: the token, or its absence, does not allow this. */
export class PermissionDeniedError extends UnexpectedStatusError {
  constructor (refusal: Refusal) { super(refusal, 'ROSTER_PERMISSION_DENIED') }
}

/** 401 with the text of a server whose access control is off. */
export class AclDisabledError extends UnexpectedStatusError {
  constructor (refusal: Refusal) { super(refusal, 'ROSTER_ACL_DISABLED') }
}

/** 429: too many requests; `retryAfterMs` says when to come back, if the server did. */
export class RateLimitedError extends UnexpectedStatusError {
  constructor (refusal: Refusal) { super(refusal, 'ROSTER_RATE_LIMITED') }
}

/** The server has no leader, or lost it before it wrote: nothing happened, another server or a later try may do. */
export class NoLeaderError extends UnexpectedStatusError {
  constructor (refusal: Refusal) { super(refusal, 'ROSTER_NO_LEADER') }
}

/** The server does not know the datacenter that was asked for. */
export class NoSuchDatacenterError extends UnexpectedStatusError {
  constructor (refusal: Refusal) { super(refusal, 'ROSTER_NO_SUCH_DATACENTER') }
}

/** The registry belongs to another datacenter than the client expects. */
export class WrongDatacenterError extends RosterClientError {
  constructor (readonly expected: string, readonly actual: string, context?: ErrorContext) {
    super('ROSTER_WRONG_DATACENTER', `The registry is in datacenter "${actual}", this client expects "${expected}"; nothing was registered`, context)
  }
}

/** A service has nobody who may take the call. `reason` says which step left none. */
export class NoInstancesError extends RosterClientError {
  constructor (readonly service: string, readonly reason: string, context?: ErrorContext) {
    super('ROSTER_NO_INSTANCES', `No instance of "${service}" can take the call: ${reason}`, context)
  }
}

/** Nothing is known of a service yet: the registry has not answered and there is nothing on disk. `cause` is what kept the registry from answering. */
export class NotReadyError extends RosterClientError {
  constructor (readonly service: string, why: string, context?: ErrorContext) { super('ROSTER_NOT_READY', `Nothing is known of "${service}" yet: ${why}`, context) }
}

/** The service fails as a whole, so calls are refused for a while instead of sent (policy `breaker`). Nothing was sent. */
export class CircuitOpenError extends RosterClientError {
  constructor (readonly service: string, readonly retryAfterMs: number, context?: ErrorContext) {
    super('ROSTER_CIRCUIT_OPEN', `Calls to "${service}" are refused for ${Math.ceil(retryAfterMs)} ms more: too many of them failed`, context)
  }
}

/** As many calls to the service are under way as the policy allows (`concurrency`). Nothing was sent. */
export class ConcurrencyLimitError extends RosterClientError {
  constructor (readonly service: string, readonly limit: number, context?: ErrorContext) {
    super('ROSTER_CONCURRENCY_LIMIT', `${limit} calls to "${service}" are under way, as many as its policy allows; wait for some, or raise "concurrency"`, context)
  }
}

/** A policy, from code or from a file, cannot be used. `path` leads to the key, such as `services.payments.retry.attempts`. */
export class InvalidPolicyError extends RosterClientError {
  constructor (readonly path: string, readonly problem: string, context?: ErrorContext & { readonly file?: string }) {
    super('ROSTER_INVALID_POLICY', `${context?.file === undefined ? 'Invalid policy' : `Invalid policy file ${context.file}`}: ${path === '' ? '' : `"${path}" `}${problem}`, context)
  }
}

/** A watch connection ended. `closeCode` is WebSocket's (1006: without a farewell). */
export class WatchClosedError extends RosterClientError {
  constructor (message: string, readonly closeCode: number, readonly reason: string, context?: ErrorContext) { super('ROSTER_WATCH_CLOSED', message, context) }
}

/** The server has no watch stream (a Consul, or an older Roster): use blocking queries. */
export class WatchUnsupportedError extends RosterClientError {
  constructor (readonly status: number | undefined, context?: ErrorContext) {
    super('ROSTER_WATCH_UNSUPPORTED', `The registry has no watch stream${status === undefined ? '' : ` (it answered ${status})`}; use blocking queries`, context)
  }
}

/** The server refused one subscription; the connection and its other subscriptions go on. */
export class SubscriptionError extends RosterClientError {
  constructor (message: string, readonly subscription: string, context?: ErrorContext) { super('ROSTER_SUBSCRIPTION', message, context) }
}

/** A session has ended, or may have: it was not heard of for its TTL. What it held is lost. */
export class SessionLostError extends RosterClientError {
  constructor (readonly session: string, why: string) { super('ROSTER_SESSION_LOST', `The session ${session} is lost: ${why}`) }
}

/** A lock or slot is held no more, or may not be. Reason of `held.signal`. */
export class LockLostError extends RosterClientError {
  constructor (readonly key: string, why: string) { super('ROSTER_LOCK_LOST', `"${key}" is held no more: ${why}`) }
}

/** The key holds something else. */
export class LockConflictError extends RosterClientError {
  constructor (readonly key: string, what: string) { super('ROSTER_LOCK_CONFLICT', `The key "${key}" is there and is not that of ${what}`) }
}

/** Other contenders go by another limit. */
export class SemaphoreLimitError extends RosterClientError {
  constructor (readonly key: string, readonly limit: number, readonly theirs: number) {
    super('ROSTER_SEMAPHORE_LIMIT', `The semaphore at "${key}" has the limit ${theirs}, not ${limit}`)
  }
}

/** Which refusal is which, first match wins: texts before statuses, because the server tier answers most things with 500. */
const refusals: ReadonlyArray<readonly [matches: (refusal: Refusal) => boolean, type: new (refusal: Refusal) => UnexpectedStatusError]> = [
  [r => r.status === 500 && /(^|: )No cluster leader$/.test(r.body), NoLeaderError],
  [r => r.status === 500 && /(^|: )No path to datacenter$/.test(r.body), NoSuchDatacenterError],
  [r => r.status === 401 && r.body === 'ACL support disabled', AclDisabledError],
  [r => r.status === 403, PermissionDeniedError],
  [r => r.status === 404, NotFoundError],
  [r => r.status === 429, RateLimitedError],
  [() => true, UnexpectedStatusError],
]

/** The error for a refused request. */
export const refused = (refusal: Refusal): UnexpectedStatusError => {
  const [, Refused] = refusals.find(([matches]) => matches(refusal))!
  return new Refused(refusal)
}

// === predicates; they hold across two copies of this package in one process ===

export const isRosterClientError = (error: unknown): error is RosterClientError => error instanceof Error && brand in error
const has = <T extends RosterClientError>(...codes: readonly string[]) => (error: unknown): error is T => isRosterClientError(error) && codes.includes(error.code)

export const isInvalidOption = has<InvalidOptionError>('ROSTER_INVALID_OPTION')
export const isUnreachable = has<UnreachableError>('ROSTER_UNREACHABLE')
export const isTimeout = has<TimeoutError>('ROSTER_TIMEOUT')
export const isAborted = has<AbortedError>('ROSTER_ABORTED')
export const isClosed = has<ClosedError>('ROSTER_CLOSED')
export const isOverloaded = has<OverloadedError>('ROSTER_OVERLOADED')
export const isTooLarge = has<TooLargeError>('ROSTER_TOO_LARGE')
export const isDecodeError = has<DecodeError>('ROSTER_DECODE')
export const isNotFound = has<NotFoundError>('ROSTER_NOT_FOUND')
export const isPermissionDenied = has<PermissionDeniedError>('ROSTER_PERMISSION_DENIED')
export const isAclDisabled = has<AclDisabledError>('ROSTER_ACL_DISABLED')
export const isRateLimited = has<RateLimitedError>('ROSTER_RATE_LIMITED')
export const isNoLeader = has<NoLeaderError>('ROSTER_NO_LEADER')
export const isNoSuchDatacenter = has<NoSuchDatacenterError>('ROSTER_NO_SUCH_DATACENTER')
export const isWrongDatacenter = has<WrongDatacenterError>('ROSTER_WRONG_DATACENTER')
export const isNoInstances = has<NoInstancesError>('ROSTER_NO_INSTANCES')
export const isNotReady = has<NotReadyError>('ROSTER_NOT_READY')
export const isCircuitOpen = has<CircuitOpenError>('ROSTER_CIRCUIT_OPEN')
export const isConcurrencyLimit = has<ConcurrencyLimitError>('ROSTER_CONCURRENCY_LIMIT')
export const isInvalidPolicy = has<InvalidPolicyError>('ROSTER_INVALID_POLICY')
export const isWatchClosed = has<WatchClosedError>('ROSTER_WATCH_CLOSED')
export const isWatchUnsupported = has<WatchUnsupportedError>('ROSTER_WATCH_UNSUPPORTED')
export const isSubscriptionError = has<SubscriptionError>('ROSTER_SUBSCRIPTION')
export const isSessionLost = has<SessionLostError>('ROSTER_SESSION_LOST')
export const isLockLost = has<LockLostError>('ROSTER_LOCK_LOST')
export const isLockConflict = has<LockConflictError>('ROSTER_LOCK_CONFLICT')
export const isSemaphoreLimit = has<SemaphoreLimitError>('ROSTER_SEMAPHORE_LIMIT')
/** Any answer with a status that says no, whatever its class. */
export const isRefused = (error: unknown): error is UnexpectedStatusError => isRosterClientError(error) && 'status' in error && 'body' in error
