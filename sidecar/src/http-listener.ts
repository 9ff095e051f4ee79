// One port that speaks HTTP: HTTP/1.1 and HTTP/2 told apart by the first bytes, or by ALPN where it is encrypted, before one router. Owns its listener and both proxies.

import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { systemClock } from '@roster/client'
import { Bridge } from './bridge/bridge.js'
import type { DataPlane } from './data-plane.js'
import type { ForwardedOptions, Http1Proxy } from './http1/http1-proxy.js'
import type { Http1Limits } from './http1/limits.js'
import type { Observer } from './http1/observer.js'
import type { Route } from './http1/route.js'
import { Http2Front } from './http2/http2-front.js'
import { listen } from './listen.js'
import type { Listening, ListenOptions } from './listen.js'
import type { Upstream } from './upstream/upstream.js'
import type { Speaks } from './upstreams/leg-upstream.js'

export interface HttpListenerOptions {
  /** Made of the bridge, to which what the fast path does not speak is given. */
  readonly route: (bridge: Bridge) => Route
  /** What the endpoints of an upstream speak. */
  readonly speaks: (upstream: Upstream) => Speaks
  readonly dataPlane: DataPlane
  readonly observer: Observer
  readonly forwarded: ForwardedOptions
  readonly limits?: Partial<Http1Limits>
  /** PEM; with it the port speaks TLS. */
  readonly tls?: { readonly cert: string, readonly key: string } | undefined
  readonly via: string
}

/** For the handshake of TLS, ms. */
const HANDSHAKE_MS = 10_000

export class HttpListener {
  readonly #bridge: Bridge
  readonly #http1: Http1Proxy
  readonly #http2: Http2Front
  readonly #server: Server

  constructor ({ route, speaks, dataPlane, observer, forwarded, limits, tls, via }: HttpListenerOptions) {
    const bridge = this.#bridge = new Bridge({ clock: systemClock, random: Math.random, observer })
    const routes = route(bridge)
    const front = this.#http2 = new Http2Front({ route: routes, bridge, speaks, observer, clock: systemClock, forwarded, via, ...limits?.requestHeadBytes !== undefined && { maxHeadBytes: limits.requestHeadBytes }, ...limits?.keepAliveMs !== undefined && { idleMs: limits.keepAliveMs } })
    const proxy = this.#http1 = dataPlane.http1({ route: routes, observer, forwarded, via, ...limits && { limits }, onHttp2Preface: (socket, bytes) => front.accept(socket, bytes) })
    const max = limits?.connections ?? Infinity
    const accept = (socket: Socket): void => {
      if (proxy.connections + front.connections >= max) { socket.on('error', () => {}).destroy(); return }
      if ((socket as Partial<TLSSocket>).alpnProtocol === 'h2') front.accept(socket)
      else proxy.accept(socket)
    }
    this.#server = tls === undefined
      ? createServer({ allowHalfOpen: true, noDelay: true }, accept)
      : createTlsServer({ ...tls, allowHalfOpen: true, noDelay: true, ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: HANDSHAKE_MS }, accept)
    // A handshake that fails is the client's affair.
    this.#server.on('tlsClientError', () => {})
  }

  get active (): number { return this.#http1.active + this.#http2.active }

  /** @throws SidecarError */
  listen (options: ListenOptions): Promise<Listening> { return listen(this.#server, options) }

  /** From now on connections end with their answers, so that callers go elsewhere. */
  farewell (): void {
    this.#http1.farewell()
    this.#http2.farewell()
  }

  /** Takes no connections any more, waits for what is under way, and cuts it after so many ms. */
  async drain (graceMs: number): Promise<void> {
    this.#server.close()
    await Promise.all([this.#http1.drain(graceMs), this.#http2.drain(graceMs)])
  }

  close (): void {
    this.#server.close()
    this.#http1.close()
    this.#http2.close()
    this.#bridge.close()
  }
}
