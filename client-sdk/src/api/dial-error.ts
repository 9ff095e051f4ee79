// Turns failures of sockets, TLS and the HTTP parser into the one-line texts that users of Consul's tools know, which are Go's. Pure; classes are in errors.ts.

import type { Address } from './address.js'

/** Name of the failing step and whether bytes of the request may have been sent. */
export interface DialFailure {
  readonly text: string
  readonly sent: boolean
}

interface SystemError extends Error {
  readonly code?: string
  readonly syscall?: string
  readonly address?: string
  readonly port?: number
  readonly reason?: string
}

/** Go's names of the errno values that a connect can meet (package syscall). */
const errno: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EPIPE: 'broken pipe',
  EMFILE: 'too many open files',
  ENOTSOCK: 'socket operation on non-socket',
}

/** Certificate failures, as crypto/x509 of Go says them. */
const certificates: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'certificate has expired or is not yet valid',
}

/**
 * @example a refused connect to 127.0.0.1:8500: `{ text: 'dial tcp 127.0.0.1:8500: connect: connection refused', sent: false }`
 * @param error what undici rejected with
 */
export function dialFailure (error: unknown, address: Address): DialFailure {
  const e = firstOf(error)
  const code = e.code ?? ''
  const connecting = e.syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT'
  if (code === 'ENOTFOUND') return { text: `dial tcp: lookup ${address.host}: no such host`, sent: false }
  if (code === 'EAI_AGAIN') return { text: `dial tcp: lookup ${address.host}: Temporary failure in name resolution`, sent: false }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return { text: `${dial(e, address)}: i/o timeout`, sent: !connecting }
  if (connecting && code in errno) return { text: `${dial(e, address)}: connect: ${errno[code]}`, sent: false }
  if (code in certificates) return { text: `tls: failed to verify certificate: x509: ${certificates[code]}`, sent: false }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { text: `tls: failed to verify certificate: x509: ${e.reason ?? e.message}`, sent: false }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)) return { text: 'http: server gave HTTP response to HTTPS client', sent: false }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return { text: `tls: ${e.message.replaceAll('\n', ' ').trim()}`, sent: false }
  if (code.startsWith('HPE_') || e.name === 'HTTPParserError') return { text: 'net/http: HTTP/1.x transport connection broken: malformed HTTP response', sent: true }
  if (code === 'UND_ERR_SOCKET') return { text: 'EOF', sent: true }
  if (code in errno) return { text: `read tcp ${address.host}:${address.port}: read: ${errno[code]}`, sent: true }
  return { text: e.message || code || 'connection failed', sent: true }
}

const dial = (e: SystemError, address: Address) => address.socketPath === undefined
  ? `dial tcp ${hostPort(e.address ?? address.host, e.port ?? address.port)}`
  : `dial unix ${address.socketPath}`

const hostPort = (host: string, port: number) => host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`

/** A name with several addresses fails with one error for each; Go shows that of the IPv4 address. undici wraps causes. */
function firstOf (error: unknown): SystemError {
  if (error instanceof AggregateError && error.errors.length > 0) {
    const errors = error.errors as SystemError[]
    return errors.find(e => !e.address?.includes(':')) ?? errors[0]!
  }
  if (error instanceof Error) {
    const cause = error.cause
    return (error as SystemError).code === undefined && cause instanceof Error ? firstOf(cause) : error
  }
  return new Error(String(error))
}
