// The composition root: configuration in, running sidecar out. Everything is made here once and ended here in the opposite order; the order of a start and of a drain is written down here and
// nowhere else. What each part does is in its own folder.

import { createClient, defaultCacheDirectory, isInvalidPolicy } from '@roster/client'
import type { Registration, RosterClient } from '@roster/client'
import { startAdmin } from './admin/admin-server.js'
import { endingText, exitCodeOf, startChild } from './child/child.js'
import type { Child } from './child/child.js'
import { childEnvironment } from './child/environment.js'
import { gate } from './child/gate.js'
import { Health } from './child/health.js'
import { probe } from './child/probe.js'
import type { SidecarConfig } from './config/load-config.js'
import type { DataPlane } from './data-plane.js'
import { configError, EXIT, gateError, SidecarError } from './errors.js'
import { Inbound } from './inbound/inbound.js'
import { Owned } from './lifecycle/owned.js'
import { readiness } from './lifecycle/readiness.js'
import type { Phase, Readiness } from './lifecycle/readiness.js'
import { knownAtStart } from './lifecycle/known-at-start.js'
import { freePort } from './listen.js'
import { Outbound } from './outbound/outbound.js'
import { LivePolicy } from './policy/live-policy.js'
import type { Log } from './telemetry/log.js'
import { Telemetry } from './telemetry/telemetry.js'
import { startTracing } from './telemetry/tracing.js'
import type { Tracing } from './telemetry/tracing.js'
import { upstreamTrust } from './upstreams/trust.js'
import { Directory } from './upstreams/directory.js'
import { RememberedNames } from './upstreams/remembered-names.js'
import { describeUpstreams, explainUpstream } from './upstreams/describe.js'

export interface SidecarParts {
  readonly env: NodeJS.ProcessEnv
  readonly log: Log
  readonly dataPlane: DataPlane
  /** Ends a start that is not over yet. */
  readonly signal: AbortSignal
  /** Where the child's outputs go. Default: ours. */
  readonly childOutput?: 'inherit' | 'ignore'
}

/** Host of the local service. */
const LOCAL = '127.0.0.1'
/** For one look at the local service, ms. */
const LOOK_MS = 2000

export class Sidecar {
  readonly #owned: Owned
  readonly #client: RosterClient
  readonly #directory: Directory
  readonly #policy: LivePolicy
  readonly #telemetry: Telemetry
  readonly #names: RememberedNames
  #phase: Phase = 'starting'
  #port: number | undefined
  #admin: string | undefined
  #inbound: Inbound | undefined
  #outbound: Outbound | undefined
  #child: Child | undefined
  #health: Health | undefined
  #registration: Registration | undefined
  #draining: Promise<number> | undefined
  #finish: (code: number) => void = () => {}
  /** Resolves with the exit code when everything has ended. */
  readonly ended = new Promise<number>(resolve => { this.#finish = resolve })

  private constructor (readonly config: SidecarConfig, private readonly parts: SidecarParts, policy: LivePolicy, tracing: Tracing | undefined) {
    const { log, env } = parts
    this.#owned = new Owned((what, error) => log.warn({ err: error }, `while ending: ${what}`))
    this.#policy = policy
    this.#owned.add('policy', () => policy.close())
    this.#telemetry = new Telemetry({ config, tracing, upstreams: () => this.#directory.all, readiness: () => this.readiness(), policy: () => policy })
    this.#owned.add('telemetry', () => this.#telemetry.close())
    const cacheDir = config.cacheDir ?? defaultCacheDirectory(env)
    this.#client = createClient({
      ...config.registry !== undefined && { address: config.registry },
      cacheDir,
      ...policy.current !== undefined && { policy: policy.current },
      onWarning: message => log.warn(message),
    }, { env })
    this.#owned.add('client', () => this.#client.close())
    policy.follow(this.#client)
    const scope = [config.service ?? '', ...this.#client.api.transport.addresses.map(({ text }) => text).sort()].join('\n')
    this.#names = new RememberedNames(cacheDir, scope, message => log.warn(message))
    this.#owned.add('names', () => this.#names.close())
    this.#directory = new Directory({ client: this.#client, trust: upstreamTrust(config), onChange: names => this.#names.set(names) })
    this.#owned.add('directory', () => this.#directory.close())
  }

  /**
   * Resolves when calls may come: registry known, listeners open, child answering, registered.
   * @throws SidecarError; everything that was begun is ended by then
   */
  static async start (config: SidecarConfig, parts: SidecarParts): Promise<Sidecar> {
    const policy = await LivePolicy.read(config, parts.log)
    const tracing = await startTracing(parts.env, config.service ?? 'roster-sidecar', parts.log)
    let sidecar: Sidecar
    try { sidecar = new Sidecar(config, parts, policy, tracing) } catch (error) {
      policy.close()
      void tracing?.close()
      throw error instanceof SidecarError ? error : isInvalidPolicy(error) ? configError((error as Error).message, error) : new SidecarError('SIDECAR_USAGE', EXIT.usage, (error as Error).message, { cause: error })
    }
    try {
      await sidecar.#start()
      return sidecar
    } catch (error) {
      sidecar.#child?.kill()
      await sidecar.#owned.end()
      throw error
    }
  }

  /** In this order: what can be found wrong without starting anything; what the child needs when it starts; the child; what sends calls to it. */
  async #start (): Promise<void> {
    const { config, parts: { log, signal } } = this
    this.#port = config.port === 0 ? await freePort() : config.port
    await this.#startAdmin()
    this.#outbound = await Outbound.open({ config, dataPlane: this.parts.dataPlane, directory: this.#directory, telemetry: this.#telemetry })
    this.#owned.add('outbound', () => this.#outbound?.close())
    await knownAtStart(this.#client, this.#directory, this.#names, config, log, signal)
    if (config.service !== undefined) {
      this.#inbound = await Inbound.open({ config, service: config.service, host: LOCAL, port: this.#port!, client: this.#client, dataPlane: this.parts.dataPlane, telemetry: this.#telemetry })
      this.#owned.add('inbound', () => this.#inbound?.close())
    }
    await this.#startChild()
    await this.#register()
    this.#phase = 'ready'
    this.#watchChild()
    log.info({ ...this.listeners, ...this.#child && { pid: this.#child.pid } }, 'ready')
  }

  async #startAdmin (): Promise<void> {
    const { config, parts: { log } } = this
    if (config.admin === 'off') return
    const admin = await startAdmin(config.admin, !config.given.has('admin'), {
      config,
      log,
      readiness: () => this.readiness(),
      listeners: () => this.listeners,
      policy: () => this.#policy.current,
      endpoints: () => describeUpstreams(this.#directory.all),
      explain: (service, question) => explainUpstream(this.#directory.find(service.toLowerCase()), question, this.#client, this.#telemetry),
      metrics: () => this.#telemetry.scrape(),
      drain: () => { void this.drain() },
      reloadPolicy: () => this.reloadPolicy(),
    }, log)
    this.#admin = admin.text
    this.#owned.add('admin', () => admin.close())
  }

  async #startChild (): Promise<void> {
    const { config, parts } = this
    const places = { outbound: this.#outbound?.shared, admin: this.#admin, upstreams: this.#outbound?.upstreams ?? {} }
    if (config.command.length > 0) {
      const child = await startChild({ command: config.command, env: childEnvironment(parts.env, config, this.#port, places), ...parts.childOutput !== undefined && { stdio: parts.childOutput } })
      this.#child = child
      this.#owned.add('child', () => child.stop(config.stopTimeout))
    }
    if (this.#port === undefined) return
    const look = () => probe({ host: LOCAL, port: this.#port!, path: config.protocol === 'http' ? config.healthPath : undefined }, LOOK_MS)
    // A process that somebody else starts is waited for without end: it may come after us.
    const opened = await gate({ look, timeoutMs: this.#child === undefined ? Infinity : config.startTimeout, signal: parts.signal, ...this.#child && { ended: this.#child.ended } })
    if (opened.kind === 'late') throw gateError(`${config.command[0]!} did not answer within ${config.startTimeout} ms: ${opened.finding}`)
    if (opened.kind === 'stopped') throw new SidecarError('SIDECAR_STOPPED', 143, 'stopped before it was ready')
    if (opened.kind === 'child ended') throw new SidecarError('SIDECAR_CHILD_ENDED', exitCodeOf(opened.ending), `${config.command[0]!} ended before it answered: ${endingText(opened.ending)}`)
    this.#health = new Health({ look, intervalMs: config.healthInterval, onChange: finding => this.#healthChanged(finding) })
    this.#owned.add('health', () => this.#health?.stop())
  }

  async #register (): Promise<void> {
    const { config } = this
    const inbound = this.#inbound
    if (config.service === undefined || inbound === undefined) return
    this.#registration = await this.#client.register({
      name: config.service,
      port: inbound.registeredPort,
      ...config.id !== undefined && { id: config.id },
      ...config.address !== undefined && { address: config.address },
      tags: config.tag,
      meta: inbound.meta,
      signals: false,
      // The hook ends the child, after the last call has been answered and before the instance is gone.
      drain: { closeMs: config.drainTimeout, hooksMs: config.stopTimeout + 1000 },
      server: inbound.closable,
    })
    this.#registration.onDrain(() => this.#child?.stop(config.stopTimeout))
  }

  #healthChanged (finding: string | undefined): void {
    const { log } = this.parts
    if (finding === undefined) log.info('the service is well again')
    else log.warn({ finding }, 'the service is not well')
    const told = finding === undefined ? this.#registration?.ready() : this.#registration?.say('critical', finding)
    void told?.catch((error: unknown) => log.warn({ err: error }, 'the registry does not take what was said of the service'))
  }

  /** A child that ends by itself ends the sidecar, with its code. */
  #watchChild (): void {
    void this.#child?.ended.then(ending => {
      if (this.#draining !== undefined) return
      this.parts.log.error({ ending: endingText(ending) }, 'the child has ended')
      this.#draining = this.#leaveAtOnce(exitCodeOf(ending))
    })
  }

  async #leaveAtOnce (code: number): Promise<number> {
    this.#phase = 'draining'
    await this.#registration?.deregister()
    await this.#end(code)
    return code
  }

  // === what it says of itself ===

  readiness (): Readiness {
    const unknown = this.#directory.all.filter(({ pinned, source }) => pinned && source.snapshot().source === 'none').map(({ name }) => name)
    return readiness({ phase: this.#phase, service: this.#health?.finding, unknown })
  }

  /** Where it listens. */
  get listeners (): Readonly<Record<string, string>> {
    return {
      ...this.#inbound?.text !== undefined && { public: this.#inbound.text },
      ...this.#outbound?.shared !== undefined && { outbound: this.#outbound.shared },
      ...Object.fromEntries(Object.entries(this.#outbound?.upstreams ?? {}).map(([name, text]) => [`upstream ${name}`, text])),
      ...this.#admin !== undefined && { admin: this.#admin },
    }
  }

  // === what one can do with it ===

  /** Hands a signal on to the child. */
  signal (signal: NodeJS.Signals): void { this.#child?.signal(signal) }

  /** Reads the policy file now. @throws InvalidPolicyError; the old policy stays in force */
  reloadPolicy (): Promise<unknown> { return this.#policy.reload() }

  /**
   * The whole farewell: told to the registry → seen by those who watch → the public port closes, calls in progress end → the child ends, its own calls still served → deregistered → all
   * other listeners close. Never rejects. Idempotent. @returns the exit code
   */
  drain (): Promise<number> { return this.#draining ??= this.#drain() }

  async #drain (): Promise<number> {
    const { config, parts: { log } } = this
    log.info('draining')
    this.#phase = 'draining'
    this.#health?.stop()
    this.#inbound?.farewell()
    if (this.#registration !== undefined) await this.#registration.drain()
    const ending = await this.#child?.stop(config.stopTimeout)
    const code = ending === undefined ? 0 : exitCodeOf(ending)
    await this.#outbound?.drain(config.drainTimeout)
    await this.#end(code)
    return code
  }

  async #end (code: number): Promise<void> {
    this.#phase = 'stopped'
    await this.#owned.end()
    this.parts.log.info({ code }, 'ended')
    this.#finish(code)
  }

  /** Nobody wants to wait: the child is killed, nothing is awaited. */
  kill (): void { this.#child?.kill() }
}
