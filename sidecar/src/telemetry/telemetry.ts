// Everything that watches: counters, access log, last exchanges, spans. Gives each listener one observer, so that the data plane calls one function and knows none of them.

import type { SidecarConfig } from '../config/load-config.js'
import type { ExchangeRecord, Observer } from '../http1/observer.js'
import type { Readiness } from '../lifecycle/readiness.js'
import type { TcpObserver } from '../tcp/tcp-proxy.js'
import type { NamedUpstream } from '../upstreams/named-upstream.js'
import { configError } from '../errors.js'
import { AccessLog } from './access-log.js'
import { Metrics } from './metrics.js'
import { Recent } from './recent.js'
import type { RecentExchange } from './recent.js'
import type { Tracing } from './tracing.js'
import { Traffic } from './traffic.js'
import type { Direction } from './traffic.js'

export interface TelemetryOptions {
  readonly tracing: Tracing | undefined
  readonly config: Pick<SidecarConfig, 'accessLog'>
  readonly upstreams: () => readonly NamedUpstream[]
  readonly readiness: () => Readiness
  readonly policy: () => { readonly reloads: number, readonly refusals: number }
}

export class Telemetry {
  readonly traffic = new Traffic()
  readonly #recent = new Recent()
  readonly #accessLog: AccessLog | undefined
  readonly #metrics: Metrics
  readonly #tracing: Tracing | undefined
  readonly #active = { inbound: [] as Array<() => number>, outbound: [] as Array<() => number> }

  /** @throws SidecarError with exit code 78 when the access log cannot be written */
  constructor ({ config, upstreams, readiness, policy, tracing }: TelemetryOptions) {
    this.#tracing = tracing
    try { this.#accessLog = config.accessLog === undefined ? undefined : new AccessLog(config.accessLog) } catch (cause) { throw configError(`--access-log: ${(cause as Error).message}`, cause) }
    const active = () => ({ inbound: sum(this.#active.inbound), outbound: sum(this.#active.outbound) })
    this.#metrics = new Metrics({ traffic: this.traffic, upstreams, accessLog: this.#accessLog, readiness, active, policy })
  }

  /** For the listeners of one direction. */
  observer (direction: Direction): Observer {
    const connections = this.traffic.connections[direction]
    const tracing = this.#tracing?.observer(direction)
    return {
      connectionOpened: () => { connections.open++; connections.total++ },
      connectionClosed: () => { connections.open-- },
      ...tracing,
      ended: record => {
        this.#ended(direction, record)
        tracing?.ended?.(record)
      },
    }
  }

  tcpObserver (direction: Direction): TcpObserver {
    return {
      ended: record => {
        this.traffic.tcpEnded(direction, record)
        this.#accessLog?.tcp(direction, record)
      },
    }
  }

  /** @param active requests under way at a listener */
  watch (direction: Direction, active: () => number): void { this.#active[direction].push(active) }

  recent (service: string): readonly RecentExchange[] { return this.#recent.of(service) }
  scrape (): Promise<{ readonly text: string, readonly contentType: string }> { return this.#metrics.scrape() }

  async close (): Promise<void> {
    this.#metrics.close()
    await Promise.all([this.#accessLog?.close(), this.#tracing?.close()])
  }

  #ended (direction: Direction, record: ExchangeRecord): void {
    const { grpcStatus } = record
    this.traffic.ended(direction, record, grpcStatus)
    this.#recent.ended(direction, record)
    this.#accessLog?.exchange(direction, record, { grpcStatus, traceId: this.#tracing?.traceId(record) })
  }
}

const sum = (numbers: ReadonlyArray<() => number>): number => numbers.reduce((all, number) => all + number(), 0)
