// An HTTP/2 connection for a check: dialled like any other, then handed to Node's client.

import type { ClientHttp2Session } from 'node:http2'
import type { CheckContext } from '../kind.js'
import type { RunScope } from '../run-scope.js'
import { dialTcp } from './dial.js'
import { splitHostPort } from './host-port.js'
import { codeOf, errnoText, failureText, NetError } from './net-error.js'
import { tlsAlert } from './tls.js'

/**
 * @param target host:port
 * @param tls `undefined`: plain text, with prior knowledge (RFC 9113, section 3.3)
 * @returns a session that the scope owns; it need not have heard from the server yet
 */
export async function openH2 (target: string, tls: { readonly tlsServerName: string, readonly tlsSkipVerify: boolean } | undefined, ctx: CheckContext, scope: RunScope): Promise<ClientHttp2Session> {
  const { connect } = await scope.of(import('node:http2'))
  const startTls = tls === undefined ? undefined : await scope.of(ctx.tls.ready())
  let socket = await dialTcp(target, ctx, scope)
  if (tls !== undefined && startTls !== undefined) {
    const name = tls.tlsServerName === '' ? splitHostPort(target).host : tls.tlsServerName
    const secure = await startTls(socket, { name, skipVerify: tls.tlsSkipVerify, alpn: ['h2'] }, scope)
    if (secure.alpnProtocol !== 'h2') throw new NetError('remote error: tls: no application protocol')
    socket = secure
  }
  // The name is nobody's: the connection is there already, and requests name their own authority.
  const session = connect('http://check.invalid', { createConnection: () => socket, settings: { enablePush: false } })
  scope.own(session, () => session.destroy())
  session.on('error', () => {}) // whoever waits hears it too; nobody else has to
  return session
}

/** A session's failure: what the peer sent was no HTTP/2, or the connection went. */
export function sessionFailure (error: unknown): NetError {
  const code = codeOf(error)
  if (code === 'ERR_HTTP2_ERROR') return new NetError('http2: frame too large', { cause: error })
  const alert = tlsAlert(error)
  if (alert !== undefined) return alert
  const text = errnoText(code)
  return new NetError(text ?? failureText(error), { cause: error })
}
