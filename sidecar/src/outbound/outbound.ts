// The ports on loopback by which the local service reaches others: one for every registered name, and one for each upstream that a flag names.

import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { systemClock } from '@roster/client'
import type { Bridge } from '../bridge/bridge.js'
import type { LocalUpstream } from '../config/values.js'
import type { SidecarConfig } from '../config/load-config.js'
import type { DataPlane } from '../data-plane.js'
import { HttpListener } from '../http-listener.js'
import type { Route } from '../http1/route.js'
import { listen } from '../listen.js'
import { makeForward } from '../routing/forward.js'
import { sharedRoute, singleRoute } from '../routing/outbound-route.js'
import type { OutboundParts } from '../routing/outbound-route.js'
import type { TcpProxy } from '../tcp/tcp-proxy.js'
import type { Telemetry } from '../telemetry/telemetry.js'
import type { Directory } from '../upstreams/directory.js'
import type { LegUpstream } from '../upstreams/leg-upstream.js'

export interface OutboundOptions {
  readonly config: SidecarConfig
  readonly dataPlane: DataPlane
  readonly directory: Directory
  readonly telemetry: Telemetry
}

const HOST = '127.0.0.1'

export class Outbound {
  /** `127.0.0.1:15001`; `undefined`: there is no shared port. */
  shared: string | undefined
  /** By service. */
  readonly upstreams: Record<string, string> = {}
  readonly #servers: Server[] = []
  readonly #http: HttpListener[] = []
  readonly #tcp: TcpProxy[] = []

  private constructor (private readonly options: OutboundOptions) {}

  /** @throws SidecarError when a port cannot be listened on; those that could are closed again */
  static async open (options: OutboundOptions): Promise<Outbound> {
    const { config } = options
    const outbound = new Outbound(options)
    try {
      if (config.outbound !== 'off') outbound.shared = await outbound.#openHttp('the outbound port', config.outbound, !config.given.has('outbound'), sharedRoute)
      for (const upstream of config.upstream) outbound.upstreams[upstream.service] = await outbound.#openUpstream(upstream)
      return outbound
    } catch (error) {
      outbound.close()
      throw error
    }
  }

  /** Waits for calls under way, and cuts them after so many ms. */
  async drain (graceMs: number): Promise<void> {
    for (const server of this.#servers) server.close()
    await Promise.all([...this.#http, ...this.#tcp].map(proxy => proxy.drain(graceMs)))
  }

  close (): void {
    for (const server of this.#servers) server.close()
    for (const proxy of [...this.#http, ...this.#tcp]) proxy.close()
  }

  #openUpstream ({ service, port, protocol }: LocalUpstream): Promise<string> {
    const what = `the port of the upstream ${service}`
    const name = service.toLowerCase()
    return protocol === 'tcp' ? this.#openTcp(what, port, name) : this.#openHttp(what, port, false, parts => singleRoute(name, parts))
  }

  async #openHttp (what: string, port: number, fallback: boolean, route: (parts: OutboundParts) => Route): Promise<string> {
    const { dataPlane, telemetry, directory } = this.options
    const listener = new HttpListener({
      route: (bridge: Bridge) => route({ directory, clock: systemClock, forward: makeForward({ random: Math.random, bridge: (forward, { speaks }) => ({ handle: exchange => bridge.handle(exchange, forward, speaks) }) }) }),
      speaks: upstream => (upstream as LegUpstream).speaks,
      dataPlane,
      observer: telemetry.observer('outbound'),
      forwarded: { mode: 'pass' },
      via: `roster-outbound-${process.pid}-${this.#http.length}`,
    })
    this.#http.push(listener)
    telemetry.watch('outbound', () => listener.active)
    return (await listener.listen({ what, host: HOST, port, fallback })).text
  }

  async #openTcp (what: string, port: number, name: string): Promise<string> {
    const { dataPlane, telemetry, directory } = this.options
    const upstream = directory.open(name, true)!.asStream()
    const proxy = dataPlane.tcp({ upstream, observer: telemetry.tcpObserver('outbound') })
    this.#tcp.push(proxy)
    telemetry.watch('outbound', () => proxy.connections)
    const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => proxy.accept(socket))
    this.#servers.push(server)
    return (await listen(server, { what, host: HOST, port })).text
  }
}
