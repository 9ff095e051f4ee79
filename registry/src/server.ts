// The composition root: settings in, a running server out. Everything is made here, once, and ended here, in the opposite order.

import { memoryEngine } from './engine/memory.js'
import { EngineError } from './engine/engine.js'
import { State } from './state/state.js'
import { httpDoor } from './http/door.js'
import { CachedReads } from './http/cached-reads.js'
import { HotReads } from './http/hot-reads.js'
import { RequestStats } from './telemetry/request-stats.js'
import { routes } from './http/routes.js'
import { registerSelf } from './catalog/self.js'
import { errors } from './errors.js'
import { systemClock } from './clock.js'
import type { AddressInfo } from 'node:net'
import type { Clock } from './clock.js'
import type { Command, Engine } from './engine/engine.js'
import type { RuntimeConfig } from './config/runtime-config.js'
import type { Logger } from './telemetry/log.js'
import type { Roster } from './roster.js'

export interface ServerOptions {
  readonly config: RuntimeConfig
  readonly log: Logger
  readonly clock?: Clock
  readonly random?: () => number
}

export interface Server {
  readonly roster: Roster
  /** Where HTTP listens, `host:port` each. */
  readonly httpAddresses: readonly string[]
  /** Stops accepting, finishes what is in flight, flushes, releases everything. Idempotent. */
  stop (): Promise<void>
}

/** ms for requests in flight when the server stops. */
const STOP_GRACE_MS = 2000

/** @throws EngineError of the store; the listener's error when a port is taken */
export async function startServer (options: ServerOptions): Promise<Server> {
  const { config, log } = options
  const ends: Array<() => Promise<void> | void> = []
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => ending ??= (async () => { for (const end of ends.toReversed()) await end() })()
  try {
    const engine = await openEngine(config)
    ends.push(() => engine.close())
    const state = new State()
    state.started(await engine.open(state))
    const roster: Roster = {
      config,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      log,
      state,
      cachedReads: new CachedReads(),
      hotReads: new HotReads(state),
      stats: new RequestStats(),
      commit: command => committing(engine, command),
    }
    await roster.commit(registerSelf(config))
    const door = httpDoor({ roster, routes })
    ends.push(() => door.close(STOP_GRACE_MS))
    const httpAddresses: string[] = []
    for (const listener of config.listen.http) {
      if (listener.kind !== 'tcp') continue
      const { address, port } = await door.listen(listener) as AddressInfo
      httpAddresses.push(`${address.includes(':') ? `[${address}]` : address}:${port}`)
      log.child('agent').info('Starting server', { address: `${address}:${port}`, network: 'tcp', protocol: 'http' })
    }
    return { roster, httpAddresses, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function openEngine (config: RuntimeConfig): Promise<Engine> {
  void config
  return memoryEngine()
}

/** The engine's failures in the words of the doors. */
async function committing<T> (engine: Engine, command: Command<T>): Promise<{ readonly result: T, readonly revision: number }> {
  try {
    return await engine.commit(command)
  } catch (error) {
    if (error instanceof EngineError) throw errors.NO_LEADER()
    throw error
  }
}
