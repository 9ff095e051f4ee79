// One request and its answer on a connection of their own. Bounded: the head by `MAX_HEAD_BYTES`, the body by `MAX_BODY_BYTES` (only its tail is held),
// time by the scope.

import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { CheckDefinition } from '../../definition.js'
import type { CheckContext } from '../../kind.js'
import { dialTcp, ends } from '../../net/dial.js'
import { joinHostPort } from '../../net/host-port.js'
import { codeOf, NetError, readFailure } from '../../net/net-error.js'
import { speaksNoTls, tlsAlert } from '../../net/tls.js'
import { TailBuffer } from '../../output.js'
import type { RunScope } from '../../run-scope.js'
import { hostAndPort } from './go-url.js'
import { asksForGzip, headOf, type CheckRequest } from './request.js'

/** A server that sends more before its body is broken or hostile. */
const MAX_HEAD_BYTES = 1 << 20

/** Read of a body, unpacked, before the rest is let go: an endless body must not keep a run busy until its time is up. */
const MAX_BODY_BYTES = 16 << 20

export interface Answer {
  readonly status: number
  /** As the server put it, '' when it put nothing. */
  readonly reason: string
  /** '' without one. */
  readonly location: string
  /** The tail of the body. A body that breaks off, or takes longer than the run may, gives what came of it. */
  tail (): Promise<string>
  /** The body is not wanted. */
  discard (): void
}

/** @throws NetError with Go's words; RunEnded */
export async function exchange (request: CheckRequest, definition: CheckDefinition, ctx: CheckContext, scope: RunScope): Promise<Answer> {
  const { url } = request
  if (url.scheme !== 'http' && url.scheme !== 'https') throw new NetError(`unsupported protocol scheme "${url.scheme}"`)
  if (url.host === '') throw new NetError('http: no Host in request URL')
  const { hostname, port } = hostAndPort(url)
  const startTls = url.scheme === 'https' ? await scope.of(ctx.tls.ready()) : undefined
  const socket = await dialTcp(joinHostPort(hostname, Number(port)), ctx, scope)
  const [local, remote] = ends(socket)
  const connection = startTls === undefined ? socket : await secure(() => startTls(socket, { name: definition.tlsServerName === '' ? hostname : definition.tlsServerName, skipVerify: definition.tlsSkipVerify }, scope))
  const sent = send(request, connection)
  scope.own(sent, () => sent.destroy())
  try {
    return await scope.wait<Answer>((resolve, reject) => {
      sent.once('response', response => resolve(answerOf(response, request, ctx, scope)))
      sent.once('upgrade', (response: IncomingMessage, upgraded: Socket, head: Buffer) => {
        upgraded.destroy()
        resolve({ ...answerOf(response, request, ctx, scope), tail: async () => head.subarray(-ctx.outputMaxBytes).toString() })
      })
      sent.on('error', reject)
    })
  } catch (error) {
    sent.destroy()
    throw exchangeFailure(error, local, remote)
  }
}

async function secure (start: () => Promise<Socket>): Promise<Socket> {
  try {
    return await start()
  } catch (error) {
    throw speaksNoTls(error) ? new NetError('http: server gave HTTP response to HTTPS client', { cause: error }) : error
  }
}

/** Node writes heads in latin1; UTF-8 bytes get through as they are when each is one character. */
const wire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

function send (request: CheckRequest, connection: Socket): ClientRequest {
  const { url, method, body } = request
  const path = `${url.path === '' ? '/' : url.path}${url.query === undefined ? '' : `?${url.query}`}`
  const sent = httpRequest({
    createConnection: () => connection,
    method,
    path: wire(path).replaceAll(' ', '%20'),
    setHost: false,
    maxHeaderSize: MAX_HEAD_BYTES,
  })
  // Without it Node adds a chunked body to methods it does not know.
  sent.useChunkedEncodingByDefault = false
  for (const [name, value] of headOf(request)) sent.appendHeader(name, wire(value))
  sent.end(body === '' ? undefined : body)
  return sent
}

function answerOf (response: IncomingMessage, request: CheckRequest, ctx: CheckContext, scope: RunScope): Answer {
  // Whatever ends the body early, the run goes on with what it has.
  response.on('error', () => {})
  const unpack = asksForGzip(request) && response.headers['content-encoding'] === 'gzip'
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    location: Buffer.from(response.headers.location ?? '', 'latin1').toString(),
    discard: () => response.destroy(),
    tail: async () => {
      const tail = new TailBuffer(ctx.outputMaxBytes)
      const body = unpack ? await unzipped(response) : response
      body.on('error', () => {})
      try {
        await scope.wait<void>(resolve => {
          body.on('data', (chunk: Buffer) => {
            tail.write(chunk)
            if (tail.total > MAX_BODY_BYTES) resolve()
          })
          body.once('end', resolve).once('error', () => resolve()).once('close', () => resolve())
        })
      } catch { /* out of time: the status is known, and so is a part of the body */ }
      response.destroy()
      return tail.text()
    },
  }
}

async function unzipped (response: IncomingMessage): Promise<Readable> {
  const { createGunzip } = await import('node:zlib')
  const gunzip = createGunzip()
  response.once('close', () => { if (!response.readableEnded) gunzip.destroy() })
  return response.pipe(gunzip)
}

function exchangeFailure (error: unknown, local: string, remote: string): unknown {
  const code = codeOf(error)
  if (code === 'HPE_HEADER_OVERFLOW') return new NetError(`net/http: server response headers exceeded ${MAX_HEAD_BYTES} bytes; aborted`, { cause: error })
  if (code.startsWith('HPE_')) return new NetError(`net/http: HTTP/1.x transport connection broken: ${malformed(error as Error & { rawPacket?: Buffer, reason?: string })}`, { cause: error })
  // Node's word for a connection that ends before the answer; it carries a system code, but no system call.
  if (code === 'ECONNRESET' && (error as NodeJS.ErrnoException).syscall === undefined) return new NetError('EOF', { cause: error })
  const alert = tlsAlert(error)
  if (alert !== undefined) return alert
  if (code === '' || error instanceof NetError) return error
  return readFailure('tcp', local, remote, error)
}

/** A parser's complaint with the line that it is about, or its own words. */
function malformed ({ message, reason, rawPacket }: Error & { rawPacket?: Buffer, reason?: string }): string {
  const line = rawPacket?.subarray(0, 200).toString('latin1').split(/\r?\n/)[0]
  return line === undefined || line.startsWith('HTTP/1.') ? reason ?? message : `malformed HTTP response ${JSON.stringify(line)}`
}
