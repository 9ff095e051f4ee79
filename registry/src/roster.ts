// What every room above the state is given: settings, time, chance, the log, the state to read and the way to write. Composed once, in server.ts.

import type { Agent } from './agent/agent.js'
import type { EdgeStore } from './edges/edge-store.js'
import type { History } from './catalog/history.js'
import type { Clock } from './clock.js'
import type { Cluster } from './cluster/cluster.js'
import type { EtcdEngine } from './engine/etcd/etcd.js'
import type { Feed } from './follow/feed.js'
import type { LocalAgent } from './local-agent/local-agent.js'
import type { Freshness } from './freshness.js'
import type { RuntimeConfig } from './config/runtime-config.js'
import type { Command, Revision } from './engine/engine.js'
import type { CachedReads } from './http/cached-reads.js'
import type { HotReads } from './http/hot-reads.js'
import type { RequestStats } from './telemetry/request-stats.js'
import type { StreamKind } from './stream/kind.js'
import type { Watchers } from './stream/watchers.js'
import type { LeaseKeeper } from './leases/keeper.js'
import type { SessionKeeper } from './sessions/keeper.js'
import type { CoordinateKeeper } from './coordinates/keeper.js'
import type { EventKeeper } from './events/keeper.js'
import type { Snapshots } from './snapshot/snapshots.js'
import type { Guard } from './health/guard.js'
import type { State } from './state/state.js'
import type { Logger } from './telemetry/log.js'
import type { LogHub } from './telemetry/log-hub.js'

export interface Roster {
  /** Replaced as a whole by a reload; read it anew for each use. */
  readonly config: RuntimeConfig
  readonly clock: Clock
  /** Wall clock of the start, ms since 1970: for people to read. */
  readonly startedAt: number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: Logger
  /** For those who listen to the log. */
  readonly hub: LogHub
  readonly state: State
  /** How far the state can be trusted to be the newest. */
  readonly freshness: Freshness
  /** What others follow. */
  readonly feed: Feed
  /** What makes this process a local agent; `undefined` for a server. */
  readonly localAgent: LocalAgent | undefined
  readonly cachedReads: CachedReads
  readonly hotReads: HotReads
  readonly stats: RequestStats
  /**
   * Commits what the command decides; the caller then reads its own write.
   * @throws RosterError of the command; `NO_LEADER` when the engine cannot take it in time
   */
  commit<T> (command: Command<T>): Promise<{ readonly result: T, readonly revision: Revision }>
  /** Several servers may stand over the store: others write as well, and this one's view may be behind. */
  readonly shared: boolean
  /** The servers over one store; absent where there is one alone. */
  readonly cluster: Cluster | undefined
  /** Members of the store, where it has some. @throws RosterError `NO_LEADER` */
  storeMembers (): ReturnType<EtcdEngine['members']>
  /**
   * Resolves when everything that was committed anywhere before the call is in the state.
   * @param deadline monotonic, ms
   * @throws RosterError `NO_LEADER` when that could not be learnt in time
   */
  caughtUp (deadline?: number): Promise<void>
  /** What is registered at this process, and what keeps it alive. */
  readonly agent: Agent
  readonly leases: LeaseKeeper
  readonly sessions: SessionKeeper
  readonly events: EventKeeper
  readonly coordinates: CoordinateKeeper
  readonly snapshots: Snapshots
  /** What became of instances lately. */
  readonly history: History
  /** Who calls whom, as the callers say. */
  readonly edges: EdgeStore
  /** Suspects the registry itself when very many fall silent at once. */
  readonly guard: Guard
  /** Kinds of the watch stream beside those that read the state (leases, guard, …). */
  readonly streamKinds: readonly StreamKind[]
  /** Who watches over streams. */
  watchers (): Watchers
  /** The metrics as Prometheus reads them. */
  scrape (): Promise<{ readonly text: string, readonly contentType: string }>
  /** Reads the files anew and puts in force what may change while running. @throws ConfigError; then nothing has changed */
  reload (): Promise<void>
  /** Begins the end of the process, as `leave` does; answers before it comes. */
  leave (): void
}
