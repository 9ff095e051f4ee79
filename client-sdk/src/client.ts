// The whole of the SDK behind one object: register, find, choose, call. Puts the parts together and ends them; none of their work is done here.

import { readFileSync } from 'node:fs'
import type { Agent, AgentOptions } from 'node:http'
import type { Dispatcher } from 'undici'
import { createApi } from './api/index.js'
import type { RosterApi } from './api/index.js'
import { ClosedError, InvalidOptionError, InvalidPolicyError } from './api/errors.js'
import type { TransportOptions } from './api/transport.js'
import { measureLoopLag } from './balance/loop-lag.js'
import type { LoopLag } from './balance/loop-lag.js'
import { Statistics } from './balance/statistics.js'
import { systemClock } from './clock.js'
import { ChainSource, fixedWays } from './chain/chain-source.js'
import type { WaysSource } from './chain/chain-source.js'
import { Lanes } from './chain/lanes.js'
import type { Clock } from './clock.js'
import { DiskCache, defaultCacheDirectory } from './discovery/disk-cache.js'
import { DnsSource, systemQuestions } from './discovery/dns-source.js'
import type { DnsOptions, Questions } from './discovery/dns-source.js'
import type { Feed, InstanceQuestion } from './discovery/feed.js'
import { RegistryFeed } from './discovery/registry-feed.js'
import { RegistrySource } from './discovery/registry-source.js'
import type { ServiceSource } from './discovery/service-source.js'
import { SourcePool } from './discovery/source-pool.js'
import { ServiceAgent } from './faces/http-agent.js'
import type { PoolOptions } from './faces/instance-pools.js'
import { OriginRouter } from './faces/origin-router.js'
import { CallMetrics } from './interceptors/metrics.js'
import type { MetricsRegistry } from './interceptors/metrics.js'
import type { TracingApi } from './interceptors/tracing.js'
import { leaderElection } from './lock/leader-election.js'
import type { Election, ElectionOptions } from './lock/leader-election.js'
import { lock, tryLock } from './lock/lock.js'
import type { LockOptions } from './lock/lock.js'
import { semaphore, trySemaphore } from './lock/semaphore.js'
import type { SemaphoreOptions } from './lock/semaphore.js'
import type { Held } from './lock/held.js'
import { checkPolicyFile, checkServicePolicy } from './policy/check.js'
import { followPolicyFile, parsePolicyFile } from './policy/load.js'
import type { WatchedPolicyFile } from './policy/load.js'
import { policyLayers } from './policy/merge.js'
import type { PolicyFile, ServicePolicy } from './policy/policy.js'
import { Registrar } from './registration/registrar.js'
import { EdgeReporter } from './registration/edge-reporter.js'
import type { CalledService } from './registration/edge-reporter.js'
import type { RegisterOptions } from './registration/register-options.js'
import type { Registration } from './registration/registration.js'
import { Service } from './service.js'
import type { SharedParts } from './service.js'

export interface ClientOptions extends Omit<TransportOptions, 'datacenter' | 'stale' | 'consistent' | 'maxStaleMs' | 'query'> {
  /** Datacenter that the registry must be in: nothing is registered, and no instance used, at another. Default any. */
  readonly datacenter?: string
  /** Folder of the last known good lists. Default `$ROSTER_CACHE_DIR`, else the user's cache folder; `false`: nothing is kept. */
  readonly cacheDir?: string | false
  /** Oldest list on disk that is used, ms. Default a day. */
  readonly cacheMaxAgeMs?: number
  /** How long lists are used while the registry cannot be reached, ms. Default without end: a call that fails is no worse than one that is not made. */
  readonly maxStaleMs?: number
  /** How long an empty list that may be an accident is held back, ms. Default 30,000; 0 believes everything. */
  readonly emptyHoldMs?: number
  /** Where lists come from: the registry, or DNS alone. Default `registry`. */
  readonly source?: 'registry' | 'dns'
  readonly dns?: DnsOptions
  /** Policies for all services: the content of a policy file, or its path. A file is read again when it changes; one that cannot be used is refused with a warning, and the last good one goes on. */
  readonly policy?: PolicyFile | string
  /** Whether config entries of the registry (resolvers, splitters, routers) are followed. Default true; `false` is for whoever calls through a proxy that follows them already. */
  readonly configEntries?: boolean
  /** `@opentelemetry/api`, or what has its shape: spans for each call. Default none. */
  readonly tracing?: TracingApi
  /** A registry of prom-client, or the `CallMetrics` that several clients share. Default none. */
  readonly metrics?: MetricsRegistry | CallMetrics
  /**
   * `false`: do not tell the registry what the calls of this process did. By default a process that is registered with a lease sends, every 5 s, a bounded summary by service (how many,
   * how many failed, how long they took), from which the registry draws who calls whom. `ROSTER_EDGES=off` does the same.
   */
  readonly edges?: boolean
  /** How instances are connected to: time to connect, TLS. */
  readonly connections?: Omit<PoolOptions, 'connections'>
  /** Told what people should know. Default `process.emitWarning`. Each text comes once. */
  readonly onWarning?: (message: string) => void
}

export interface ServiceOptions {
  /** Over that of the policy file. */
  readonly policy?: ServicePolicy
}

/** For tests and simulators: what the world is otherwise asked for. */
export interface ClientParts {
  readonly env?: NodeJS.ProcessEnv
  readonly clock?: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
  readonly lag?: LoopLag
  readonly feed?: Feed
  readonly questions?: Questions
}

export class RosterClient {
  /** Every endpoint of the registry, typed. */
  readonly api: RosterApi
  readonly #options: ClientOptions
  readonly #shared: SharedParts
  readonly #feed: Feed
  readonly #questions: Questions
  readonly #disk: DiskCache | undefined
  readonly #registrar: Registrar
  readonly #edges: EdgeReporter | undefined
  readonly #policyFile: WatchedPolicyFile | undefined
  #policy: PolicyFile | undefined
  readonly #warned = new Set<string>()
  readonly #sources: SourcePool
  readonly #ways = new Map<string, WaysSource>()
  /** By name, for those without a policy of their own; each policy of a caller has its service. */
  readonly #services = new Map<string, Map<ServicePolicy | undefined, Service>>()
  #router: OriginRouter | undefined
  readonly #agents = new Set<Agent>()
  #closing: Promise<void> | undefined

  constructor (options: ClientOptions = {}, parts: ClientParts = {}) {
    const { datacenter, cacheDir, cacheMaxAgeMs, maxStaleMs, emptyHoldMs, source = 'registry', dns, policy, configEntries, tracing, metrics, connections, edges, onWarning, ...transport } = options
    const { env = process.env, clock = systemClock, random = Math.random } = parts
    for (const [name, value] of Object.entries({ cacheMaxAgeMs, maxStaleMs, emptyHoldMs })) {
      if (value !== undefined && !(value >= 0)) throw new InvalidOptionError(`${name} must be a number of milliseconds from 0 up, not ${value}`)
    }
    if (source !== 'registry' && source !== 'dns') throw new InvalidOptionError(`source must be 'registry' or 'dns', not ${JSON.stringify(source)}`)
    this.#options = options
    const lag = parts.lag ?? measureLoopLag(clock)
    this.#shared = {
      clock,
      random,
      lag,
      statistics: new Statistics(lag),
      tracing,
      metrics: metrics === undefined || metrics instanceof CallMetrics ? metrics : new CallMetrics(metrics),
      pools: connections,
    }
    if (typeof policy === 'string') {
      const text = readPolicy(policy)
      this.#policy = parsePolicyFile(text, policy)
      this.#policyFile = followPolicyFile(policy, text, this.#policy, { clock, onChange: file => this.setPolicy(file), onError: error => this.#warn(`${error.message}. The last good policy goes on`) })
    } else this.#policy = policy && checkPolicyFile(policy)
    this.#sources = new SourcePool(question => this.#makeSource(question))
    this.api = createApi(transport, env)
    this.#feed = parts.feed ?? new RegistryFeed({ api: this.api, clock, random, datacenter })
    this.#questions = parts.questions ?? (source === 'dns' ? systemQuestions(dns?.servers) : NO_QUESTIONS)
    this.#disk = cacheDir === false || source === 'dns'
      ? undefined
      : new DiskCache({
        directory: cacheDir ?? defaultCacheDirectory(env),
        scope: [datacenter ?? '', ...this.api.transport.addresses.map(({ text }) => text).sort()].join('\n'),
        onWarning: message => this.#warn(message),
      })
    this.#registrar = new Registrar({ api: this.api, clock, random, env, warn: message => this.#warn(message), datacenter, upstreams: () => this.#upstreams() })
    if (edges !== false && env['ROSTER_EDGES'] !== 'off') this.#edges = new EdgeReporter({ api: this.api, clock, random, lease: () => this.#registrar.lease, reports: () => this.#registrar.reports, upstreams: () => this.#registrar.upstreams() })
  }

  /**
   * Makes this process known as an instance of a service, and keeps it so until `deregister`, `close` or a signal.
   *
   * @example const me = await roster.register({ name: 'orders', server, meta: { version: '1.4.0' } })
   * @throws InvalidOptionError, WrongDatacenterError, what the registry refuses; a registry that cannot be reached only if `required`
   */
  async register (options: RegisterOptions): Promise<Registration> {
    if (this.#closing !== undefined) throw new ClosedError()
    const registration = await this.#registrar.register(options)
    this.#edges?.start()
    return registration
  }

  /**
   * A service to be called. The same name gives the same object; a policy of its own gives another one over the same list and statistics.
   * @throws InvalidOptionError for an empty name
   */
  service (name: string, { policy }: ServiceOptions = {}): Service {
    if (this.#closing !== undefined) throw new ClosedError()
    if (typeof name !== 'string' || name.trim() === '') throw new InvalidOptionError('The name of a service must not be empty')
    let byPolicy = this.#services.get(name)
    if (byPolicy === undefined) this.#services.set(name, byPolicy = new Map())
    let service = byPolicy.get(policy)
    if (service === undefined) {
      const lanes = new Lanes(name, this.#layers(name, policy && checkServicePolicy(policy)), { ...this.#shared, sources: this.#sources, ways: this.#waysOf(name) })
      byPolicy.set(policy, service = new Service(name, lanes, { ...this.#shared, elsewhere: this.dispatcher() }))
    }
    return service
  }

  /**
   * Another policy file for all services, from their next call on: calls under way keep the policy with which they began, nothing is disconnected, and what was measured stays. A policy that was
   * given with a service in code still goes before.
   * @param policy absent: none
   * @throws InvalidPolicyError; everything stays as it was
   */
  setPolicy (policy: PolicyFile | undefined): void {
    this.#policy = policy && checkPolicyFile(policy)
    for (const [name, byPolicy] of this.#services) for (const [own, { lanes }] of byPolicy) lanes.setLayers(this.#layers(name, own))
  }

  /**
   * Ends a service that is not needed any more: its list is followed no longer, its connections are closed as their calls end. Asked for again, it begins anew. For whoever calls names that
   * others choose, such as a proxy. Never rejects.
   */
  async release (name: string): Promise<void> {
    const byPolicy = this.#services.get(name)
    this.#services.delete(name)
    this.#ways.get(name)?.close()
    this.#ways.delete(name)
    await Promise.all([...byPolicy?.values() ?? []].map(service => service.close()))
  }

  /** An undici Dispatcher for everything: origins such as `http://payments.service.roster` go to that service, all others where they always went. Usable as the global one. The client closes it. */
  dispatcher (): Dispatcher { return this.#router ??= new OriginRouter({ service: name => this.service(name).dispatcher() }) }

  /** The same for clients of node:http (axios, got): balanced, but without the other policies. The client ends its idle connections. */
  httpAgent (options: AgentOptions = {}): Agent {
    const agent = new ServiceAgent({
      ...options,
      service: name => {
        const { lanes } = this.service(name)
        return { lanes, known: () => lanes.known && lanes.source.snapshot().source !== 'none', ready: () => lanes.source.ready() }
      },
    })
    this.#agents.add(agent)
    return agent
  }

  /** One at a time, in the whole cluster. See `lock`. */
  lock (options: LockOptions): Promise<Held> { return lock(this.api, options) }
  tryLock (options: LockOptions & { readonly waitMs: number }): Promise<Held | undefined> { return tryLock(this.api, options) }
  /** A few at a time. See `semaphore`. */
  semaphore (options: SemaphoreOptions): Promise<Held> { return semaphore(this.api, options) }
  trySemaphore (options: SemaphoreOptions & { readonly waitMs: number }): Promise<Held | undefined> { return trySemaphore(this.api, options) }
  /** Of all who stand, one does the work. See `leaderElection`. */
  election (options: ElectionOptions): Election { return leaderElection(this.api, options) }

  /** Ends all of it: what is registered is deregistered, lists are written to disk, sockets closed. Afterwards nothing of this client keeps the process. Never rejects. Idempotent. */
  close (): Promise<void> {
    return this.#closing ??= this.#end()
  }

  /** What is called by this client, a service once: balancers of one name share their statistics. */
  * #upstreams (): Iterable<CalledService> {
    for (const [service, byPolicy] of this.#services) {
      const { counts } = this.#shared.statistics.service(service)
      yield { service, counts, aside: [...new Set([...byPolicy.values()].flatMap(one => one.lanes.aside()))] }
    }
  }

  async #end (): Promise<void> {
    this.#edges?.stop()
    this.#policyFile?.close()
    await Promise.all([
      this.#registrar.close(),
      // Sources end with their last service; before that the disk gets what they knew last.
      ...this.#sources.sources.map(source => source instanceof RegistrySource ? source.flushed() : source.close()),
      ...[...this.#services.values()].flatMap(byPolicy => [...byPolicy.values()]).map(service => service.close()),
    ])
    for (const ways of this.#ways.values()) ways.close()
    for (const agent of this.#agents) agent.destroy()
    await this.#router?.destroy()
    await this.#feed.close()
    await this.api.close()
  }

  [Symbol.asyncDispose] (): Promise<void> { return this.close() }

  #layers (name: string, code: ServicePolicy | undefined): (entry: ServicePolicy) => readonly ServicePolicy[] {
    return entry => policyLayers(name, code, this.#policy, entry)
  }

  #waysOf (name: string): WaysSource {
    let ways = this.#ways.get(name)
    if (ways === undefined) this.#ways.set(name, ways = this.#makeWays(name))
    return ways
  }

  #makeWays (name: string): WaysSource {
    const { source, configEntries, cacheMaxAgeMs: diskMaxAgeMs } = this.#options
    if (source === 'dns' || configEntries === false) return fixedWays(name)
    return new ChainSource(name, { feed: this.#feed, clock: this.#shared.clock, disk: this.#disk, diskMaxAgeMs, warn: message => this.#warn(message) })
  }

  #makeSource (question: InstanceQuestion): ServiceSource {
    const { source, dns, emptyHoldMs: holdMs, maxStaleMs, cacheMaxAgeMs } = this.#options
    const { clock, random } = this.#shared
    if (source === 'dns') return new DnsSource(question.service, { ...dns, holdMs, maxStaleMs }, { ask: this.#questions, clock, random })
    return new RegistrySource(question, { holdMs, maxStaleMs, diskMaxAgeMs: cacheMaxAgeMs }, { feed: this.#feed, clock, random, disk: this.#disk })
  }

  #warn (message: string): void {
    // Texts are few; a bound keeps it so whatever they contain.
    if (this.#warned.has(message) || this.#warned.size >= MAX_WARNINGS) return
    this.#warned.add(message)
    const { onWarning } = this.#options
    if (onWarning === undefined) process.emitWarning(message, 'RosterWarning')
    else onWarning(message)
  }
}

function readPolicy (file: string): string {
  try { return readFileSync(file, 'utf8') } catch (cause) { throw new InvalidPolicyError('', `it cannot be read (${(cause as Error).message})`, { file, cause }) }
}

const MAX_WARNINGS = 100
const NO_QUESTIONS: Questions = { srv: () => Promise.resolve([]), addresses: () => Promise.resolve([]) }

/**
 * A client of a registry (or of DNS). Connects when something is asked of it, not before.
 *
 * @example
 * const roster = createClient()
 * const payments = roster.service('payments')
 * await payments.ready()
 * @throws InvalidOptionError for an option, an address, a file or an environment variable that cannot be used
 */
export const createClient = (options: ClientOptions = {}, parts: ClientParts = {}): RosterClient => new RosterClient(options, parts)
