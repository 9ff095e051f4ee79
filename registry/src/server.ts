// The composition root: settings in, a running server out. Everything is made here, once, and ended here, in the opposite order.

import { createHash, randomUUID } from 'node:crypto'
import { Agent } from './agent/agent.js'
import { memberJson } from './agent/about/members.js'
import { chainKind } from './chain/stream-kind.js'
import { configKind } from './config-entries/stream-kind.js'
import { CoordinateKeeper } from './coordinates/keeper.js'
import { memoryEngine } from './engine/memory.js'
import { VERSION } from './version.js'
import { EngineError } from './engine/engine.js'
import { TombstoneCollector } from './engine/tombstones.js'
import { eventKind } from './events/stream-kind.js'
import { EdgeStore } from './edges/edge-store.js'
import { edgeKind } from './edges/stream-kind.js'
import { EventKeeper } from './events/keeper.js'
import { gatewayInstances } from './gateways/gateway-services.js'
import { Guard } from './health/guard.js'
import { PauseWatch } from './health/pause.js'
import { intentionKind } from './intentions/stream-kind.js'
import { LeaseKeeper } from './leases/keeper.js'
import { guardKind, leaseKind } from './leases/stream-kinds.js'
import { kvKind } from './kv/stream-kind.js'
import { sessionKind } from './sessions/stream-kind.js'
import { beginAutopilot } from './operator/autopilot.js'
import { queryForDns } from './queries/for-dns.js'
import { queryKind } from './queries/stream-kind.js'
import { SessionKeeper } from './sessions/keeper.js'
import { Snapshots } from './snapshot/snapshots.js'
import { topics } from './state/topic-names.js'
import { State } from './state/state.js'
import { httpDoor } from './http/door.js'
import { CachedReads } from './http/cached-reads.js'
import { HotReads } from './http/hot-reads.js'
import { serverKind } from './stream/server-kind.js'
import { streamDoor } from './stream/door.js'
import { WatchHandlers } from './watch-handlers/watch-handlers.js'
import { uuid } from './config/node-id.js'
import { reloaded } from './config/reload.js'
import { dnsDoor } from './dns/door.js'
import { EngineStats, Metrics } from './telemetry/metrics.js'
import { Feed } from './follow/feed.js'
import { alwaysFresh, freshnessOf } from './freshness.js'
import { LocalAgent } from './local-agent/local-agent.js'
import { OwnRows } from './local-agent/own-rows.js'
import { serverUrls } from './local-agent/server-url.js'
import { tlsFiles } from './local-agent/tls-files.js'
import { Upstream } from './local-agent/upstream.js'
import { RequestStats } from './telemetry/request-stats.js'
import { routes } from './http/routes.js'
import { nameCluster } from './connect/cluster-id.js'
import { History } from './catalog/history.js'
import { LockTimes } from './page/lock-times.js'
import { pageKinds } from './page/kinds.js'
import { registerSelf } from './catalog/self.js'
import { errors } from './errors.js'
import { systemClock } from './clock.js'
import type { AddressInfo } from 'node:net'
import type { Clock } from './clock.js'
import type { Command, Engine } from './engine/engine.js'
import type { ServedEngine } from './engine/served.js'
import type { Cluster } from './cluster/cluster.js'
import type { OpenClusterOptions } from './cluster/open.js'
import type { RuntimeConfig } from './config/runtime-config.js'
import type { NameSources } from './dns/lookup.js'
import type { LogHub } from './telemetry/log-hub.js'
import type { Roster } from './roster.js'

export interface ServerOptions {
  readonly config: RuntimeConfig
  readonly hub: LogHub
  /** Reads the settings anew. @throws ConfigError */
  readonly reload?: () => RuntimeConfig
  readonly clock?: Clock
  readonly random?: () => number
}

export interface Server {
  readonly roster: Roster
  /** Where HTTP listens, `host:port` each. */
  readonly httpAddresses: readonly string[]
  /** Where DNS listens, UDP and TCP. */
  readonly dnsAddresses: readonly string[]
  /** Puts the settings of the files in force that may change while running. @throws ConfigError; then nothing has changed */
  reload (): Promise<void>
  /** Says good-bye to the others, where there are any: a local agent's node goes with all that is on it. To be followed by `stop`. */
  leave (): Promise<void>
  /** Resolves when someone asked the agent to leave over the API. */
  readonly left: Promise<void>
  /** Resolves when a local agent has found no server as often as the settings allow: the process is to end with 1. */
  readonly gaveUp: Promise<void>
  /** Stops accepting, finishes what is in flight, flushes, releases everything. Idempotent. */
  stop (): Promise<void>
}

/** ms after the start at which what is rarely needed at once is loaded all the same, so that the first to need it does not wait. */
const WARM_AFTER_MS = 1000

/** ms for requests in flight when the server stops. */
const STOP_GRACE_MS = 2000

/** @throws EngineError of the store; the listener's error when a port is taken */
export async function startServer (options: ServerOptions): Promise<Server> {
  const { config, hub } = options
  const { log } = hub
  const ends: Array<() => Promise<void> | void> = []
  let ending: Promise<void> | undefined
  const stop = (): Promise<void> => ending ??= (async () => { for (const end of ends.toReversed()) await end() })()
  const left = deferred()
  const gaveUp = deferred()
  try {
    // Open to everyone although the settings ask for access control would be the worst of all answers.
    if (config.acl.enabled) throw errors.ACL_NOT_ENFORCED()
    const clock = options.clock ?? systemClock
    // Before anything keeps time, what was passed on is of the past.
    let hear: OpenClusterOptions['onSigns'] = () => {}
    const { engine, cluster, storeMembers } = await openEngine({
      config,
      clock,
      log: log.child('agent'),
      onSigns: signs => hear(signs),
    })
    ends.push(() => engine.close())
    const engineStats = new EngineStats()
    engine.onFlush = (commits, ms, error) => {
      engineStats.flush(commits, ms, error)
      if (error !== undefined) log.child('agent').child('engine').error('Flush failed', { error: String(error) })
    }
    const state = new State()
    // Of several servers one is enough.
    const collected: Pick<Engine, 'commit'> = cluster === undefined ? engine : { commit: async (command, deadline) => cluster.owns('leader', '') ? await engine.commit(command, deadline) : { result: 0 as never, revision: 0 } }
    const tombstones = new TombstoneCollector(clock, collected, { onError: error => log.child('agent').child('engine').error('Old tombstones could not be removed, trying again', { error: String(error) }) })
    ends.push(() => tombstones.stop())
    const shared = config.engine === 'etcd'
    const own = config.server ? undefined : new OwnRows(engine, state)
    if (own !== undefined) await own.open(tombstones)
    else {
      state.started(await engine.open({
        row (row) {
          state.row(row)
          tombstones.row(row)
        },
        event (event) {
          state.event(event)
          tombstones.event(event)
        },
      }))
    }
    // A local agent's view is its servers' to change.
    const commit = async <T>(command: Command<T>): Promise<{ readonly result: T, readonly revision: number }> => {
      if (own !== undefined) throw errors.NO_LEADER()
      return await committing(engine, command)
    }
    const keepsTime = config.server && !config.cluster.readOnly
    // A clock that is passed in is all the time there is: what the machine slept meanwhile is no pause of it.
    const pauses = options.clock === undefined ? new PauseWatch(clock) : new PauseWatch(clock, () => clock.monotonic())
    pauses.start()
    ends.push(() => pauses.stop())
    const guard = new Guard({
      clock,
      limits: config.guard,
      owners: () => (config.server ? state.leases.byId.size : 0) + agent.health.owners,
      onChange: status => {
        const { active, kept, reason } = status
        log.child('agent').child('guard').warn(active ? 'Holding removals back' : 'Removals go on', { kept, reason: active ? reason : undefined })
        state.topics.touch(topics.guard, state.revision)
        state.topics.wake()
      },
    })
    ends.push(() => guard.stop())
    const ownership = cluster === undefined ? {} : { ownership: cluster }
    const leases = new LeaseKeeper({ state, commit, clock, pauses, guard, log: log.child('agent').child('leases'), keepsTime, ...ownership })
    ends.push(() => leases.stop())
    const history = new History({ state, clock })
    ends.push(() => history.stop())
    const lockTimes = new LockTimes(state, clock)
    ends.push(() => lockTimes.stop())
    const edges = new EdgeStore({
      state,
      clock,
      onChange: () => {
        state.topics.touch(topics.edges, state.revision)
        state.topics.wake()
      },
    })
    ends.push(() => edges.stop())
    const sessions = new SessionKeeper({ state, commit, clock, pauses, log: log.child('agent').child('server'), keepsTime, ...ownership })
    ends.push(() => sessions.stop())
    const events = new EventKeeper({ state, node: () => current.config.node.name })
    ends.push(() => events.stop())
    const coordinates = new CoordinateKeeper({ node: config.disableCoordinates || !config.server ? undefined : config.node.name, commit, clock, log: log.child('agent').child('server') })
    ends.push(() => coordinates.stop())
    const random = options.random ?? Math.random
    const current = { config }
    const httpAddresses: string[] = []
    const localAgent: LocalAgent | undefined = own === undefined
      ? undefined
      : new LocalAgent({
        config: () => current.config,
        configure: next => { current.config = roster.config = next },
        state,
        own,
        upstream: new Upstream({ servers: serverUrls(config.join.lan), clock, tls: await tlsFiles(config.tls.https) }),
        clock,
        random,
        log: log.child('agent').child('client'),
        http: () => httpAddresses[0] ?? '',
        shown: check => agent.shown({ value: check }),
        sync: () => agent.sync(),
        giveUp: () => gaveUp.resolve(),
      })
    const agent: Agent = new Agent({
      config: () => current.config,
      state,
      commit: localAgent === undefined ? commit : localAgent.commit,
      clock,
      random,
      pauses,
      guard,
      log: log.child('agent'),
      ...ownership,
      ...(localAgent === undefined ? {} : { repair: localAgent.repair }),
    })
    ends.push(() => agent.stop())
    hear = signs => {
      for (const [kind, id] of signs) {
        if (kind === 'lease') leases.signed(id)
        else if (kind === 'session') sessions.signed(id)
        else if (kind === 'check') agent.signed(id)
      }
    }
    const feed = new Feed({ state, commit, clock, about: () => ({ node: config.node.name, id: config.node.id, datacenter: config.datacenter, version: VERSION, member: memberJson(config, 'lan') }) })
    ends.push(() => feed.stop())
    const roster: Mutable<Roster> = {
      config,
      clock,
      startedAt: clock.now(),
      random,
      log,
      hub,
      state,
      freshness: localAgent?.freshness ?? (shared ? freshnessOf(engine) : alwaysFresh(state)),
      feed,
      localAgent,
      cachedReads: new CachedReads(),
      hotReads: new HotReads(state),
      stats: new RequestStats(),
      commit,
      shared,
      cluster,
      storeMembers: () => inWords(storeMembers),
      caughtUp: deadline => inWords(() => engine.caughtUp(deadline)),
      agent,
      leases,
      sessions,
      events,
      coordinates,
      snapshots: new Snapshots(),
      history,
      edges,
      guard,
      streamKinds: [leaseKind, guardKind, kvKind, sessionKind, queryKind, eventKind, configKind, chainKind, intentionKind, edgeKind(edges), serverKind, ...pageKinds(lockTimes)],
      watchers: () => stream.watchers,
      scrape: () => metrics.scrape(),
      reload: () => reload(),
      leave: () => left.resolve(),
    }
    const watchHandlers = new WatchHandlers({ address: () => httpAddresses[0], env: process.env, log: log.child('agent') })
    const beginWatches = await watchHandlers.prepare(config.watches)
    const reload = async (): Promise<void> => {
      if (options.reload === undefined) return
      const { config: next, waiting } = reloaded(roster.config, options.reload())
      if (waiting.length > 0) agentLog.warn('Some settings take effect with a restart', { settings: waiting.join(', ') })
      agent.judge(next)
      const beginWatches = await watchHandlers.prepare(next.watches)
      hub.setLevel(next.log.level)
      current.config = roster.config = next
      roster.hotReads.clear()
      await agent.reload()
      await beginWatches()
    }
    if (config.server && !config.cluster.readOnly) {
      await roster.commit(nameCluster(config, randomUUID(), clock.now()))
      if (shared) current.config = roster.config = withSharedNode(config, state)
      await roster.commit(registerSelf(current.config))
      await roster.commit(beginAutopilot(config.autopilot))
    } else if (shared && state.cluster !== undefined) current.config = roster.config = withSharedNode(config, state)
    if (!config.cluster.readOnly) await agent.start()
    const agentLog = log.child('agent')
    if (config.server) {
      agentLog.child('server').info('cluster leadership acquired')
      agentLog.child('server').info('New leader elected', { payload: config.node.name })
    }
    const stream = streamDoor(roster)
    const door = httpDoor({
      roster,
      routes,
      host: async app => {
        await stream.host(app)
        const [{ operations }, { pageRoutes }] = await Promise.all([import('./http/operations.js'), import('./http/page.js')])
        operations(app, { metrics, ready: () => ready })
        pageRoutes(app, roster)
      },
    })
    ends.push(() => door.close(STOP_GRACE_MS), () => stream.close())
    const names: NameSources = {
      executeQuery: (query, client) => queryForDns(roster, query, client),
      ingressGateways: service => gatewayInstances(state, 'ingress-gateway', service),
    }
    const dns = config.listen.dns.length === 0 ? undefined : dnsDoor(roster, names)
    let ready = false
    const metrics = new Metrics({ version: VERSION, state, requests: roster.stats, limits: door.limits, engine: engineStats, guard, leases, edges, events, coordinates, snapshots: roster.snapshots, streams: stream.stats, watchers: stream.watchers, log: hub, checks: () => ({ scheduler: agent.health.scheduler.stats, expired: agent.health.expired, watched: agent.health.size }), dns: () => dns })
    ends.push(() => metrics.stop())
    for (const listener of config.listen.http) {
      const at = await door.listen(listener.kind === 'tcp' ? { host: listener.host, port: listener.port } : { path: listener.path })
      const shown = typeof at === 'string' ? at : hostPort(at)
      httpAddresses.push(shown)
      agentLog.info('Starting server', { address: shown, network: listener.kind, protocol: 'http' })
    }
    const dnsAddresses: string[] = []
    if (dns !== undefined) {
      ends.push(() => dns.close())
      for (const { host, port } of config.listen.dns) {
        const at = await dns.listen(host, port)
        dnsAddresses.push(`${at.host}:${at.port}`)
        for (const network of ['tcp', 'udp']) agentLog.info('Started DNS server', { address: `${at.host}:${at.port}`, network })
      }
    }
    if (cluster !== undefined) {
      ends.push(() => cluster.stop())
      await cluster.join(peerAddress(config, httpAddresses[0]))
    }
    ready = true
    if (localAgent !== undefined) {
      localAgent.start()
      ends.push(() => localAgent.stop())
    }
    ends.push(() => watchHandlers.stop())
    await beginWatches()
    ends.push(clock.after(WARM_AFTER_MS, () => { door.warm().catch(error => log.error('Fastify could not be loaded', { error: String(error) })) }))
    ends.push(() => { ready = false })
    return { roster, httpAddresses, dnsAddresses, stop, reload, left: left.promise, gaveUp: gaveUp.promise, leave: async () => { await localAgent?.leave() } }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The one place where the composed object changes: its settings, by a reload. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const hostPort = ({ address, port }: AddressInfo): string => `${address.includes(':') ? `[${address}]` : address}:${port}`

function deferred (): { readonly promise: Promise<void>, readonly resolve: () => void } {
  let resolve!: () => void
  return { promise: new Promise<void>(_resolve => { resolve = _resolve }), resolve }
}

/** Where other servers reach this one: as the settings say, else where HTTP listens, with an address that means something elsewhere. */
function peerAddress ({ cluster, addresses }: RuntimeConfig, http = ''): string {
  if (cluster.advertiseHttp !== '') return cluster.advertiseHttp
  return `http://${http.replace(/^(0\.0\.0\.0|\[::\])(?=:)/, addresses.advertise)}`
}

/** Servers over one store are one node: its ID follows from the cluster's name, so that they all have the same. */
function withSharedNode (config: RuntimeConfig, state: State): RuntimeConfig {
  const id = uuid(createHash('sha256').update(`${state.cluster!.value.id} ${config.node.name}`).digest().subarray(0, 16))
  return { ...config, node: { ...config.node, id } }
}

/** Memory without a data directory to keep, else the durable one, which is loaded only when it is needed. */
async function openEngine (options: OpenClusterOptions): Promise<{ readonly engine: ServedEngine, readonly cluster?: Cluster, readonly storeMembers: Roster['storeMembers'] }> {
  const { config } = options
  if (config.engine === 'etcd') {
    const { openCluster } = await import('./cluster/open.js')
    const { engine, cluster } = openCluster(options)
    return { engine, cluster, storeMembers: () => engine.members() }
  }
  const storeMembers = async (): Promise<[]> => []
  if (config.engine === 'memory') return { engine: memoryEngine(), storeMembers }
  const [{ embeddedEngine }, { codec, SCHEMA }] = await Promise.all([import('./engine/embedded.js'), import('./state/codec.js')])
  return { engine: embeddedEngine(config.dataDir!, codec, { schema: SCHEMA, madeBy: VERSION }), storeMembers }
}

const committing = <T>(engine: Engine, command: Command<T>): Promise<{ readonly result: T, readonly revision: number }> => inWords(() => engine.commit(command))

/** The engine's failures in the words of the doors. */
async function inWords<T> (ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof EngineError && error.code === 'READ_ONLY') throw errors.READ_ONLY(error.message)
    if (error instanceof EngineError) throw errors.NO_LEADER()
    throw error
  }
}
