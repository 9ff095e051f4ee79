// What a proxy has to know of gRPC: that a call is one, how long it may take, and how it is told that it failed. Pure. Source: grpc/doc/PROTOCOL-HTTP2.md and statuscodes.md.

import type { Refusal } from '../http1/route.js'

export const isGrpc = (contentType: string | undefined): boolean => contentType !== undefined && /^application\/grpc(?![\w-])/i.test(contentType)

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000001 }

/** `grpc-timeout` in ms. @example timeoutMs('1500m') === 1500 */
export function timeoutMs (value: string | undefined): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(value ?? '')
  return match === null ? undefined : Math.ceil(Number(match[1]) * UNITS[match[2]!]!)
}

/** Status of a call by the proxy's own refusal; the callers' libraries know these numbers. */
const BY_REASON: Readonly<Record<string, number>> = { timeout: 4, 'concurrency-limit': 8, overloaded: 8, 'not-a-service': 7, 'foreign-host': 7, 'no-service-named': 3 }
const UNAVAILABLE = 14

/** A refusal as a gRPC client reads it: a head that ends the call, with status and message ("Trailers-Only"). */
export const refusalFields = ({ reason, message }: Refusal): ReadonlyArray<readonly [string, string]> => [
  ['content-type', 'application/grpc'],
  ['grpc-status', String(BY_REASON[reason] ?? UNAVAILABLE)],
  ['grpc-message', percentEncoded(message)],
  ['x-roster-reason', reason],
]

/** Everything that is not printable ASCII, and the percent sign, byte by byte. */
const percentEncoded = (text: string): string => [...Buffer.from(text, 'utf8')].map(byte => byte >= 0x20 && byte <= 0x7e && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
