// The public port in front of the local service: what others reach it by. Owns its listener and its proxy; registering it is the composition root's affair.

import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { isLoopback } from '@roster/client'
import type { HostedServer, RosterClient } from '@roster/client'
import type { SidecarConfig } from '../config/load-config.js'
import type { DataPlane } from '../data-plane.js'
import { HttpListener } from '../http-listener.js'
import { listen } from '../listen.js'
import type { Listening, ListenOptions } from '../listen.js'
import type { Forward, Handled } from '../http1/route.js'
import type { Upstream } from '../upstream/upstream.js'
import { readPem } from '../upstreams/trust.js'
import type { TcpProxy } from '../tcp/tcp-proxy.js'
import type { Telemetry } from '../telemetry/telemetry.js'
import { PROTOCOL_META, SCHEME_META } from '../upstreams/leg-upstream.js'
import { localService } from './local-service.js'
import { trustedPeers } from './trusted-peers.js'

export interface InboundParts {
  readonly config: SidecarConfig
  readonly service: string
  /** Where the local service listens. */
  readonly host: string
  readonly port: number
  readonly client: RosterClient
  readonly dataPlane: DataPlane
  readonly telemetry: Telemetry
}

export class Inbound {
  #server: Server | undefined
  #listening: Listening | undefined
  #http: HttpListener | undefined
  #tcp: TcpProxy | undefined

  private constructor (private readonly parts: InboundParts) {}

  /** @throws SidecarError when the port cannot be listened on */
  static async open (parts: InboundParts): Promise<Inbound> {
    const inbound = new Inbound(parts)
    if (parts.config.publicPort !== 'off') await inbound.#open(parts.config.publicPort)
    return inbound
  }

  get text (): string | undefined { return this.#listening?.text }
  /** Port to register. */
  get registeredPort (): number { return this.#listening?.port ?? this.parts.port }

  /** Metadata to register: how the port is spoken to, and where it is. */
  get meta (): Readonly<Record<string, string>> {
    const { protocol, meta, zone, tlsCert } = this.parts.config
    return { ...Object.fromEntries(meta), ...zone !== undefined && { zone }, ...protocol !== 'http' && { [PROTOCOL_META]: protocol }, ...tlsCert !== undefined && { [SCHEME_META]: 'https' } }
  }

  /** For the drain of a registration: takes no calls any more, and waits for those under way. */
  get closable (): HostedServer {
    return { close: () => this.#drain(), server: { close: callback => { callback?.() } } }
  }

  /** From now on every answer ends its connection, so that callers go elsewhere. */
  farewell (): void { this.#http?.farewell() }

  close (): void {
    this.#server?.close()
    this.#http?.close()
    this.#tcp?.close()
  }

  async #drain (): Promise<void> {
    const { drainTimeout } = this.parts.config
    this.#server?.close()
    await Promise.all([this.#http?.drain(drainTimeout), this.#tcp?.drain(drainTimeout)])
  }

  async #open (port: number): Promise<void> {
    const { config, service, host, port: localPort } = this.parts
    const upstream = localService({ name: service, host, port: localPort, maxRequests: config.maxRequests })
    const at: ListenOptions = { what: 'the public port', host: config.bind ?? this.#address(), port }
    this.#listening = config.protocol === 'tcp' ? await this.#openTcp(upstream, at) : await this.#openHttp(upstream, at)
  }

  async #openTcp (upstream: Upstream, at: ListenOptions): Promise<Listening> {
    const { config, dataPlane, telemetry } = this.parts
    const tcp = this.#tcp = dataPlane.tcp({ upstream, observer: telemetry.tcpObserver('inbound'), limits: { connections: config.maxConnections } })
    telemetry.watch('inbound', () => tcp.connections)
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, socket => tcp.accept(socket))
    return await listen(this.#server, at)
  }

  async #openHttp (upstream: Upstream, at: ListenOptions): Promise<Listening> {
    const { config, dataPlane, telemetry, service } = this.parts
    const speaks = config.protocol === 'http' ? 'http' : 'http2'
    const forward: Forward = { upstream }
    const http = this.#http = new HttpListener({
      route: bridge => {
        const bridged: Handled = { handle: exchange => bridge.handle(exchange, forward, speaks) }
        return speaks === 'http' ? () => forward : () => bridged
      },
      speaks: () => speaks,
      dataPlane,
      observer: telemetry.observer('inbound'),
      limits: { connections: config.maxConnections, requestHeadBytes: config.maxHeaderBytes, headMs: config.headerTimeout, keepAliveMs: config.idleTimeout },
      forwarded: { mode: 'append', trust: trustedPeers(config.trustForwarded) },
      tls: config.tlsCert === undefined ? undefined : { cert: readPem(config.tlsCert), key: readPem(config.tlsKey!) },
      via: `roster-inbound-${service}-${process.pid}`,
    })
    telemetry.watch('inbound', () => http.active)
    return await http.listen(at)
  }

  /** Where it is registered: loopback when the registry is, as everything on one machine; else every address, since which of them others use is only known to them. */
  #address (): string {
    const { config, client } = this.parts
    const said = config.address
    if (said !== undefined) return isLoopback(said) ? '127.0.0.1' : '::'
    return client.api.transport.addresses.every(({ host, socketPath }) => socketPath !== undefined || isLoopback(host)) ? '127.0.0.1' : '::'
  }
}
