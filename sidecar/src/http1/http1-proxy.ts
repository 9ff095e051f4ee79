// The HTTP/1.1 proxy: client connections in, requests forwarded over kept connections to the endpoints that are picked. Owns both kinds of sockets and ends them; listens nowhere itself.

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { systemClock } from '@roster/client'
import type { Clock } from '@roster/client'
import { Patience } from '@roster/client/calls'
import { RuleBook } from '../upstream/rules.js'
import { NO_HEAD } from '../wire/request-head.js'
import { ClientConnection } from './client-connection.js'
import type { ClientParts } from './client-connection.js'
import { Exchange } from './exchange.js'
import type { ExchangeParts } from './exchange.js'
import { DEFAULT_LIMITS } from './limits.js'
import type { Http1Limits } from './limits.js'
import type { Observer } from './observer.js'
import { Pools } from './pools.js'
import type { Route } from './route.js'
import { Tunnel } from './tunnel.js'

/** How the forwarded headers of a client are treated (`X-Forwarded-*`, `Forwarded`). */
export interface ForwardedOptions {
  /** `pass`: left as they are (outbound: the local process is trusted). `append`: those of a trusted peer are continued, all others replaced (inbound). */
  readonly mode: 'pass' | 'append'
  /** Whether a peer may say for whom it speaks. Default nobody. */
  readonly trust?: (remoteAddress: string) => boolean
}

export interface Http1ProxyOptions {
  readonly route: Route
  readonly clock?: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
  readonly limits?: Partial<Http1Limits>
  readonly observer?: Observer
  /** Default `pass`. */
  readonly forwarded?: ForwardedOptions
  /** Name in `Via`, by which loops are found: unique to this side of this process. Default `roster-` and eight random digits. */
  readonly via?: string
  /** A connection that begins with the preface of HTTP/2 is given away with the bytes read so far; no listener of ours is left on it. Without it: 505. */
  readonly onHttp2Preface?: (socket: Socket, firstBytes: Buffer) => void
}

export interface Http1Proxy {
  /** Takes a client's connection (`allowHalfOpen: true`), TLS or not. @param tag for `Connection.tag` @param firstBytes read from it already */
  accept (socket: Socket, tag?: unknown, firstBytes?: Buffer): void
  /** Connections of clients, tunnels included. */
  readonly connections: number
  /** Requests under way, tunnels included. */
  readonly active: number
  /** Connections to endpoints. */
  readonly upstreamConnections: number
  /** From now on every answer says `Connection: close`; idle connections are closed. */
  farewell (): void
  /** Farewell, then waits for what is under way, and cuts it after so many ms. @returns whether everything ended by itself */
  drain (graceMs: number): Promise<boolean>
  /** Cuts everything at once. Idempotent. */
  close (): void
}

export function createHttp1Proxy (options: Http1ProxyOptions): Http1Proxy { return new Proxy(options) }

class Proxy implements Http1Proxy {
  readonly #clients = new Set<ClientConnection>()
  readonly #perAddress = new Map<string, number>()
  readonly #exchanges = new Set<Exchange>()
  readonly #tunnels = new Set<Tunnel>()
  readonly #pools: Pools
  readonly #clock: Clock
  readonly #limits: Http1Limits
  readonly #observer: Observer | undefined
  readonly #clientParts: ClientParts
  #leaving = false
  #closed = false
  #waiters: Array<() => void> = []

  constructor ({ route, clock = systemClock, random = Math.random, limits, observer, forwarded = { mode: 'pass' }, via = `roster-${randomBytes(4).toString('hex')}`, onHttp2Preface }: Http1ProxyOptions) {
    this.#clock = clock
    this.#observer = observer
    const all = this.#limits = { ...DEFAULT_LIMITS, ...limits }
    const patience = new Patience(clock)
    const pools = this.#pools = new Pools({ clock, patience, limits: all })
    const leaving = () => this.#leaving
    const exchangeParts: ExchangeParts = {
      route,
      clock,
      limits: all,
      rules: new RuleBook(clock, random),
      pools,
      observer,
      forwarded,
      via,
      leaving,
      join: (client, server, fromServer, over) => this.#join(client, server, fromServer, { clock, patience, idleMs: all.tunnelIdleMs }, over),
      began: exchange => { this.#exchanges.add(exchange) },
      ended: exchange => {
        this.#exchanges.delete(exchange)
        if (this.#leaving) this.#settle()
      },
    }
    this.#clientParts = {
      clock,
      patience,
      limits: all,
      exchange: (client, head) => {
        const exchange = new Exchange(client, head, exchangeParts)
        exchange.start()
        return exchange
      },
      unreadable: (client, refusal) => {
        if (observer?.ended === undefined) return
        const exchange = new Exchange(client, NO_HEAD, exchangeParts)
        exchange.unreadable(refusal)
      },
      closed: client => this.#left(client),
      onHttp2Preface,
      leaving,
    }
  }

  get connections (): number { return this.#clients.size }
  get active (): number { return this.#exchanges.size }
  get upstreamConnections (): number { return this.#pools.connections }

  accept (socket: Socket, tag?: unknown, firstBytes?: Buffer): void {
    if (this.#closed || this.#clients.size >= this.#limits.connections) { socket.on('error', () => {}).destroy(); return }
    const client = new ClientConnection(socket, tag, this.#clientParts)
    const { connectionsPerAddress } = this.#limits
    if (connectionsPerAddress !== Infinity) {
      const here = (this.#perAddress.get(client.remoteAddress) ?? 0) + 1
      this.#perAddress.set(client.remoteAddress, here)
      if (here > connectionsPerAddress) socket.destroy()
    }
    this.#clients.add(client)
    this.#observer?.connectionOpened?.(client)
    if (firstBytes !== undefined) client.begin(firstBytes)
  }

  #left (client: ClientConnection): void {
    this.#clients.delete(client)
    const here = this.#perAddress.get(client.remoteAddress)
    if (here !== undefined) {
      if (here > 1) this.#perAddress.set(client.remoteAddress, here - 1)
      else this.#perAddress.delete(client.remoteAddress)
    }
    this.#observer?.connectionClosed?.(client)
    if (this.#leaving) this.#settle()
  }

  #join (client: ClientConnection, server: Socket, fromServer: Buffer, parts: ConstructorParameters<typeof Tunnel>[2], over: ConstructorParameters<typeof Tunnel>[3]): void {
    const fromClient = client.takeRest()
    client.release()
    const { socket } = client
    const early = fromClient?.length ?? 0
    const tunnel: Tunnel = new Tunnel(socket, server, parts, (word, bytesIn, bytesOut) => {
      this.#tunnels.delete(tunnel)
      over(word, bytesIn + early, bytesOut + fromServer.length)
    })
    this.#tunnels.add(tunnel)
    if (fromServer.length > 0) socket.write(fromServer)
    if (fromClient !== undefined) server.write(fromClient)
  }

  farewell (): void {
    this.#leaving = true
    for (const client of [...this.#clients]) client.closeIdle()
  }

  async drain (graceMs: number): Promise<boolean> {
    this.farewell()
    let cancel = () => {}
    const peaceful = await new Promise<boolean>(resolve => {
      this.#waiters.push(() => resolve(true))
      cancel = this.#clock.after(graceMs, () => resolve(false))
      this.#settle()
    })
    cancel()
    this.close()
    return peaceful
  }

  /** Connections that only linger have nothing under way any more. */
  #settle (): void {
    if (this.#exchanges.size > 0) return
    for (const client of this.#clients) if (client.isBusy) return
    for (const done of this.#waiters.splice(0)) done()
  }

  close (): void {
    if (this.#closed) return
    this.#closed = true
    this.#leaving = true
    for (const tunnel of [...this.#tunnels]) tunnel.cut()
    for (const client of [...this.#clients]) client.cut()
    this.#pools.close()
  }
}
