// TLS for checks: one context for all of them (parsing a system's roots takes milliseconds), names verified as Go does, failures in its words.

import { readFile } from 'node:fs/promises'
import { isIP, type Socket } from 'node:net'
import type { PeerCertificate, SecureContext, TLSSocket } from 'node:tls'
import { RunEnded, type RunScope } from '../run-scope.js'
import { ends } from './dial.js'
import { codeOf, NetError, readFailure } from './net-error.js'

/** What checks show and trust: PEM files, read at the first use; '' or absent for none. */
export interface TlsMaterial {
  /** Shown to servers that ask for a client certificate (`enable_agent_tls_for_checks`). */
  readonly certFile?: string
  readonly keyFile?: string
  /** Trusted roots; the system's when there is none. */
  readonly caFile?: string
}

export interface TlsTarget {
  /** The name or address that the certificate must be for, and that is asked for if it is a name. */
  readonly name: string
  readonly skipVerify: boolean
  /** Protocols offered, such as `h2`. */
  readonly alpn?: readonly string[]
}

/** Where systems keep their roots; `SSL_CERT_FILE` goes first. */
const ROOT_FILES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Alpine
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Red Hat
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/ssl/cert.pem', // macOS, BSD
]

type Tls = typeof import('node:tls')

type StartTls = (socket: Socket, target: TlsTarget, scope: RunScope) => Promise<TLSSocket>

export class CheckTls {
  readonly #material: TlsMaterial
  #start: Promise<StartTls> | undefined

  constructor (material: TlsMaterial = {}) { this.#material = material }

  /**
   * What makes a connected socket a TLS one. To be had before the socket is connected: what a peer says (or that it hangs up) while nobody
   * listens would be lost on TLS.
   */
  ready (): Promise<StartTls> {
    // A file that is missing now may be there at the next run.
    this.#start ??= this.#load().catch((error: unknown) => {
      this.#start = undefined
      throw error
    })
    return this.#start
  }

  async #load (): Promise<StartTls> {
    const tls = await import('node:tls')
    const { certFile = '', keyFile = '', caFile = '' } = this.#material
    const read = async (file: string): Promise<string | undefined> => file === '' ? undefined : readFile(file, 'utf8')
    const [cert, key, ca] = await Promise.all([read(certFile), read(keyFile), caFile === '' ? systemRoots() : read(caFile)])
    const secureContext = tls.createSecureContext({ cert, key, ca })
    return (socket, target, scope) => startTls(tls, secureContext, socket, target, scope)
  }
}

/** @throws NetError with Go's words (`tls: failed to verify certificate: x509: …`); RunEnded when the run is cut short */
async function startTls ({ connect, checkServerIdentity }: Tls, secureContext: SecureContext, socket: Socket, target: TlsTarget, scope: RunScope): Promise<TLSSocket> {
  const [local, remote] = ends(socket)
  const tls = connect({
    socket,
    secureContext,
    rejectUnauthorized: !target.skipVerify,
    checkServerIdentity: (_, certificate) => checkServerIdentity(target.name, certificate),
    ...(isIP(target.name) === 0 && target.name !== '' ? { servername: target.name } : {}),
    ...(target.alpn === undefined ? {} : { ALPNProtocols: [...target.alpn] }),
  })
  // The TLS socket closes the one below; the other way round, Node 20 crashes.
  scope.disown(socket)
  scope.own(tls, () => tls.destroy())
  try {
    await scope.wait<void>((resolve, reject) => {
      tls.once('secureConnect', resolve).once('error', reject).once('close', () => reject(new NetError('EOF')))
    })
  } catch (error) {
    tls.on('error', () => {}) // told already
    if (error instanceof RunEnded) throw error
    throw tlsFailure(error, target, local, remote)
  }
  return tls
}

/** `undefined`: none found, and Node's own are used. */
async function systemRoots (): Promise<string | undefined> {
  for (const file of [process.env.SSL_CERT_FILE ?? '', ...ROOT_FILES]) {
    if (file === '') continue
    try {
      return await readFile(file, 'utf8')
    } catch { /* the next one */ }
  }
  return undefined
}

const UNKNOWN_AUTHORITY = 'certificate signed by unknown authority'

const CERTIFICATE_TEXTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  INVALID_CA: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'certificate has expired or is not yet valid',
  CERT_CHAIN_TOO_LONG: 'too many intermediates for path length constraint',
  CERT_SIGNATURE_FAILURE: 'invalid signature',
}

/** What a plain-text server's bytes are to a TLS client. */
const NOT_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_UNKNOWN_PROTOCOL', 'ERR_SSL_UNEXPECTED_MESSAGE', 'ERR_SSL_HTTP_REQUEST', 'EPROTO'])

/** True for the failure of a handshake with a server that does not speak TLS. */
export const speaksNoTls = (error: unknown): boolean => NOT_TLS.has(codeOf((error as { cause?: unknown }).cause))

/** What the other side says is wrong, in Go's words, also after the handshake (as with a client certificate in TLS 1.3); `undefined` for other failures. */
export function tlsAlert (error: unknown): NetError | undefined {
  const words = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?(.+)$/.exec(codeOf(error))?.[1]
  return words === undefined ? undefined : new NetError(`remote error: tls: ${words.toLowerCase().replaceAll('_', ' ')}`, { cause: error })
}

function tlsFailure (error: unknown, target: TlsTarget, local: string, remote: string): NetError {
  const code = codeOf(error)
  const certificate = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? wrongName(target.name, (error as { cert?: PeerCertificate }).cert) : CERTIFICATE_TEXTS[code]
  if (certificate !== undefined) return new NetError(`tls: failed to verify certificate: x509: ${certificate}`, { cause: error })
  if (NOT_TLS.has(code)) return new NetError('tls: first record does not look like a TLS handshake', { cause: error })
  const alert = tlsAlert(error)
  if (alert !== undefined) return alert
  // Node's own word for a connection that ends within the handshake carries a system code, but no system call.
  if (code === 'ECONNRESET' && (error as NodeJS.ErrnoException).syscall === undefined) return new NetError('EOF', { cause: error })
  if (error instanceof NetError) return error
  return readFailure('tcp', local, remote, error)
}

/** Go's words for a certificate that is for others. */
function wrongName (name: string, certificate: PeerCertificate | undefined): string {
  const names = (certificate?.subjectaltname ?? '').split(', ')
  const of = (kind: string): string[] => names.filter(n => n.startsWith(`${kind}:`)).map(n => n.slice(kind.length + 1))
  if (isIP(name) !== 0) {
    const addresses = of('IP Address')
    return addresses.length === 0 ? `cannot validate certificate for ${name} because it doesn't contain any IP SANs` : `certificate is valid for ${addresses.join(', ')}, not ${name}`
  }
  const hosts = of('DNS')
  return hosts.length === 0 ? `certificate is not valid for any names, but wanted to match ${name}` : `certificate is valid for ${hosts.join(', ')}, not ${name}`
}
