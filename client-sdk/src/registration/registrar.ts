// All registrations of a client: chooses the way (lease, or agent where there are none), drains at a signal, and leaves nothing behind. The beat is the keepers' affair.

import { hostname } from 'node:os'
import { ClosedError, InvalidOptionError, isNotFound, isPermissionDenied, UnexpectedStatusError, WrongDatacenterError } from '../api/errors.js'
import type { RosterApi } from '../api/index.js'
import type { Clock } from '../clock.js'
import { keptAlive } from '../discovery/keep-alive.js'
import { quietPause } from '../discovery/quiet-pause.js'
import { pause } from '../lock/pause.js'
import { advertisedAddress } from './advertised-address.js'
import { AgentKeeper } from './agent-keeper.js'
import { closeServer, sayFarewell } from './close-server.js'
import type { ClosableServer } from './close-server.js'
import { drain } from './drain.js'
import { answerMs, mayPass, PASSING } from './keeper.js'
import type { Keeper, Kept, Word } from './keeper.js'
import { joinLease } from './process-lease.js'
import type { SharedLease } from './process-lease.js'
import type { CalledService } from './edge-reporter.js'
import { localAddressTowards } from './local-address.js'
import { instanceSpec } from './register-options.js'
import type { RegisterOptions } from './register-options.js'
import type { Registration } from './registration.js'
import { onSignal } from './signals.js'

export interface RegistrarParts {
  readonly api: Pick<RosterApi, 'agent' | 'lease' | 'watchers' | 'transport'>
  readonly clock: Clock
  readonly random: () => number
  readonly env: NodeJS.ProcessEnv
  /** Told what people should know, each text once. */
  readonly warn: (message: string) => void
  /** Datacenter that the registry has to be in. */
  readonly datacenter?: string | undefined
  /** What this client calls. */
  readonly upstreams: () => Iterable<CalledService>
}

const TIMEOUT_MS = 5000
/** For all that is still registered when the client is closed, ms. */
const CLOSE_MS = 3000

/** One registration and what belongs to it. */
interface Entry {
  readonly kept: Kept
  readonly options: RegisterOptions
  readonly hooks: Set<{ readonly run: () => unknown }>
  keeper: Keeper | undefined
  gone: boolean
  draining: Promise<void> | undefined
}

export class Registrar {
  readonly #parts: RegistrarParts
  readonly #entries = new Set<Entry>()
  readonly #closing = new AbortController()
  #lease: SharedLease | undefined
  #agent: AgentKeeper | undefined
  /** `undefined`: not known yet. */
  #hasLeases: boolean | undefined
  #datacenterKnown = false
  readonly #servers = new WeakMap<ClosableServer, Promise<boolean>>()
  #unsignal: (() => void) | undefined

  constructor (parts: RegistrarParts) { this.#parts = parts }

  /**
   * @throws InvalidOptionError, WrongDatacenterError, what the registry refuses (PermissionDeniedError, UnexpectedStatusError), DecodeError when something else answers there; with
   * `required` also UnreachableError and TimeoutError
   */
  async register (options: RegisterOptions): Promise<Registration> {
    if (this.#closing.signal.aborted) throw new ClosedError()
    const kept: Kept = { spec: instanceSpec(options, hostname()), address: undefined, word: options.ready === false ? NOT_READY : PASSING, registered: false }
    if (this.#isRegistered(kept.spec.id)) throw new InvalidOptionError(`"${kept.spec.id}" is registered by this process already; give an id of its own`)
    const entry: Entry = { kept, options, hooks: new Set(), keeper: undefined, gone: false, draining: undefined }
    this.#entries.add(entry)
    try { await keptAlive(this.#first(entry)) } catch (error) {
      this.#forget(entry)
      throw error
    }
    this.#listenToSignals()
    return this.#registration(entry)
  }

  /** The lease that this process holds, for what else is told with it. */
  get lease (): string | undefined { return this.#lease?.granted === true ? this.#lease.id : undefined }
  /** Of several clients that hold it one tells what all of them do. */
  get reports (): boolean { return this.#lease?.reports === true }

  /** What the clients call that hold the lease. */
  upstreams (): Iterable<CalledService> { return this.#lease?.upstreams() ?? this.#parts.upstreams() }

  /** All that wants it, as at a signal. Never rejects. */
  async drainAll (): Promise<void> { await Promise.all([...this.#entries].map(entry => this.#drain(entry))) }

  /** Deregisters what is left and ends every beat. Never rejects. */
  async close (): Promise<void> {
    const left = Promise.all([...this.#entries].map(entry => this.#deregister(entry)))
    const enough = new AbortController()
    await keptAlive(Promise.race([left, quietPause(this.#parts.clock, CLOSE_MS, enough.signal)]))
    enough.abort()
    this.#closing.abort()
    this.#lease?.stop()
    this.#agent?.stop()
    this.#unsignal?.()
    this.#unsignal = undefined
  }

  // === beginning ===

  async #first (entry: Entry): Promise<void> {
    const { clock, warn } = this.#parts
    const { timeout = TIMEOUT_MS, required = false } = entry.options
    const end = clock.monotonic() + timeout
    for (;;) {
      const failure = await this.#try(entry)
      if (failure === undefined) return
      if (!mayPass(failure)) throw failure
      const left = end - clock.monotonic()
      if (left <= 0 || entry.gone || this.#closing.signal.aborted) {
        if (required || this.#closing.signal.aborted) throw failure
        warn(`"${entry.kept.spec.name}" is not registered yet, which is tried again in the background: ${messageOf(failure)}`)
        void this.#background(entry)
        return
      }
      await pause(clock, Math.min(left, RETRY_MS * (1 + this.#parts.random())), this.#closing.signal)
    }
  }

  /** Until it is registered once; from then on the keeper's beat sees to it. */
  async #background (entry: Entry): Promise<void> {
    while (!entry.gone && !this.#closing.signal.aborted) {
      await quietPause(this.#parts.clock, RETRY_MS * (1 + 4 * this.#parts.random()), this.#closing.signal)
      if (entry.gone || this.#closing.signal.aborted) return
      const failure = await this.#try(entry)
      if (failure === undefined) return
      if (!mayPass(failure)) this.#parts.warn(`"${entry.kept.spec.name}" cannot be registered: ${messageOf(failure)}`)
    }
  }

  /** @returns the failure; `undefined`: it is kept now */
  async #try (entry: Entry): Promise<unknown> {
    try {
      await this.#checkDatacenter()
      await this.#findWay()
      const keeper = this.#keeperFor(entry)
      await keeper.add(entry.kept)
      entry.keeper = keeper
      // Deregistered while it was under way.
      if (entry.gone) await keeper.remove(entry.kept)
      return undefined
    } catch (error) { return error }
  }

  /** A registry without leases (a Consul, an older server) does not know the endpoint; one that has them only says that it does not know this lease. */
  async #findWay (): Promise<void> {
    if (this.#hasLeases !== undefined) return
    try {
      await this.#parts.api.lease.get('none', { timeoutMs: answerMs(15_000) })
      this.#hasLeases = true
    } catch (error) {
      if (!isNotFound(error) && !isPermissionDenied(error)) throw error
      this.#hasLeases = isPermissionDenied(error)
    }
  }

  #keeperFor (entry: Entry): Keeper {
    const { api, clock, random } = this.#parts
    const common = { api, clock, random, locate: (kept: Kept) => this.#locate(kept), onTrouble: (error: unknown) => this.#trouble(error) }
    if (entry.options.checks !== undefined && entry.options.checks.length > 0) return this.#agent ??= new AgentKeeper(common)
    if (this.#hasLeases === false) return this.#agent ??= new AgentKeeper(common)
    const { addresses, token = '' } = api.transport
    return this.#lease ??= joinLease(JSON.stringify([addresses.map(({ text }) => text).sort(), token]), { ...common, node: hostname(), upstreams: this.#parts.upstreams })
  }

  /** Before anything is written: a stranger's registry must not get our instances. */
  async #checkDatacenter (): Promise<void> {
    const { api, datacenter, warn } = this.#parts
    if (datacenter === undefined || this.#datacenterKnown) return
    try {
      const { value } = await api.agent.self({ timeoutMs: answerMs(15_000) })
      if (value.Config.Datacenter !== datacenter) throw new WrongDatacenterError(datacenter, value.Config.Datacenter)
    } catch (error) {
      if (!isPermissionDenied(error)) throw error
      warn('The token does not allow to read the agent, so the datacenter of the registry was not compared')
    }
    this.#datacenterKnown = true
  }

  async #locate (kept: Kept): Promise<void> {
    const { api, env, warn } = this.#parts
    const option = [...this.#entries].find(entry => entry.kept === kept)?.options.address
    const { addresses, current } = api.transport
    const hosts = addresses.map(({ host, socketPath }) => socketPath === undefined ? host : '')
    const facts = { option, variable: env['ROSTER_ADDRESS'], registryHosts: hosts }
    const advertised = advertisedAddress({ ...facts, local: undefined }) ?? advertisedAddress({ ...facts, local: await localAddressTowards(current.host, current.port) })
    if (advertised === undefined) return
    kept.address = advertised.address
    if (advertised.warning !== undefined) warn(advertised.warning)
  }

  #trouble (error: unknown): void {
    // That it is away is known to everybody by then; what does not pass by itself has to be said.
    if (!mayPass(error)) this.#parts.warn(`The registration cannot be renewed: ${messageOf(error)}`)
  }

  #isRegistered (id: string): boolean { return [...this.#entries].some(entry => entry.kept.spec.id === id) }

  // === living ===

  #registration (entry: Entry): Registration {
    const { kept } = entry
    const { spec } = kept
    return {
      id: spec.id,
      name: spec.name,
      port: spec.port,
      get address () { return kept.address },
      get registered () { return kept.registered },
      get status () { return entry.gone ? 'deregistered' as const : kept.word.status },
      ready: () => this.#say(entry, PASSING),
      notReady: (why = '') => this.#say(entry, { status: 'not-ready', output: why }),
      say: (status, output = '') => this.#say(entry, { status, output }),
      onDrain: hook => {
        const added = { run: hook }
        entry.hooks.add(added)
        return () => { entry.hooks.delete(added) }
      },
      drain: () => this.#drain(entry),
      deregister: () => this.#deregister(entry),
      [Symbol.asyncDispose]: () => this.#deregister(entry),
    }
  }

  async #say (entry: Entry, word: Word): Promise<void> {
    if (entry.gone || entry.draining !== undefined) return
    entry.kept.word = word
    try { await entry.keeper?.say([entry.kept]) } catch (error) { if (!mayPass(error)) throw error }
  }

  // === leaving ===

  #drain (entry: Entry): Promise<void> {
    if (entry.gone) return Promise.resolve()
    const { api, clock, warn } = this.#parts
    const { kept, keeper, options, hooks } = entry
    let index: number | undefined
    return entry.draining ??= keptAlive(drain({
      announce: async () => {
        kept.word = { status: 'draining', output: '' }
        if (!kept.registered) return false
        index = await keeper?.say([kept])
        return index !== undefined
      },
      farewell: () => { if (options.server !== undefined) sayFarewell(options.server) },
      acknowledged: async ms => {
        const { value } = await api.watchers.acked(kept.spec.name, index!, { waitMs: ms, timeoutMs: ms + answerMs(kept.spec.ttlMs) })
        if (!value.Acked) warn(`${value.Behind.length} watchers of "${kept.spec.name}" had not seen within ${ms} ms that it drains`)
        return value.Acked
      },
      pause: (ms, signal) => pause(clock, ms, signal),
      closeServers: ms => options.server === undefined ? Promise.resolve(true) : this.#closeServer(options.server, ms),
      hooks: [...hooks].map(({ run }) => run),
      deregister: () => this.#deregister(entry),
      warn,
    }, options.drain))
  }

  /** Several services may be offered by one server. */
  #closeServer (server: ClosableServer, ms: number): Promise<boolean> {
    let closing = this.#servers.get(server)
    if (closing === undefined) this.#servers.set(server, closing = closeServer(server, ms))
    return closing
  }

  async #deregister (entry: Entry): Promise<void> {
    if (entry.gone) return
    entry.gone = true
    try { await keptAlive(entry.keeper?.remove(entry.kept) ?? Promise.resolve()) } catch (error) {
      this.#parts.warn(`"${entry.kept.spec.id}" could not be deregistered, its time to live ends it: ${messageOf(error)}`)
    }
    this.#forget(entry)
  }

  #forget (entry: Entry): void {
    entry.gone = true
    this.#entries.delete(entry)
    if (this.#entries.size > 0) return
    this.#lease?.stop()
    this.#agent?.stop()
    this.#lease = this.#agent = undefined
    this.#unsignal?.()
    this.#unsignal = undefined
  }

  #listenToSignals (): void {
    if (![...this.#entries].some(entry => entry.options.signals !== false)) return
    this.#unsignal ??= onSignal(async () => {
      const meant = [...this.#entries].filter(entry => entry.options.signals !== false)
      await Promise.all(meant.map(entry => this.#drain(entry)))
      return meant.every(entry => entry.options.exit !== false)
    })
  }
}

/** Between the tries of the first registration, ms, and a random as much again. */
const RETRY_MS = 200
const NOT_READY: Word = { status: 'not-ready', output: '' }

const messageOf = (error: unknown): string => error instanceof UnexpectedStatusError ? `${error.message} (${error.method ?? ''} ${error.url ?? ''})` : error instanceof Error ? error.message : String(error)
