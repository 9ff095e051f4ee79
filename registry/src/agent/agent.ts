// The agent: what is registered at this process, kept alive by it. The way in to this folder: doors call it, it commits commands and owns what runs on
// (checks, reaper, sync).

import { setImmediate } from 'node:timers/promises'
import { errors } from '../errors.js'
import { Reaper } from '../health/reaper.js'
import { CheckKeeper } from './check-keeper.js'
import { deregisterCheckCommand, deregisterServiceCommand } from './deregister.js'
import { divergences, repairCommand } from './full-sync.js'
import { LiveOutputs } from './live-outputs.js'
import { definitionsRefusal, loadDefinitionsCommand } from './load-definitions.js'
import { nodeMaintenanceCommand, serviceMaintenanceCommand } from './maintenance.js'
import { registerCheckCommand } from './register-check.js'
import { registerServiceCommand } from './register-service.js'
import { SyncTimer } from './sync-timer.js'
import type { Clock } from '../clock.js'
import type { Ownership } from '../cluster/ownership.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { Command } from '../engine/engine.js'
import type { Guard } from '../health/guard.js'
import type { HealthManager } from '../health/manager.js'
import type { CheckStatus } from '../health/kind.js'
import type { PauseWatch } from '../health/pause.js'
import type { Reapable } from '../health/reaper.js'
import type { CheckBody } from '../http/decode/bodies/check.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { AgentCheckEntry } from '../state/agent.js'
import type { CheckRecord } from '../state/checks.js'
import type { State } from '../state/state.js'
import type { Logger } from '../telemetry/log.js'
import type { Divergence, SyncReport } from './full-sync.js'
import type { MaintenanceRequest } from './maintenance.js'
import type { RegisterServiceOptions } from './register-service.js'
import type { AgentContext } from './rows.js'

/** Rows that a sync looks at in one turn of the event loop. */
const SYNC_SLICE = 1000

export interface AgentOptions {
  /** As of now: a reload replaces it. */
  readonly config: () => RuntimeConfig
  readonly state: State
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T }>
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly pauses: PauseWatch
  readonly guard: Guard
  readonly log: Logger
  /** What this one of several servers looks after. Default: everything. */
  readonly ownership?: Ownership
  /** How what diverges is repaired, where the catalog is not this process's to write. @throws when it cannot be now */
  readonly repair?: (found: readonly Divergence[]) => Promise<SyncReport>
}

export class Agent {
  readonly #options: AgentOptions
  readonly #live = new LiveOutputs()
  readonly #checks: CheckKeeper
  readonly #reaper: Reaper
  readonly #syncs: SyncTimer

  constructor (options: AgentOptions) {
    this.#options = options
    const { config, state, commit, clock, random, pauses, guard, log } = options
    this.#checks = new CheckKeeper({ state, commit, clock, random, pauses, guard, live: this.#live, context: () => this.#context(), log, ...(options.ownership === undefined ? {} : { ownership: options.ownership }) })
    const { reapIntervalMs, deregisterMinMs } = config().checks
    this.#reaper = new Reaper({
      clock,
      intervalMs: reapIntervalMs,
      minAfterMs: deregisterMinMs,
      candidates: () => [...this.health.candidates()].filter(({ checkId }) => this.#checks.owns(checkId)),
      held: () => guard.active,
      remove: service => this.#reap(service),
      log: { warn: (_, message) => log.warn(message.replace(/^agent: /, '')) },
    })
    this.#syncs = new SyncTimer({ clock, random, nodes: () => state.nodes.size, sync: () => this.sync() })
  }

  get health (): HealthManager { return this.#checks.health }

  /** Takes over the definitions of the files, then keeps everything going. @throws RosterError when a definition cannot be taken over */
  async start (): Promise<void> {
    await this.#load(true)
    this.#checks.start()
    this.#reaper.start()
    this.#syncs.start()
  }

  /** Idempotent; nothing is written any more when it resolves. */
  async stop (): Promise<void> {
    this.#reaper.stop()
    await this.#syncs.stop()
    await this.#checks.stop()
  }

  /** Why the definitions of new settings cannot be taken over. @throws RosterError 500; nothing has changed */
  judge (config: RuntimeConfig): void {
    const refused = definitionsRefusal(config)
    if (refused !== undefined) throw errors.RELOAD_FAILED(refused)
  }

  /** The settings were replaced: takes over their definitions. */
  async reload (): Promise<void> { await this.#load(false) }

  /** The registrations came from another machine's snapshot: files count anew, as at a start. */
  async takeOver (): Promise<void> { await this.#load(true) }

  /** @throws RosterError of the first fault */
  async registerService (body: ServiceBody, options: RegisterServiceOptions): Promise<void> {
    const { result: { checks, at } } = await this.#options.commit(registerServiceCommand(body, this.#context(), options))
    this.#checks.registered(checks, at)
  }

  /** @throws RosterError 404 */
  async deregisterService (id: string): Promise<void> {
    await this.#options.commit(deregisterServiceCommand(id))
    this.#options.log.info('Deregistered service', { service: id })
  }

  /** @throws RosterError of the first fault */
  async registerCheck (body: CheckBody): Promise<void> {
    const { result } = await this.#options.commit(registerCheckCommand(body, this.#context()))
    if (result.refused !== undefined) throw result.refused
    this.#checks.registered([result.checkId])
  }

  /** @throws RosterError 404 */
  async deregisterCheck (id: string): Promise<void> {
    await this.#options.commit(deregisterCheckCommand(id))
    this.#options.log.info('Deregistered check', { check: id })
  }

  /** A TTL check's own word. @throws RosterError 404, 500 when it is no TTL check */
  async heartbeat (checkId: string, status: CheckStatus, note: string): Promise<void> { await this.#checks.heartbeat(checkId, status, note) }

  /** A heartbeat that came to another server. */
  signed (checkId: string): void { this.#checks.signed(checkId) }

  async nodeMaintenance (request: MaintenanceRequest): Promise<void> {
    await this.#options.commit(nodeMaintenanceCommand(request, this.#context()))
    this.#options.log.info(request.enable ? 'Node entered maintenance mode' : 'Node left maintenance mode')
  }

  /** @throws RosterError 404 */
  async serviceMaintenance (serviceId: string, request: MaintenanceRequest): Promise<void> {
    await this.#options.commit(serviceMaintenanceCommand(serviceId, request, this.#context()))
    this.#options.log.info(request.enable ? 'Service entered maintenance mode' : 'Service left maintenance mode', { service: serviceId })
  }

  /** The check as the agent shows it, with its newest output. */
  shown ({ value: { check } }: Pick<AgentCheckEntry, 'value'>): CheckRecord {
    const output = this.#live.get(check.checkId)
    return output === undefined ? check : { ...check, output }
  }

  /** Makes the catalog agree with what is registered here. */
  async sync (): Promise<void> {
    const { commit, state, log } = this.#options
    const context = { ...this.#context(), outputWaits: (checkId: string) => this.#checks.outputWaits(checkId) }
    const found: Divergence[] = []
    let looked = 0
    for (const divergence of divergences(state, context)) {
      if (divergence !== undefined) found.push(divergence)
      if (++looked % SYNC_SLICE === 0) await setImmediate()
    }
    const { repaired, removed } = this.#options.repair === undefined ? (await commit(repairCommand(found, context))).result : await this.#options.repair(found)
    for (const what of repaired) log.info('Synced', { what })
    for (const what of removed) log.info('Deregistered what is not registered at this agent', { what })
  }

  #context (): AgentContext { return { config: this.#options.config(), liveOutput: checkId => this.#live.get(checkId) } }

  async #load (atStart: boolean): Promise<void> {
    const context = this.#context()
    this.judge(context.config)
    const { result: orphans } = await this.#options.commit(loadDefinitionsCommand(context, { keepApi: atStart || !context.config.dev, atStart }))
    for (const check of orphans) this.#options.log.warn('Check of a configuration file names a service that is not registered, it is left out', { check })
  }

  async #reap ({ serviceId, checkId, criticalForMs }: Reapable): Promise<void> {
    await this.#options.commit(deregisterServiceCommand(serviceId))
    this.#options.log.info('Check for service has been critical for too long; deregistered service', { service: serviceId, check: checkId, seconds: Math.round(criticalForMs / 1000) })
  }
}
