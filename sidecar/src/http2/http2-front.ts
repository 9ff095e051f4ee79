// Clients that speak HTTP/2: sessions in, exchanges out, in the shape that the bridge and the router know (http1/handed.ts). The head of each request is read by the same strict parser as one of
// HTTP/1.1. Source: RFC 9113.

import { constants, performServerHandshake } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { Readable, Writable } from 'node:stream'
import type { Clock, Instance } from '@roster/client'
import { routeOf } from '@roster/client/calls'
import { asObject, asTrailers, endToEnd, paired } from '../bridge/fields.js'
import type { Fields } from '../bridge/fields.js'
import type { Bridge } from '../bridge/bridge.js'
import type { Connection } from '../http1/connection.js'
import type { HandedExchange, Told } from '../http1/handed.js'
import type { ForwardedOptions } from '../http1/http1-proxy.js'
import type { ExchangeEnd, ExchangeRecord, Observer } from '../http1/observer.js'
import { isHandled, isRefusal } from '../http1/route.js'
import type { Decision, Route } from '../http1/route.js'
import type { Upstream } from '../upstream/upstream.js'
import type { Speaks } from '../upstreams/leg-upstream.js'
import { NO_HEAD, parseRequestHead } from '../wire/request-head.js'
import type { RequestHead } from '../wire/request-head.js'

export interface Http2FrontOptions {
  readonly route: Route
  readonly bridge: Bridge
  /** What the endpoints of a decision speak. */
  readonly speaks: (upstream: Upstream) => Speaks
  readonly observer: Observer
  readonly clock: Clock
  readonly forwarded: ForwardedOptions
  /** Name in `Via`, by which loops are found. */
  readonly via: string
  readonly maxHeadBytes?: number
  readonly idleMs?: number
}

/** Streams of one session at once (Envoy's edge guide). */
const MAX_STREAMS = 100
const WINDOW = 256 * 1024
const SESSION_WINDOW = 1024 * 1024
const IDLE_MS = 60_000
const MAX_FIELDS = 100
const MAX_LOOPS = 3

export class Http2Front {
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #exchanges = new Set<Http2Exchange>()
  #leaving = false
  #idle: Array<() => void> = []

  constructor (private readonly options: Http2FrontOptions) {}

  get connections (): number { return this.#sessions.size }
  get active (): number { return this.#exchanges.size }

  /** @param firstBytes read from it already, the preface first */
  accept (socket: Socket, firstBytes?: Buffer): void {
    const { observer, maxHeadBytes = 32 * 1024, idleMs = IDLE_MS } = this.options
    const connection: Connection = { remoteAddress: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, ''), remotePort: socket.remotePort ?? 0, localPort: socket.localPort ?? 0, encrypted: 'encrypted' in socket, tag: undefined }
    if (firstBytes !== undefined && firstBytes.length > 0) socket.unshift(firstBytes)
    const session = performServerHandshake(socket, {
      maxSessionMemory: 10,
      maxHeaderListPairs: MAX_FIELDS + 4,
      settings: { maxConcurrentStreams: MAX_STREAMS, initialWindowSize: WINDOW, maxHeaderListSize: maxHeadBytes, enableConnectProtocol: false },
    } as Parameters<typeof performServerHandshake>[1])
    this.#sessions.add(session)
    observer.connectionOpened?.(connection)
    session.once('close', () => {
      this.#sessions.delete(session)
      observer.connectionClosed?.(connection)
      this.#settle()
    })
    // A peer that breaks the protocol loses its connection, and nothing else.
    session.on('error', () => {})
    session.setLocalWindowSize(SESSION_WINDOW)
    session.setTimeout(idleMs, () => { if (![...this.#exchanges].some(exchange => exchange.session === session)) session.close() })
    session.on('stream', (stream, headers, _flags, ...more: unknown[]) => this.#stream(session, stream, headers, more[0] as string[], connection))
    if (this.#leaving) session.close()
  }

  /** Sessions take no requests any more; those under way end. */
  farewell (): void {
    this.#leaving = true
    for (const session of this.#sessions) session.close()
  }

  /** @returns whether everything ended by itself */
  async drain (graceMs: number): Promise<boolean> {
    this.farewell()
    let cancel = (): void => {}
    const peaceful = await new Promise<boolean>(resolve => {
      this.#idle.push(() => resolve(true))
      cancel = this.options.clock.after(graceMs, () => resolve(false))
      this.#settle()
    })
    cancel()
    this.close()
    return peaceful
  }

  close (): void {
    this.#leaving = true
    for (const session of this.#sessions) session.destroy()
  }

  #settle (): void {
    if (this.#exchanges.size === 0) for (const done of this.#idle.splice(0)) done()
  }

  #stream (session: ServerHttp2Session, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: string[], connection: Connection): void {
    stream.on('error', () => {})
    const { maxHeadBytes = 32 * 1024, clock, observer, bridge } = this.options
    const fields = paired(raw)
    const found = headOf(fields, (stream as { endAfterHeaders?: boolean }).endAfterHeaders === true, maxHeadBytes)
    const head = 'head' in found ? found.head : NO_HEAD
    const exchange = new Http2Exchange(session, stream, head, connection, this.#handedOn(fields, head, connection), clock.monotonic(), () => {
      this.#exchanges.delete(exchange)
      exchange.endedAt = clock.monotonic()
      observer.ended?.(exchange)
      this.#settle()
    }, clock)
    this.#exchanges.add(exchange)
    if (!('head' in found)) { bridge.refuse(exchange, found); return }
    if (head.method === 'CONNECT') { bridge.refuse(exchange, { status: 501, reason: 'no-tunnel', message: 'there are no tunnels over HTTP/2' }); return }
    if (fields.filter(([name, value]) => name === 'via' && value.includes(this.options.via)).length >= MAX_LOOPS) { bridge.refuse(exchange, { status: 508, reason: 'loop', message: 'the request has come through here too often' }); return }
    this.#route(exchange)
  }

  #route (exchange: Http2Exchange): void {
    const { route, bridge } = this.options
    const failed = (error: Error): void => bridge.refuse(exchange, { status: 502, reason: 'failed', message: error.message })
    try {
      const decision = route(exchange.head, exchange.connection)
      if (decision instanceof Promise) decision.then(decided => this.#decided(exchange, decided)).catch(failed)
      else this.#decided(exchange, decision)
    } catch (error) { failed(error as Error) }
  }

  #decided (exchange: Http2Exchange, decision: Decision): void {
    const { bridge, speaks } = this.options
    if (isRefusal(decision)) bridge.refuse(exchange, decision)
    else if (isHandled(decision)) decision.handle(exchange)
    else bridge.handle(exchange, decision, speaks(decision.upstream))
  }

  /** Fields for the endpoint, with ours. */
  #handedOn (fields: Fields, head: RequestHead, { remoteAddress, encrypted }: Connection): Fields {
    const { forwarded, via } = this.options
    let kept = endToEnd(fields).filter(([name]) => name !== 'host' && name !== 'content-length' && name !== 'expect')
    if (forwarded.mode === 'append') {
      const trusted = forwarded.trust?.(remoteAddress) === true
      const before = trusted ? kept.filter(([name]) => name === 'x-forwarded-for').map(([, value]) => value) : []
      kept = kept.filter(([name]) => name !== 'x-forwarded-for' && (trusted || !/^(forwarded|x-forwarded-(proto|host|port))$/.test(name)))
      kept.push(['x-forwarded-for', [...before, remoteAddress].join(', ')])
      if (!kept.some(([name]) => name === 'x-forwarded-proto')) kept.push(['x-forwarded-proto', encrypted ? 'https' : 'http'])
      if (!kept.some(([name]) => name === 'x-forwarded-host') && head.host !== '') kept.push(['x-forwarded-host', head.host])
    }
    kept.push(['via', `2 ${via}`])
    return kept
  }
}

/** The head as HTTP/1.1 would write it, without the empty line, read by the same parser: what is refused there is refused here. */
function headOf (fields: Fields, ends: boolean, maxBytes: number): { readonly head: RequestHead } | { readonly status: number, readonly reason: string, readonly message: string } {
  const value = (name: string): string | undefined => fields.find(([known]) => known === name)?.[1]
  const authority = value(':authority')
  const host = value('host')
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase()) return { status: 400, reason: 'host-differs', message: ':authority and host are not the same (RFC 9113, 8.3.1)' }
  const plain = fields.filter(([name]) => !name.startsWith(':') && name !== 'host')
  const length = value('content-length')
  const lines = plain.map(([name, text]) => `${name}: ${text}\r\n`).join('')
  const te = value('te') === 'trailers' ? 'connection: te\r\n' : ''
  const text = `${value(':method') ?? ''} ${value(':path') ?? value(':authority') ?? ''} HTTP/1.1\r\nhost: ${authority ?? host ?? ''}\r\n${lines}${te}${ends || length !== undefined ? '' : 'transfer-encoding: chunked\r\n'}\r\n`
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length > maxBytes) return { status: 431, reason: 'head-too-long', message: `the head has more than ${maxBytes} bytes` }
  const parsed = parseRequestHead(bytes, 0, bytes.length - 2, { fields: MAX_FIELDS + 4, targetBytes: 16 * 1024 })
  return 'method' in parsed ? { head: parsed } : { status: parsed.status, reason: parsed.reason, message: `${parsed.message} (${parsed.clause})` }
}

/** One request of a session, for whoever answers it and for observers. */
class Http2Exchange implements HandedExchange, ExchangeRecord {
  readonly body: Readable
  readonly trailers: Array<readonly [name: string, value: string]> = []
  readonly #gone = new AbortController()
  upstream: Upstream | undefined
  instance: Instance | undefined
  why = ''
  attempts = 0
  status = 0
  end: ExchangeEnd = 'ok'
  reason = ''
  grpcStatus: string | undefined
  bytesIn = 0
  bytesOut = 0
  answeredAt = 0
  endedAt = 0
  tag: unknown
  #whole = false
  #refused = false

  constructor (readonly session: ServerHttp2Session, private readonly stream: ServerHttp2Stream, readonly head: RequestHead, readonly connection: Connection, readonly rawHeaders: Fields, readonly startedAt: number, over: () => void, private readonly clock: Clock) {
    stream.on('trailers', (_headers: unknown, _flags: unknown, raw: string[]) => { this.trailers.push(...asTrailers(paired(raw))) })
    this.body = new Readable({ read: () => { stream.resume() } })
    this.body.on('error', () => {})
    stream.on('data', (chunk: Buffer) => {
      this.bytesIn += chunk.length
      if (!this.body.push(chunk)) stream.pause()
    })
    stream.pause()
    stream.on('end', () => this.body.push(null))
    stream.once('close', () => {
      if (!this.#whole) {
        if (this.end === 'ok') this.end = this.status === 0 || stream.rstCode === constants.NGHTTP2_CANCEL ? 'client-gone' : 'cut'
        this.reason ||= this.end
        this.#gone.abort(new Error('the client has gone'))
        this.body.destroy(new Error('the client has gone'))
      } else if (this.#refused) this.end = 'refused'
      over()
    })
  }

  get record (): ExchangeRecord { return this }
  get route (): string { return routeOf(this.head.method, this.head.path) }
  get signal (): AbortSignal { return this.#gone.signal }

  told ({ upstream, instance, why, attempts, reason, grpcStatus }: Told): void {
    this.upstream = upstream ?? this.upstream
    this.instance = instance ?? this.instance
    this.why = why ?? this.why
    this.attempts = attempts ?? this.attempts
    this.grpcStatus = grpcStatus ?? this.grpcStatus
    if (reason === undefined) return
    this.reason = reason
    this.#refused = true
  }

  inform (status: number, headers: Fields): void {
    if (!this.stream.headersSent && !this.stream.closed) this.stream.additionalHeaders({ ':status': status, ...asObject(endToEnd(headers)) })
  }

  respond (status: number, headers: Fields): Writable & { trailers (fields: Fields): void } {
    const { stream } = this
    this.status = status
    this.answeredAt = this.clock.monotonic()
    let trailers: Fields = []
    // The head of a gRPC call that failed at once is its end too; its callers take the status from nowhere else ("Trailers-Only").
    const bodiless = this.head.method === 'HEAD' || status === 204 || status === 304 || headers.some(([name]) => name.toLowerCase() === 'grpc-status')
    if (!stream.closed && !stream.destroyed) {
      stream.respond({ ':status': status, ...asObject(endToEnd(headers)) }, { waitForTrailers: !bodiless, endStream: bodiless })
      stream.on('wantTrailers', () => stream.sendTrailers(asObject(trailers)))
    }
    const writable = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.bytesOut += chunk.length
        if (bodiless || stream.closed || stream.destroyed) done()
        else if (stream.write(chunk)) done()
        else {
          const go = (): void => { stream.off('drain', go); stream.off('close', go); done() }
          stream.once('drain', go).once('close', go)
        }
      },
      final: done => {
        this.#whole = true
        if (!bodiless) stream.end()
        // An answer before the end of the upload is complete: the rest is not wanted (RFC 9113, 8.1).
        if (!stream.readableEnded && !stream.destroyed && !this.body.readableEnded) stream.once('finish', () => { if (!stream.closed) stream.close(constants.NGHTTP2_NO_ERROR) })
        done()
      },
      destroy: (error, done) => {
        if (!this.#whole && !stream.closed) {
          this.end = 'cut'
          // Not `close`: that ends the content before it resets, and what was cut would look whole.
          stream.destroy(error ?? new Error('cut'))
        }
        done(error)
      },
    })
    writable.on('error', () => {})
    return Object.assign(writable, { trailers: (fields: Fields) => { trailers = asTrailers(fields) } })
  }
}
