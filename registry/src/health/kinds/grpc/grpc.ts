// gRPC checks: asks the standard health service (grpc.health.v1) about the server or one of its services; only SERVING is passing.
// The messages are health-frames.ts.

import { STATUS_CODES } from 'node:http'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { goQuote } from '../../../http/decode/go-text.js'
import type { CheckDefinition } from '../../definition.js'
import type { CheckContext, CheckKind } from '../../kind.js'
import { openH2, sessionFailure } from '../../net/h2.js'
import { failureText, NetError } from '../../net/net-error.js'
import { inScope, RunEnded, type RunScope } from '../../run-scope.js'
import { decodeResponse, encodeRequest } from './health-frames.js'

const SERVING = 1
const SERVING_STATUS: readonly string[] = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/** By number; grpc.io "Status codes". */
const CODES: readonly string[] = ['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists', 'PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented', 'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated']

/** What an HTTP status means where a gRPC one is missing; grpc.io "HTTP to gRPC Status Code Mapping". */
const CODE_OF_HTTP: Readonly<Record<number, string>> = { 400: 'Internal', 401: 'Unauthenticated', 403: 'PermissionDenied', 404: 'Unimplemented', 429: 'Unavailable', 502: 'Unavailable', 503: 'Unavailable', 504: 'Unavailable' }

/** A health answer is a few bytes; a server that sends more is something else. */
const MAX_ANSWER_BYTES = 64 << 10

export const grpc: CheckKind = {
  type: 'grpc',
  defaultTimeoutMs: 10_000,
  uses: 'socket',
  prepare (definition, ctx) {
    const slash = definition.grpc.indexOf('/')
    const target = slash === -1 ? definition.grpc : definition.grpc.slice(0, slash)
    const request = encodeRequest(slash === -1 ? '' : definition.grpc.slice(slash + 1))
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      const session = await ready(target, definition, ctx, scope)
      const status = await ask(session, request, target, definition.grpcUseTls, scope)
      if (status !== SERVING) return { status: 'critical', output: `gRPC ${definition.grpc} serving status: ${SERVING_STATUS[status] ?? status}` }
      return { status: 'passing', output: `gRPC check ${definition.grpc}: success` }
    })
  },
}

const rpcError = (code: string, why: string, cause?: unknown): NetError => new NetError(`rpc error: code = ${code} desc = ${why}`, { cause })

/** A connection on which the server has shown that it speaks HTTP/2. */
async function ready (target: string, definition: CheckDefinition, ctx: CheckContext, scope: RunScope): Promise<ClientHttp2Session> {
  let stage: 'dial' | 'preface' = 'dial'
  try {
    const session = await openH2(target, definition.grpcUseTls ? definition : undefined, ctx, scope)
    stage = 'preface'
    await scope.wait<void>((resolve, reject) => {
      session.once('remoteSettings', () => resolve())
      session.once('error', error => reject(sessionFailure(error)))
      session.once('close', () => reject(new NetError('EOF')))
    })
    return session
  } catch (error) {
    if (scope.timedOut) throw rpcError('DeadlineExceeded', 'context deadline exceeded while waiting for connections to become ready', error)
    if (error instanceof RunEnded) throw error
    const why = failureText(error)
    const what = stage === 'preface' ? `error reading server preface: ${why}` : /^(?:remote error: )?tls: /.test(why) ? `transport: authentication handshake failed: ${why}` : `transport: Error while dialing: ${why}`
    throw rpcError('Unavailable', `connection error: desc = ${goQuote(what)}`, error)
  }
}

/** The serving status that the server gives. */
async function ask (session: ClientHttp2Session, request: Buffer, authority: string, tls: boolean, scope: RunScope): Promise<number> {
  const stream = session.request({
    ':method': 'POST',
    ':scheme': tls ? 'https' : 'http',
    ':path': '/grpc.health.v1.Health/Check',
    ':authority': authority,
    'content-type': 'application/grpc',
    'user-agent': 'grpc-roster',
    te: 'trailers',
    'grpc-timeout': `${Math.max(Math.ceil(scope.leftMs), 1)}m`,
  })
  scope.own(stream, () => stream.destroy())
  stream.end(request)
  try {
    const { head, trailers, body } = await receive(stream, scope)
    return statusFrom(head, trailers, body)
  } catch (error) {
    if (scope.timedOut) throw rpcError('DeadlineExceeded', 'context deadline exceeded', error)
    throw error
  }
}

interface Received { head: IncomingHttpHeaders & { ':status'?: number }, trailers: IncomingHttpHeaders | undefined, body: Buffer }

const receive = (stream: ClientHttp2Stream, scope: RunScope): Promise<Received> => scope.wait((resolve, reject) => {
  const chunks: Buffer[] = []
  let size = 0
  let head: Received['head'] = {}
  let trailers: IncomingHttpHeaders | undefined
  stream.on('response', headers => { head = headers })
  stream.on('trailers', headers => { trailers = headers })
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_ANSWER_BYTES) chunks.push(chunk)
    else reject(rpcError('ResourceExhausted', `received message larger than max (${size} vs. ${MAX_ANSWER_BYTES})`))
  })
  stream.on('error', () => {}) // `close` follows, with the code
  stream.on('close', () => {
    if (stream.rstCode !== 0) reject(rpcError('Internal', `stream terminated by RST_STREAM with error code: ${RST_CODES[stream.rstCode ?? 0] ?? stream.rstCode}`))
    else resolve({ head, trailers, body: Buffer.concat(chunks) })
  })
})

/** RFC 9113, section 7. */
const RST_CODES: readonly string[] = ['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED', 'FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED']

function statusFrom (head: Received['head'], trailers: IncomingHttpHeaders | undefined, body: Buffer): number {
  const http = Number(head[':status'])
  const type = head['content-type'] ?? ''
  if (http !== 200 || !type.startsWith('application/grpc')) {
    const words = [http === 200 ? '' : `unexpected HTTP status code received from server: ${http} (${STATUS_CODES[http] ?? ''})`, type.startsWith('application/grpc') ? '' : `transport: received unexpected content-type ${goQuote(type)}`]
    throw rpcError(CODE_OF_HTTP[http] ?? 'Unknown', words.filter(w => w !== '').join('; '))
  }
  // An answer without a message has its status in the head itself.
  const end = trailers?.['grpc-status'] === undefined ? head : trailers
  const code = end['grpc-status']
  if (code === undefined) throw rpcError('Internal', 'server closed the stream without sending trailers')
  if (code !== '0') throw rpcError(CODES[Number(code)] ?? `Code(${String(code)})`, decodeMessage(String(end['grpc-message'] ?? '')))
  const status = decodeResponse(body)
  if (status === undefined) throw body.length === 0 ? new NetError('EOF') : rpcError('Internal', 'grpc: failed to unmarshal the received message')
  return status
}

/** Percent-encoded, but not trusted to be. */
function decodeMessage (text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
