// What the end of an attempt says: of the instance (for the statistics), and of the request (whether it may be sent again). Pure.

/** Codes of failures that come from the caller's own doing; no instance is to blame, and another one would do no better. */
const callersOwn = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'UND_ERR_ABORTED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_INVALID_RETURN_VALUE'])

/**
 * The connection failed, or the instance did not answer: its fault as far as anybody can tell. What has no code of the network (an error in the caller's body stream, an aborted
 * signal) is not.
 */
export function isInstanceFailure (error: Error): boolean {
  const { code } = error as { readonly code?: unknown }
  if (typeof code !== 'string' || callersOwn.has(code)) return false
  return code === 'ROSTER_TIMEOUT' || /^(UND_ERR_|HPE_|ERR_(SSL|TLS)_|CERT_|E[A-Z0-9]+$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)
}

/** 429 and 5xx: the instance did not do its work. 501 and 505 say that no instance will, which is no failure of this one. */
export const isFailureStatus = (status: number): boolean => status === 429 || (status >= 500 && status !== 501 && status !== 505)

/**
 * `Retry-After` in ms (RFC 9110, 10.2.3): seconds or a date; `undefined` for anything else.
 * @param now wall clock, ms
 */
export function retryAfterMs (value: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(value) ? value[0] : value)?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // Node reads many things as a date; an HTTP date begins with the name of a day.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
