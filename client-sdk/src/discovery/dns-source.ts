// A service's instances from DNS: SRV records (RFC 2782) and the addresses behind them, or plain A and AAAA records. For clusters without a registry; asked again and again, since DNS
// tells nothing by itself. Health is what the calls show. The same from the registry: registry-source.ts.

import { Resolver } from 'node:dns/promises'
import type { SrvRecord } from 'node:dns'
import { isIP } from 'node:net'
import { ClosedError, RosterClientError, UnreachableError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'
import type { CancelTimer, Clock } from '../clock.js'
import { backoffMs, spread } from './backoff.js'
import { LiveList } from './live-list.js'
import type { LiveListOptions } from './live-list.js'
import type { ReadyOptions, ServiceSnapshot, ServiceSource } from './service-source.js'

export interface DnsOptions {
  /** Behind the name of each service, such as `service.consul` or `shop.svc.cluster.local`. Default none: the name is asked for as it is. */
  readonly domain?: string
  /** Asks for `_<portName>._tcp.<name>` as Kubernetes names its SRV records; without it for `<name>`. */
  readonly portName?: string
  /** Port of instances for which there are no SRV records. Default 80. */
  readonly port?: number
  /** Name servers, `address` or `address:port`. Default those of the system. */
  readonly servers?: readonly string[]
  /** Shortest and longest time between two questions, ms; between them the TTL of the records decides. Default 1,000 and 30,000. */
  readonly minIntervalMs?: number
  readonly maxIntervalMs?: number
}

/** The questions; so that a test needs no name server. Each rejects as node:dns does. */
export interface Questions {
  srv (name: string): Promise<readonly SrvRecord[]>
  addresses (name: string): Promise<ReadonlyArray<{ readonly address: string, readonly ttl: number }>>
}

/** Answers that say "there is none", as node:dns names them. */
const NOTHING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA'])
const TIMEOUT_MS = 2000
/** An empty answer has no TTL that node:dns would show; asked again after this, ms. */
const NOBODY_AGAIN_MS = 5000

export function systemQuestions (servers: readonly string[] | undefined): Questions {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 })
  if (servers !== undefined) resolver.setServers(servers)
  return {
    srv: name => resolver.resolveSrv(name),
    // Both families at once; one without records is no failure as long as the other has some.
    addresses: async name => {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(name, { ttl: true }), resolver.resolve6(name, { ttl: true })])
      if (v4.status === 'rejected' && v6.status === 'rejected') throw v4.reason
      // Whoever has IPv4 is reached by it: an instance must not be two.
      return v4.status === 'fulfilled' && v4.value.length > 0 ? v4.value : v6.status === 'fulfilled' ? v6.value : []
    },
  }
}

const isNothing = (error: unknown): boolean => NOTHING.has((error as NodeJS.ErrnoException).code ?? '')
const orNothing = async <T>(question: Promise<readonly T[]>): Promise<readonly T[]> => { try { return await question } catch (error) { if (isNothing(error)) return []; throw error } }

export interface Resolved { readonly instances: readonly Instance[], readonly ttlMs: number }

/**
 * One look. Of SRV records only those of the best priority count (RFC 2782); a weight of 0 is one of 1, because a balancer would never take it. The id is address and port:
 * DNS knows no other.
 * @throws what node:dns rejects with, unless it means that there is none
 */
export async function resolveInstances (service: string, { domain, portName, port = 80 }: DnsOptions, ask: Questions): Promise<Resolved> {
  const host = domain === undefined || domain === '' ? service : `${service}.${domain}`
  const srv = await orNothing(ask.srv(portName === undefined ? host : `_${portName}._tcp.${host}`))
  const best = Math.min(...srv.map(({ priority }) => priority))
  const targets = srv.length === 0 ? [{ name: host, port, weight: 1 }] : srv.filter(({ priority }) => priority === best)
  const found = new Map<string, Instance>()
  let ttl = Infinity
  await Promise.all(targets.map(async target => {
    const addresses = isIP(target.name) > 0 ? [{ address: target.name, ttl: Infinity }] : await orNothing(ask.addresses(target.name))
    for (const { address, ttl: seconds } of addresses) {
      ttl = Math.min(ttl, seconds)
      const id = `${address}:${target.port}`
      found.set(id, { id, service, address, port: target.port, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: Math.max(1, target.weight) })
    }
  }))
  // In a lasting order: name servers rotate their answers, which is no change.
  return { instances: [...found.values()].sort((a, b) => a.id < b.id ? -1 : 1), ttlMs: found.size === 0 ? NOBODY_AGAIN_MS : ttl * 1000 }
}

/** Whether two answers are the same list. */
export const sameInstances = (a: readonly Instance[], b: readonly Instance[]): boolean =>
  a.length === b.length && a.every(({ id, weight }, i) => id === b[i]!.id && weight === b[i]!.weight)

export interface DnsSourceParts {
  readonly ask: Questions
  readonly clock: Clock
  readonly random: () => number
}

export class DnsSource implements ServiceSource {
  readonly name: string
  readonly #options: DnsOptions
  readonly #parts: DnsSourceParts
  readonly #list: LiveList
  #last: readonly Instance[] | undefined
  #failures = 0
  #cancel: CancelTimer = () => {}

  constructor (name: string, options: DnsOptions & Omit<LiveListOptions, 'clock'>, parts: DnsSourceParts) {
    this.name = name
    this.#options = options
    this.#parts = parts
    this.#list = new LiveList(name, 'dns', { ...options, clock: parts.clock })
    void this.#look()
  }

  get instances (): readonly Instance[] { return this.#list.instances }
  get trouble (): RosterClientError | undefined { return this.#list.trouble }
  snapshot (): ServiceSnapshot { return this.#list.snapshot() }
  ready (options?: ReadyOptions): Promise<void> { return this.#list.ready(options) }
  subscribe (listener: (instances: readonly Instance[]) => void): () => void { return this.#list.subscribe(listener) }

  close (): void {
    this.#cancel()
    this.#list.close()
  }

  async #look (): Promise<void> {
    const { ask, clock, random } = this.#parts
    const { minIntervalMs = 1000, maxIntervalMs = 30_000 } = this.#options
    let waitMs: number
    try {
      const { instances, ttlMs } = await resolveInstances(this.name, this.#options, ask)
      this.#took(instances)
      this.#failures = 0
      waitMs = spread(Math.min(maxIntervalMs, Math.max(minIntervalMs, ttlMs)), random)
    } catch (error) {
      this.#list.lost(failureOf(this.name, error))
      waitMs = Math.max(minIntervalMs, backoffMs(this.#failures++, random))
    }
    if (!this.#list.closed) this.#cancel = clock.after(waitMs, () => { void this.#look() })
  }

  /** An answer with somebody in it is a statement; one without is only doubted, so it carries no index. */
  #took (instances: readonly Instance[]): void {
    if (this.#last !== undefined && sameInstances(this.#last, instances)) { this.#list.still(0); return }
    this.#list.rows(instances, instances.length > 0 ? 1 : 0, false)
    this.#last = instances
  }
}

function failureOf (service: string, error: unknown): RosterClientError {
  if (error instanceof RosterClientError) return error
  if ((error as NodeJS.ErrnoException).code === 'ECANCELLED') return new ClosedError('client', { cause: error })
  return new UnreachableError(`The name server gave no answer for "${service}": ${error instanceof Error ? error.message : String(error)}`, { sent: true, cause: error })
}
