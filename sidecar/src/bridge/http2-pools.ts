// Connections to instances that speak HTTP/2: sessions made at first use, shared by all calls to an instance, made anew when one says farewell. Knows how to reach an instance, not which.

import { connect, constants } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { connect as tcpConnect } from 'node:net'
import type { Readable } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import type { Instance } from '@roster/client'
import type { InstanceRequest } from '@roster/client/calls'
import { connectFailed, connectTimeout, reset } from '../http1/failure.js'
import type { UpstreamTls } from '../upstream/upstream.js'
import { asObject, endToEnd, paired } from './fields.js'
import type { Fields } from './fields.js'

/** The side of undici's pools that the SDK's policies speak to. */
export interface Receiver {
  onConnect (abort: (reason?: Error) => void): void
  onHeaders (statusCode: number, rawHeaders: Buffer[], resume: () => void, statusMessage: string): boolean
  onData (chunk: Buffer): boolean
  onComplete (rawTrailers: string[] | null): void
  onError (error: Error): void
}

export interface Http2PoolsOptions {
  readonly connectMs?: number
  /** A session without a call is closed after this, ms. */
  readonly idleMs?: number
}

/** Streams on one session at most, whatever the peer allows: a session is one TCP connection. */
const MAX_STREAMS = 250
const CONNECT_MS = 1000
const IDLE_MS = 60_000
/** Flow control of a stream, bytes: more than the 64 KiB of the protocol, so that a fast network is used. */
const WINDOW = 1024 * 1024
/** And of a session. */
const SESSION_WINDOW = 4 * WINDOW

/** Trailer fields of a request, when its body has ended. */
export type TrailersOf = (request: InstanceRequest) => Fields

export class Http2Pools {
  readonly #sessions = new Map<string, Session[]>()
  #over = false

  constructor (private readonly trailersOf: TrailersOf, private readonly options: Http2PoolsOptions = {}) {}

  get connections (): number { return [...this.#sessions.values()].reduce((sum, { length }) => sum + length, 0) }

  dispatch (request: InstanceRequest, receiver: Receiver, tls: UpstreamTls | undefined): void {
    if (this.#over) { receiver.onError(reset('the proxy has ended')); return }
    const { instance } = request
    const key = `${instance.id} ${instance.address}:${instance.port} ${tls === undefined ? '' : 'tls'}`
    const sessions = this.#sessions.get(key) ?? []
    this.#sessions.set(key, sessions)
    let session = sessions.find(one => one.hasRoom)
    if (session === undefined) {
      session = new Session(instance, tls, this.options.connectMs ?? CONNECT_MS, this.options.idleMs ?? IDLE_MS, over => {
        const i = sessions.indexOf(over)
        if (i >= 0) sessions.splice(i, 1)
        if (sessions.length === 0) this.#sessions.delete(key)
      })
      sessions.push(session)
    }
    session.send(request, receiver, this.trailersOf)
  }

  close (): void {
    this.#over = true
    for (const session of [...this.#sessions.values()].flat()) session.destroy()
  }
}

/**
 * - connecting => open | over (it cannot be connected to)
 * - open       => leaving (farewell of the peer, or idle for too long) | over
 * - leaving    => over (its last call has ended)
 */
class Session {
  readonly #session: ClientHttp2Session
  #state: 'connecting' | 'open' | 'leaving' | 'over' = 'connecting'
  #calls = 0
  #waiting: Array<(error: Error | undefined) => void> = []
  readonly #late: NodeJS.Timeout

  constructor ({ address, port }: Instance, tls: UpstreamTls | undefined, connectMs: number, idleMs: number, private readonly over: (session: Session) => void) {
    const options = { settings: { enablePush: false, initialWindowSize: WINDOW } }
    const authority = `${tls === undefined ? 'http' : 'https'}://${address.includes(':') ? `[${address}]` : address}:${port}`
    const session = this.#session = connect(authority, {
      ...options,
      createConnection: () => tls === undefined ? tcpConnect({ host: address, port, noDelay: true }) : tlsConnect({ ...tls as object, host: address, port, ALPNProtocols: ['h2'] }),
    })
    this.#late = setTimeout(() => this.#ended(connectTimeout(connectMs)), connectMs).unref()
    session.once('connect', () => {
      clearTimeout(this.#late)
      if (this.#state !== 'connecting') return
      session.setLocalWindowSize(SESSION_WINDOW)
      this.#state = 'open'
      for (const ready of this.#waiting.splice(0)) ready(undefined)
    })
    session.on('error', error => this.#ended(this.#state === 'connecting' ? connectFailed(error) : reset('the connection was lost', error)))
    session.on('goaway', () => this.#leave())
    session.once('close', () => this.#ended(reset('the connection was closed')))
    session.setTimeout(idleMs, () => { if (this.#calls === 0) session.close() })
  }

  get hasRoom (): boolean {
    if (this.#state === 'connecting') return this.#calls < MAX_STREAMS
    return this.#state === 'open' && this.#calls < Math.min(MAX_STREAMS, this.#session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS)
  }

  send (request: InstanceRequest, receiver: Receiver, trailersOf: TrailersOf): void {
    this.#calls++
    const done = (): void => {
      this.#calls--
      if (this.#calls === 0 && this.#state === 'leaving') this.#session.close()
    }
    if (this.#state !== 'connecting') { this.#open(request, receiver, trailersOf, done); return }
    this.#waiting.push(error => {
      if (error === undefined) this.#open(request, receiver, trailersOf, done)
      else {
        done()
        receiver.onError(error)
      }
    })
  }

  destroy (): void {
    this.#ended(reset('the proxy has ended'))
    this.#session.destroy()
  }

  #open (request: InstanceRequest, receiver: Receiver, trailersOf: TrailersOf, done: () => void): void {
    const { call, method, path } = request
    const all = paired(request.headers as string[])
    const host = all.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? ''
    const fields = endToEnd(all).filter(([name]) => name !== 'host')
    const te = all.some(([name, value]) => name.toLowerCase() === 'te' && /(^|,)\s*trailers\s*(,|$)/i.test(value))
    const body = request.body as Readable | null | undefined
    let stream: ClientHttp2Stream
    try {
      stream = this.#session.request({ ':method': method, ':path': path, ':scheme': request.origin?.toString().startsWith('https') === true ? 'https' : 'http', ':authority': host, ...asObject(fields), ...te && { te: 'trailers' } }, { endStream: body === null || body === undefined, waitForTrailers: body !== null && body !== undefined })
    } catch (error) {
      // The session has ended since it was looked at: nothing was sent.
      done()
      this.#leave()
      receiver.onError(reset('the connection was closed', error as Error))
      return
    }
    follow(stream, receiver, done, () => { call.sent = false })
    receiver.onConnect(reason => {
      giveUp(stream)
      receiver.onError(reason ?? reset('given up'))
    })
    if (body === null || body === undefined) return
    stream.on('wantTrailers', () => stream.sendTrailers(asObject(trailersOf(request))))
    body.on('error', () => giveUp(stream))
    body.pipe(stream)
    stream.once('close', () => body.unpipe(stream))
  }

  /** Calls under way may end; others go elsewhere. */
  #leave (): void {
    if (this.#state === 'over') return
    this.#state = 'leaving'
    this.over(this)
    if (this.#calls === 0) this.#session.close()
  }

  #ended (error: Error): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    clearTimeout(this.#late)
    this.over(this)
    for (const failed of this.#waiting.splice(0)) failed(error)
    this.#session.destroy()
  }
}

/** `close` ends the content before it resets: an upload that was cut would arrive as complete. */
function giveUp (stream: ClientHttp2Stream): void {
  if (stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL)
  else stream.destroy(new Error('given up'))
}

/** @param unsent the peer says that it has done nothing: the call may be sent again, whatever it is (RFC 9113, 8.7) */
function follow (stream: ClientHttp2Stream, receiver: Receiver, done: () => void, unsent: () => void): void {
  let over = false
  let trailers: string[] | null = null
  const resume = (): void => { stream.resume() }
  const head = (flat: Buffer[], status: number): void => { if (!receiver.onHeaders(status, flat, resume, '') && status >= 200) stream.pause() }
  stream.on('headers' as 'response', (headers: IncomingHttpHeaders, _flags: number, raw: string[]) => head(rawOf(raw), Number(headers[':status'])))
  stream.on('response', (headers: IncomingHttpHeaders, _flags: number, raw: string[]) => head(rawOf(raw), Number(headers[':status'])))
  stream.on('data', (chunk: Buffer) => { if (!receiver.onData(chunk)) stream.pause() })
  stream.on('trailers', (_headers, _flags, raw: string[]) => { trailers = raw })
  stream.on('end', () => {
    // A stream that was reset ends too; its code tells.
    if (over || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return
    over = true
    receiver.onComplete(trailers)
  })
  stream.on('error', () => {})
  stream.once('close', () => {
    done()
    if (over) return
    over = true
    const { rstCode } = stream
    if (rstCode === constants.NGHTTP2_REFUSED_STREAM) unsent()
    receiver.onError(reset(`the stream was reset (${nameOf(rstCode)})`))
  })
}

/** As undici's pools give them. */
const rawOf = (raw: readonly string[]): Buffer[] => {
  const flat: Buffer[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) if (!raw[i]!.startsWith(':')) flat.push(Buffer.from(raw[i]!, 'latin1'), Buffer.from(raw[i + 1]!, 'latin1'))
  return flat
}

const NAMES: Readonly<Record<number, string>> = { 0: 'NO_ERROR', 1: 'PROTOCOL_ERROR', 2: 'INTERNAL_ERROR', 3: 'FLOW_CONTROL_ERROR', 5: 'STREAM_CLOSED', 7: 'REFUSED_STREAM', 8: 'CANCEL', 11: 'ENHANCE_YOUR_CALM' }
const nameOf = (code: number | undefined): string => NAMES[code ?? 0] ?? String(code)
