// An agent over an engine in memory, with a clock that the test moves and no door: for laws of agent/.
import { memoryEngine } from '../../src/engine/memory.js'
import { Agent } from '../../src/agent/agent.js'
import { command } from '../../src/catalog/rows.js'
import { registerSelf } from '../../src/catalog/self.js'
import { devDefaults } from '../../src/config/defaults.js'
import { Guard } from '../../src/health/guard.js'
import { PauseWatch } from '../../src/health/pause.js'
import { decodeAgentCheckRegister } from '../../src/http/decode/bodies/check.js'
import { decodeAgentServiceRegister } from '../../src/http/decode/bodies/service.js'
import { State } from '../../src/state/state.js'
import { silentLog } from '../../src/telemetry/log.js'
import { fakeClock } from './fake-clock.js'
import type { RuntimeConfig } from '../../src/config/runtime-config.js'
import type { Draft } from '../../src/engine/draft.js'
import type { Event } from '../../src/engine/engine.js'
import type { CheckBody } from '../../src/http/decode/bodies/check.js'
import type { ServiceBody } from '../../src/http/decode/bodies/service.js'
import type { FakeClock } from './fake-clock.js'

export interface AgentBench {
  readonly agent: Agent
  readonly state: State
  readonly clock: FakeClock
  readonly guard: Guard
  /** Events since the bench was made. */
  readonly events: Event[]
  readonly config: RuntimeConfig
  /** Replaces the settings, as a reload does before it tells the agent. */
  configure (config: Partial<RuntimeConfig>): void
  /** Changes rows underneath the agent. */
  change<T> (decide: (draft: Draft) => T): Promise<T>
  /** Registers a service as its JSON body says. */
  service (body: object, replaceChecks?: boolean): Promise<void>
  check (body: object): Promise<void>
  stop (): Promise<void>
}

export const serviceBody = (body: object): ServiceBody => decodeAgentServiceRegister(Buffer.from(JSON.stringify(body)))
export const checkBody = (body: object): CheckBody => decodeAgentCheckRegister(Buffer.from(JSON.stringify(body)))

export interface BenchOptions {
  readonly config?: Partial<RuntimeConfig>
}

export async function agentBench (options: BenchOptions = {}): Promise<AgentBench> {
  const engine = memoryEngine()
  const state = new State()
  state.started(await engine.open(state))
  const clock = fakeClock()
  let config: RuntimeConfig = { ...devDefaults, node: { ...devDefaults.node, name: 'here', id: '7c1a0f5e-3b52-4c0d-9a56-0c7d1e2f3a4b' }, ...options.config }
  const pauses = new PauseWatch(clock, () => clock.monotonic())
  pauses.start()
  const guard: Guard = new Guard({ clock, limits: config.guard, owners: () => agent.health.owners })
  const agent: Agent = new Agent({ config: () => config, state, commit: c => engine.commit(c), clock, random: () => 0.5, pauses, guard, log: silentLog })
  const events: Event[] = []
  await engine.commit(registerSelf(config))
  await agent.start()
  state.afterEvent(event => events.push(event))
  return {
    agent,
    state,
    clock,
    guard,
    events,
    get config () { return config },
    configure (next) { config = { ...config, ...next } },
    change: async decide => (await engine.commit(command(decide))).result,
    service: (body, replaceChecks = false) => agent.registerService(serviceBody(body), { replaceChecks }),
    check: body => agent.registerCheck(checkBody(body)),
    async stop () {
      await agent.stop()
      guard.stop()
      pauses.stop()
    },
  }
}
