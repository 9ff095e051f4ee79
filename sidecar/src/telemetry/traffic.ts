// What passed, counted: plain numbers in plain objects, changed once an exchange and read when somebody scrapes. Names and labels are metrics.ts's.

import type { ExchangeRecord } from '../http1/observer.js'
import type { TcpRecord } from '../tcp/tcp-proxy.js'

export type Direction = 'inbound' | 'outbound'

/** Upper bounds, seconds: fine below, where calls within one network are. */
export const LATENCY_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

export class Histogram {
  readonly counts = new Float64Array(LATENCY_BOUNDS.length)
  count = 0
  sum = 0

  observe (seconds: number): void {
    this.count++
    this.sum += seconds
    for (let i = 0; i < LATENCY_BOUNDS.length; i++) {
      if (seconds <= LATENCY_BOUNDS[i]!) { this.counts[i]!++; return }
    }
  }
}

/** Of one service in one direction. */
export class ServiceTraffic {
  /** By `2xx` … `5xx`, `none`. */
  readonly responses = new Map<string, number>()
  /** By status of the call, where it is gRPC. */
  readonly grpc = new Map<string, number>()
  /** By the proxy's own word. */
  readonly reasons = new Map<string, number>()
  readonly duration = new Histogram()
  readonly head = new Histogram()
  attempts = 0
  retried = 0
  /** Of those that were sent again: how many had a good answer in the end. */
  retriedWell = 0
  bytesIn = 0
  bytesOut = 0
  tcpConnections = 0
  tcpFailures = 0
}

/** Services counted by name; those beyond are counted together, so that no list of names can grow without end. */
const MAX_SERVICES = 2000
const OTHERS = 'others'

const count = (counts: Map<string, number>, key: string): void => { counts.set(key, (counts.get(key) ?? 0) + 1) }
const CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

export class Traffic {
  readonly #services = { inbound: new Map<string, ServiceTraffic>(), outbound: new Map<string, ServiceTraffic>() }
  /** Connections of clients: open now, and ever. */
  readonly connections = { inbound: { open: 0, total: 0 }, outbound: { open: 0, total: 0 } }

  /** @param service empty: no service was found */
  of (direction: Direction, service: string): ServiceTraffic {
    const services = this.#services[direction]
    let traffic = services.get(service)
    if (traffic === undefined) {
      if (services.size >= MAX_SERVICES && service !== OTHERS) return this.of(direction, OTHERS)
      services.set(service, traffic = new ServiceTraffic())
    }
    return traffic
  }

  * entries (): IterableIterator<readonly [direction: Direction, service: string, traffic: ServiceTraffic]> {
    for (const direction of ['inbound', 'outbound'] as const) for (const [service, traffic] of this.#services[direction]) yield [direction, service, traffic]
  }

  ended (direction: Direction, record: ExchangeRecord, grpcStatus: string | undefined): void {
    const traffic = this.of(direction, record.upstream?.name ?? '')
    const { status, attempts, startedAt, answeredAt, endedAt, reason } = record
    count(traffic.responses, CLASSES[Math.trunc(status / 100)] ?? 'none')
    if (grpcStatus !== undefined) count(traffic.grpc, grpcStatus)
    if (reason !== '') count(traffic.reasons, reason)
    traffic.attempts += attempts
    if (attempts > 1) {
      traffic.retried++
      if (status > 0 && status < 500) traffic.retriedWell++
    }
    traffic.bytesIn += record.bytesIn
    traffic.bytesOut += record.bytesOut
    if (startedAt === 0) return
    traffic.duration.observe((endedAt - startedAt) / 1000)
    if (answeredAt > 0) traffic.head.observe((answeredAt - startedAt) / 1000)
  }

  tcpEnded (direction: Direction, record: TcpRecord): void {
    const traffic = this.of(direction, record.upstream.name)
    traffic.tcpConnections++
    traffic.attempts += record.attempts
    if (record.reason !== '') {
      traffic.tcpFailures++
      count(traffic.reasons, record.reason)
    }
    traffic.bytesIn += record.bytesIn
    traffic.bytesOut += record.bytesOut
  }
}
