// Between the agent's checks and those who find out about them: what is registered is given to health/, what health/ learns is written. It follows the
// state, so it does not matter who registered a check, or how.

import { same } from '../engine/draft.js'
import { soleOwner } from '../cluster/ownership.js'
import { errors } from '../errors.js'
import { HealthManager } from '../health/manager.js'
import { SyncDelay, syncDelayMs } from '../health/sync-delay.js'
import { keys } from '../state/keys.js'
import { AgentAliases } from './alias-source.js'
import { LiveOutputs } from './live-outputs.js'
import { pushOutputCommand, updateCheckCommand } from './update-check.js'
import type { Clock } from '../clock.js'
import type { Ownership } from '../cluster/ownership.js'
import type { Command, Event, Revision, Row } from '../engine/engine.js'
import type { Guard } from '../health/guard.js'
import type { CheckResult, CheckStatus } from '../health/kind.js'
import type { PauseWatch } from '../health/pause.js'
import type { AgentCheckRecord, AgentServiceRecord } from '../state/agent.js'
import type { CheckRecord } from '../state/checks.js'
import type { State } from '../state/state.js'
import type { Logger } from '../telemetry/log.js'
import type { AgentContext } from './rows.js'

export interface CheckKeeperOptions {
  readonly state: State
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T }>
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly pauses: PauseWatch
  readonly guard: Guard
  /** The agent's own settings and outputs as of now. */
  readonly context: () => AgentContext
  readonly live: LiveOutputs
  readonly log: Logger
  /** Which checks run at this one of several servers. Default: all. */
  readonly ownership?: Ownership
}

export class CheckKeeper {
  readonly health: HealthManager
  readonly #options: CheckKeeperOptions
  readonly #aliases: AgentAliases
  readonly #delay: SyncDelay<string>
  /** Checks whose output waits for the catalog. */
  readonly #waiting = new Set<string>()
  /** What health/ was given, by check, and as of which revision. */
  readonly #given = new Map<string, { readonly serviceId: string, readonly definition: AgentCheckRecord['definition'], readonly at: Revision }>()
  #unfollow: (() => void) | undefined
  #stopped = false

  constructor (options: CheckKeeperOptions) {
    this.#options = options
    const { state, clock, random, pauses, guard, context, live, log } = options
    const { checks, tls } = context().config
    this.#aliases = new AgentAliases(state, clock, checkId => live.get(checkId))
    this.#delay = new SyncDelay(clock, checkId => { void this.#pushOutput(checkId) })
    this.health = new HealthManager({
      clock,
      random,
      pauses,
      guard,
      aliases: this.#aliases,
      limits: { ...checks, tls: checks.enableAgentTls ? tls.https : undefined },
      log: { warn: (fields, message) => log.warn(message.replace(/^agent: /, ''), textFields(fields)) },
      report: (checkId, result) => this.#learnt(checkId, result, false),
    })
  }

  /** Takes up the checks that are there, and follows from now on. */
  start (): void {
    const { state } = this.#options
    for (const checkId of state.agent.checks.keys()) this.#give(checkId, false)
    const unfollow = state.afterEvent(event => this.#follow(event))
    const disown = this.#ownership.onChange(owned => this.#redistribute(owned))
    this.#unfollow = () => {
      unfollow()
      disown()
    }
  }

  get #ownership (): Ownership { return this.#options.ownership ?? soleOwner }

  /** Silence counts here, and active checks run here, if this is the server that owns them; what belongs to a host belongs to its server. */
  #isOwn (checkId: string, { server }: Pick<AgentCheckRecord, 'server'>): boolean {
    return server === undefined ? this.#ownership.owns('check', checkId) : !this.#ownership.shared || server === this.#ownership.self
  }

  /** Every server knows of heartbeats; everything else runs once. */
  #runsHere (checkId: string, row: AgentCheckRecord): boolean { return row.definition?.ttlMs !== undefined || this.#isOwn(checkId, row) }

  /** Whether this server may remove what the check is critical of. */
  owns (checkId: string): boolean {
    const row = this.#options.state.agent.checks.get(checkId)?.value
    return row !== undefined && this.#isOwn(checkId, row)
  }

  /** Servers came or went: what is owned now begins anew, with a whole TTL; what is not stops. */
  #redistribute (owned: Ownership['owns']): void {
    for (const [checkId, { value }] of this.#options.state.agent.checks) {
      const took = value.server === undefined && !owned('check', checkId) && this.#isOwn(checkId, value)
      if (!this.#runsHere(checkId, value)) this.#take(checkId)
      else this.#give(checkId, took)
      if (value.server !== undefined && !this.#ownership.isLive(value.server) && this.#ownership.owns('check', checkId)) void this.#orphaned(checkId, value)
    }
  }

  /** Its server is away: nobody else can look, so it stays as it was and says so. */
  async #orphaned (checkId: string, { server, check }: AgentCheckRecord): Promise<void> {
    const { commit, context, log } = this.#options
    const note = `Not looked at: its server ${server!} is away. Last seen: `
    if (check.output.startsWith(note)) return
    try {
      await commit(updateCheckCommand(checkId, { status: check.status as CheckStatus, output: note + check.output }, { ...context(), config: { ...context().config, checks: { ...context().config.checks, updateIntervalMs: 0 } } }, { heartbeat: false }))
    } catch (error) {
      log.warn('unable to say that the server of a check is away', { check: checkId, error: String(error) })
    }
  }

  /** A heartbeat that came to another server, which has written what there was to write. */
  signed (checkId: string): void {
    const row = this.#options.state.agent.checks.get(checkId)?.value
    if (row !== undefined) this.health.heartbeat(checkId, row.check.status as CheckStatus, row.check.output)
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#unfollow?.()
    this.#delay.stop()
    this.#aliases.stop()
    await this.health.stop()
  }

  /** Whether the check's output is to reach the catalog later. */
  outputWaits (checkId: string): boolean { return this.#waiting.has(checkId) }

  /** The checks were registered, perhaps just as they were: that is a sign of life. Those that were given to health/ with that very revision had it. */
  registered (checkIds: readonly string[], at?: Revision): void {
    for (const checkId of checkIds) if (at === undefined || this.#given.get(checkId)?.at !== at) this.#give(checkId, true)
  }

  /** A TTL check's own word. @throws RosterError 404 of an unknown id, 500 of a check of another kind */
  async heartbeat (checkId: string, status: CheckStatus, note: string): Promise<void> {
    if (!this.#options.state.agent.checks.has(checkId)) throw errors.UNKNOWN_CHECK_ID(checkId)
    const result = this.health.heartbeat(checkId, status, note)
    if (result === undefined) throw errors.NOT_A_TTL_CHECK(checkId)
    this.#ownership.signed('check', checkId)
    await this.#learnt(checkId, result, true)
  }

  async #learnt (checkId: string, result: CheckResult, heartbeat: boolean): Promise<void> {
    const { state, commit, context, live, random, log } = this.#options
    if (!heartbeat && this.#ownership.shared && !this.owns(checkId)) {
      // Another server's to say. Silence is counted on, since that server may be gone by then.
      if (state.agent.checks.get(checkId)?.value.definition?.ttlMs !== undefined) this.#give(checkId, true)
      return
    }
    const before = state.agent.checks.get(checkId)?.value.check.status
    const { result: { outcome, since } } = await commit(updateCheckCommand(checkId, result, context(), { heartbeat }))
    const row = state.agent.checks.get(checkId)
    if (row === undefined || this.#stopped) return
    if (outcome === 'written' && before !== result.status) log.debug('Check status updated', { check: checkId, status: result.status })
    if (outcome !== 'later') return
    // While this waited for its turn something newer may have been written.
    if (row.modifyIndex - state.base < since) live.set(checkId, result.output, since)
    this.#waiting.add(checkId)
    this.#delay.defer(checkId, syncDelayMs(context().config.checks.updateIntervalMs, random))
    this.#aliases.changed(row.value.check.serviceId)
  }

  async #pushOutput (checkId: string): Promise<void> {
    const { commit, context, log } = this.#options
    try {
      await commit(pushOutputCommand(checkId, context()))
      this.#waiting.delete(checkId)
    } catch (error) {
      this.#waiting.delete(checkId)
      log.warn('unable to bring the output of a check to the catalog, the next sync will', { check: checkId, error: String(error) })
    }
  }

  #follow ({ rows }: Event): void {
    const catalog = keys.checks(this.#options.context().config.node.name)
    for (const row of rows) {
      if (row.key.startsWith(keys.agentChecks)) this.#followCheck(row)
      else if (row.key.startsWith(keys.agentServices)) this.#aliases.changed((row.value as AgentServiceRecord | undefined)?.service.id ?? (row.gone as { id: string }).id)
      else if (row.key.startsWith(catalog)) this.#settled((row.value as CheckRecord | undefined)?.checkId ?? (row.gone as { check: CheckRecord }).check.checkId)
    }
  }

  #followCheck (row: Row): void {
    const value = row.value as AgentCheckRecord | undefined
    const checkId = value?.check.checkId ?? (row.gone as { id: string }).id
    const before = this.#given.get(checkId)?.serviceId
    if (value === undefined) {
      this.#take(checkId)
      this.#options.live.delete(checkId)
      this.#settled(checkId)
    } else {
      this.#options.live.written(checkId, row.revision)
      this.#give(checkId, false)
    }
    const now = value?.check.serviceId
    if (now !== undefined) this.#aliases.changed(now)
    if (before !== undefined && before !== now) this.#aliases.changed(before)
  }

  /** The catalog has what there was to bring. */
  #settled (checkId: string): void {
    if (this.#waiting.delete(checkId)) this.#delay.cancel(checkId)
  }

  #give (checkId: string, again: boolean): void {
    const row = this.#options.state.agent.checks.get(checkId)?.value
    if (row === undefined) return
    const { check: { serviceId, status }, definition } = row
    if (definition === null || !this.#runsHere(checkId, row)) {
      this.#take(checkId)
      return
    }
    const given = this.#given.get(checkId)
    if (!again && given !== undefined && given.serviceId === serviceId && (given.definition === definition || same(given.definition, definition))) return
    this.#given.set(checkId, { serviceId, definition, at: this.#options.state.revision })
    this.health.add({ checkId, serviceId, definition, status })
  }

  #take (checkId: string): void {
    this.#given.delete(checkId)
    this.health.remove(checkId)
  }
}

const textFields = (fields: object): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key === 'err' ? 'error' : key, value instanceof Error ? value.message : String(value)]))
