// A local agent's life with its servers: it follows one of them, tells it who it is and what is registered here, hands on what it cannot answer itself, and
// goes on with its last view when there is none to be reached.
//
//   apart     => attached    a server answers: its view is taken over, the lease of the node begins
//   attached  => apart       the connection ends, or nothing is heard for SILENT_BEATS; the next server is tried at once, and all again after a pause
//   attached                 every event is folded; a third of the lease's TTL brings a report, as does what is registered here
//   any       => left        good-bye: the servers forget the node with all that is on it

import { setImmediate as nextTurn } from 'node:timers/promises'
import { errors, RosterError } from '../errors.js'
import { resettle } from '../agent/central-config.js'
import { command } from '../catalog/rows.js'
import { isLoopback } from '../config/build/ip.js'
import { keys } from '../state/keys.js'
import { Mirror, MirrorError } from '../follow/mirror.js'
import { Forwarder } from './forward.js'
import { identityJson, reports } from './registrations.js'
import { lines } from './lines.js'
import { retryMs } from './retry.js'
import { serverUrl, ServerUrlError, shownUrl } from './server-url.js'
import { Unsaid } from './own-rows.js'
import { UnreachableError } from './upstream.js'
import { whereOf } from './where.js'
import type { Divergence, SyncReport } from '../agent/full-sync.js'
import type { Json } from '../catalog/wire.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { Command, Event } from '../engine/engine.js'
import type { Hello } from '../follow/wire.js'
import type { Freshness } from '../freshness.js'
import type { Handler, Request } from '../http/route.js'
import type { AgentCheckRecord, AgentServiceRecord } from '../state/agent.js'
import type { CheckRecord } from '../state/checks.js'
import type { ConfigEntryRecord } from '../state/config-entries.js'
import type { State } from '../state/state.js'
import type { Logger } from '../telemetry/log.js'
import type { OwnRows } from './own-rows.js'
import type { Upstream } from './upstream.js'

/** Signs of life that may be missed before the view counts as old, and before the connection is given up. */
const LATE_BEATS = 2.5
const SILENT_BEATS = 4
/** ms without a line while a view is on its way. */
const SILENCE_MS = 10_000
/** ms that whoever registers something waits until it is in the catalog and in the view; it is kept here in any case. */
const SAID_MS = 1000
/** ms between looks at whether the server still speaks. */
const LOOK_MS = 250
/** Share of the lease's TTL after which it is renewed. */
const RENEW_SHARE = 1 / 3
/** ms after which a report that failed is tried again, while the server is attached. */
const REPORT_RETRY_MS = 1000

export interface LocalAgentOptions {
  readonly config: () => RuntimeConfig
  /** Puts in force what was learnt of the node's address. */
  readonly configure: (config: RuntimeConfig) => void
  readonly state: State
  readonly own: OwnRows
  readonly upstream: Upstream
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  /** Where this agent answers HTTP, `host:port`; '' before it does. */
  readonly http: () => string
  /** The check as it is shown, with its newest output. */
  readonly shown: (check: AgentCheckRecord) => CheckRecord
  /** Compares the whole of what is registered here with the view. */
  readonly sync: () => Promise<void>
  /** No server could be joined as often as the settings allow. */
  readonly giveUp: () => void
}

export class LocalAgent {
  readonly #options: LocalAgentOptions
  readonly #mirror: Mirror
  readonly #forwarder: Forwarder
  readonly #silence: () => void
  /** What the servers have yet to hear of. */
  #unsaid = new Unsaid()
  /** Resolves when what was unsaid when it began is said, or cannot be now. */
  #saying: Promise<void> | undefined
  #attached = false
  /** Monotonic, ms; when the server last spoke, or the agent began. */
  #heardAt: number
  #connection: AbortController | undefined
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  #cancelReport: CancelTimer | undefined
  /** Why the servers do not take this agent's reports; said once each. */
  #refusal = ''
  #stopped = false
  /** For metrics. */
  readonly stats = { joins: 0, losses: 0, reports: 0, reportsFailed: 0 }

  constructor (options: LocalAgentOptions) {
    this.#options = options
    this.#mirror = new Mirror(options.state)
    this.#forwarder = new Forwarder(options.upstream, () => this.#attached)
    this.#heardAt = options.clock.monotonic()
    this.#silence = options.state.afterEvent(event => this.#follow(event))
  }

  get attached (): boolean { return this.#attached }

  /** The server whose view this is, as it said when it last answered. */
  get server (): Hello['server'] | undefined { return this.#mirror.hello?.server }

  get forwarded (): Forwarder['stats'] { return this.#forwarder.stats }

  readonly freshness: Freshness = {
    hasView: () => this.#mirror.hasView,
    ageMs: () => {
      const quietMs = this.#options.clock.monotonic() - this.#heardAt
      return this.#attached && quietMs < this.#beatMs * LATE_BEATS ? 0 : Math.max(1, quietMs)
    },
    knownLeader: () => this.#attached && this.freshness.ageMs() === 0,
    // What this view does not have yet its server will tell soon; which server is newest is the server's to know.
    newest: async () => {
      if (!this.freshness.knownLeader()) throw errors.NO_LEADER()
      const { status, text } = await this.#ask('GET', '/v1/local-agent/head').catch(() => ({ status: 500, text: '' }))
      const { Revision } = status === 200 ? JSON.parse(text) as { Revision: number } : { Revision: NaN }
      if (!Number.isSafeInteger(Revision)) throw errors.NO_LEADER()
      return Revision
    },
  }

  /** How a request of the API is answered that this agent does not answer from its own; `undefined` when it does. */
  handlerFor (request: Pick<Request, 'method' | 'path' | 'query'>): Handler | undefined {
    // Who lives the server knows better, as long as it can be asked.
    if (this.#attached && request.method === 'GET' && request.path === '/v1/agent/members') return this.#forwarder.handler
    if (whereOf({ method: request.method, path: request.path, consistent: request.query.has('consistent') }) === 'server') return this.#forwarder.handler
    return !this.#mirror.hasView && !request.path.startsWith('/v1/agent/') && !request.path.startsWith('/v1/local-agent/') ? () => { throw errors.NO_SERVERS() } : undefined
  }

  /** Keeps what is registered, and tells the server: what is registered here is there too when it resolves, as long as a server is in reach. */
  readonly commit = async <T>(decide: Command<T>): Promise<{ readonly result: T, readonly revision: number }> => {
    const { result, unsaid } = await this.#options.own.commit(decide)
    if (unsaid.size > 0) await this.#say(unsaid)
    return { result, revision: this.#options.state.revision }
  }

  /** What the catalog was found to say otherwise is told again; nobody else's rows are there to stay. */
  readonly repair = async (found: readonly Divergence[]): Promise<SyncReport> => {
    if (!this.#attached) throw errors.NO_LEADER()
    const { own, state, config } = this.#options
    const unsaid = new Unsaid()
    for (const { row, id } of found) (row === 'service' ? unsaid.services : unsaid.checks).add(id)
    const node = config().node.name
    const overridden = found.filter(({ row, foreign }) => row === 'service' && !foreign).map(({ id }) => id)
    if (overridden.length > 0) {
      await own.commit(command(draft => {
        for (const id of overridden) {
          const key = keys.agentService(id)
          const record = draft.get<AgentServiceRecord>(key)
          const shown = state.services.get(node, id)?.value
          if (record?.service.enableTagOverride === true && shown !== undefined) draft.put(key, { ...record, service: { ...record.service, tags: shown.tags } })
        }
      }))
    }
    await this.#say(unsaid, true)
    const named = (foreign: boolean): string[] => found.filter(one => one.foreign === foreign).map(({ row, id }) => `${row} ${id}`)
    return { repaired: named(false), removed: named(true) }
  }

  start (): void { this.#running = this.#run() }

  /**
   * Joins a server: from now on it is the first to be asked.
   * @throws RosterError 500 with the reason; then nothing has changed
   */
  async join (target: string): Promise<void> {
    let server: URL
    try {
      server = serverUrl(target)
    } catch (error) {
      if (error instanceof ServerUrlError) throw errors.JOIN_FAILED(`join ${error.message}`)
      throw error
    }
    const refused = await this.#refusalOf(server)
    if (refused !== undefined) throw errors.JOIN_FAILED(`join ${shownUrl(server)}: ${refused}`)
    const { upstream, log } = this.#options
    const before = upstream.current
    upstream.add(server)
    log.info('Joined', { server: shownUrl(server) })
    if (!this.#attached || before?.href !== server.href) {
      this.#connection?.abort()
      this.#wake?.()
    }
  }

  /** Says good-bye, so that the servers forget the node. Never fails: whoever goes does not wait for long. */
  async leave (): Promise<void> {
    const { log } = this.#options
    this.#stopped = true
    this.#cancelReport?.()
    await this.#saying
    try {
      const { status, text } = await this.#report({ Leave: true })
      if (status !== 200) log.warn('The server did not take the good-bye', { error: text })
    } catch (error) {
      log.warn('No server heard the good-bye; the node turns critical when its lease lapses', { error: String(error) })
    }
    await this.stop()
  }

  /** Idempotent. Nothing is told any more when it resolves; what is registered here is still kept. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelReport?.()
    this.#silence()
    this.#connection?.abort()
    this.#wake?.()
    await this.#running
    await this.#saying
    await this.#options.upstream.close()
  }

  // === following ===

  get #beatMs (): number { return this.#mirror.hello?.beatMs ?? SILENCE_MS }

  async #run (): Promise<void> {
    const { upstream, log, config, clock, random, giveUp } = this.#options
    /** Since a server was last attached. */
    let failures = 0
    while (!this.#stopped) {
      const server = upstream.current
      let error: unknown
      if (server !== undefined) {
        const joins = this.stats.joins
        error = await this.#attach(server).then(() => undefined, (reason: unknown) => reason)
        if (this.#stopped) return
        if (this.stats.joins > joins) failures = 0
      }
      const { retryMax, retryIntervalMs } = config().join
      if (server !== undefined) {
        failures++
        const message = error instanceof Error ? error.message : 'the connection has ended'
        log.warn(failures === 1 && this.stats.joins > 0 ? 'Lost the server, going on with what is known' : 'Join cluster failed, will retry', { server: shownUrl(server), error: message })
        if (retryMax > 0 && this.stats.joins === 0 && failures >= retryMax * upstream.servers.length) {
          log.error('max join retry exhausted, exiting')
          giveUp()
          return
        }
      }
      const all = upstream.next()
      // Another server is tried at once.
      if (server !== undefined && !all) continue
      await this.#pause(server === undefined ? retryIntervalMs : retryMs(failures, { intervalMs: retryIntervalMs, exact: retryMax > 0, random, joined: this.stats.joins > 0 }), clock)
    }
  }

  /** Ends early when there is something to be tried. */
  #pause (ms: number, clock: Clock): Promise<void> {
    return new Promise(resolve => {
      const end = (): void => {
        cancel()
        this.#wake = undefined
        resolve()
      }
      const cancel = clock.after(ms, end)
      this.#wake = end
    })
  }

  /** Follows a server until it cannot be followed any more. @throws the reason */
  async #attach (server: URL): Promise<void> {
    const { upstream, clock } = this.#options
    const connection = this.#connection = new AbortController()
    this.#mirror.begin()
    let heardAt = clock.monotonic()
    let look = (): void => {}
    const watch = (): void => {
      look = clock.after(LOOK_MS, () => {
        const patienceMs = this.#attached ? this.#beatMs * SILENT_BEATS : SILENCE_MS
        if (clock.monotonic() - heardAt > patienceMs) connection.abort(new Error('nothing was heard of it any more'))
        else watch()
      })
    }
    watch()
    try {
      const response = await upstream.ask({ method: 'GET', path: this.#viewPath(), headers: this.#ownHeaders(), silenceMs: 0, signal: connection.signal }, server)
      if (response.statusCode !== 200) throw new Error(await wholeText(response))
      for await (const line of lines(response)) {
        heardAt = clock.monotonic()
        const kind = this.#mirror.take(line)
        if (this.#attached || kind === 'view') this.#heardAt = heardAt
        if (kind === 'hello') this.#judge(server)
        else if (kind === 'view') this.#attachedTo(server)
        else if (kind === 'rows') await nextTurn()
      }
    } catch (error) {
      throw connection.signal.reason instanceof Error && connection.signal.reason.name !== 'AbortError' ? connection.signal.reason : error
    } finally {
      look()
      connection.abort()
      this.#detach()
    }
  }

  #viewPath (): string {
    const { datacenter, node } = this.#options.config()
    const query = new URLSearchParams({ id: node.id, node: node.name, dc: datacenter })
    const { since } = this.#mirror
    if (since !== undefined) {
      query.set('since', String(since.revision))
      query.set('history', since.history)
    }
    return `/v1/local-agent/view?${query}`
  }

  #ownHeaders (): Record<string, string> {
    const { tokens } = this.#options.config().acl
    const token = tokens.agent !== '' ? tokens.agent : tokens.default
    return token === '' ? {} : { 'x-consul-token': token }
  }

  /** What a server says of itself. @throws MirrorError for one that is not to be followed */
  #judge (server: URL): void {
    const { server: about, beatMs } = this.#mirror.hello!
    const { datacenter } = this.#options.config()
    if (about.datacenter !== datacenter) throw new MirrorError(errors.WRONG_DATACENTER(about.node, about.datacenter, datacenter).message)
    if (!(beatMs > 0)) throw new MirrorError(`${shownUrl(server)} gives no signs of life`)
  }

  #attachedTo (server: URL): void {
    const { log, state } = this.#options
    this.#attached = true
    this.stats.joins++
    log.info('Following', { server: shownUrl(server), node: this.server!.node, index: state.base + state.revision })
    this.#learnAddress()
    this.#cancelReport?.()
    void this.#renew(true)
  }

  #detach (): void {
    if (!this.#attached) return
    this.#attached = false
    this.stats.losses++
    this.#cancelReport?.()
  }

  /** Where nobody said what the node's address is, it is the one that the server sees. */
  #learnAddress (): void {
    const { config, configure, upstream, log } = this.#options
    const now = config()
    const address = upstream.localAddress?.replace(/^::ffff:/, '')
    if (!now.localAgent.learnAddress || address === undefined || address === now.addresses.advertise || isLoopback(address)) return
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    const tagged = { lan: address, [`lan_${family}`]: address, wan: address, [`wan_${family}`]: address }
    configure({ ...now, addresses: { ...now.addresses, advertise: address, advertiseWan: address, tagged } })
    log.info('The node is known by the address from which it reaches its server', { address })
  }

  // === telling ===

  /** A sign of life, and again after a third of the TTL. The first one on a connection is followed by a look at everything. */
  async #renew (first: boolean): Promise<void> {
    const { config, clock, log, sync } = this.#options
    const again = (ms: number, fully: boolean): void => {
      this.#cancelReport?.()
      this.#cancelReport = this.#stopped || !this.#attached ? undefined : clock.after(ms, () => { void this.#renew(fully) })
    }
    try {
      const { status, text } = await this.#report({})
      if (status !== 200) {
        this.#refused(text)
        again(config().localAgent.leaseTtlMs * RENEW_SHARE, true)
        return
      }
      this.#refusal = ''
      const { Known, Index } = JSON.parse(text) as { Known: boolean, Index: number }
      again(config().localAgent.leaseTtlMs * RENEW_SHARE, false)
      if (!first && Known) return
      await this.#reach(Index)
      await sync()
    } catch (error) {
      if (this.#stopped) return
      log.debug('The server could not be told that this agent lives', { error: String(error) })
      again(REPORT_RETRY_MS, true)
    }
  }

  /** Tells the server, now or as soon as what is being told is said. Resolves after SAID_MS at the latest, unless it is to be waited for. */
  async #say (unsaid: Unsaid, toTheEnd = false): Promise<void> {
    if (!this.#attached || this.#stopped) return // the look at everything that follows a join finds it
    this.#unsaid.add(unsaid)
    // What is being said now may have been read before this was written.
    const said = (this.#saying ?? Promise.resolve()).then(() => this.#saying ??= this.#sayAll().finally(() => { this.#saying = undefined }))
    if (toTheEnd) {
      await said
      return
    }
    await new Promise<void>(resolve => {
      const cancel = this.#options.clock.after(SAID_MS, resolve)
      void said.then(() => {
        cancel()
        resolve()
      })
    })
  }

  /** Never rejects. */
  async #sayAll (): Promise<void> {
    const { state, config, shown, log } = this.#options
    while (this.#unsaid.size > 0 && this.#attached && !this.#stopped) {
      const unsaid = this.#unsaid
      this.#unsaid = new Unsaid()
      const check = (id: string): CheckRecord | undefined => {
        const entry = state.agent.checks.get(id)
        return entry === undefined ? undefined : shown(entry.value)
      }
      try {
        let index = 0
        for (const report of reports(unsaid, { state, node: config().node.name, check })) {
          const { status, text } = await this.#report(report)
          if (status === 200) index = (JSON.parse(text) as { Index: number }).Index
          else this.#refused(text)
        }
        await this.#reach(index)
      } catch (error) {
        // The next look at everything finds what was not said.
        log.debug('The server could not be told what is registered here', { error: String(error) })
        this.#unsaid = new Unsaid()
        return
      }
    }
  }

  async #reach (index: number): Promise<void> {
    const { state, clock } = this.#options
    await state.reach(index - state.base, SAID_MS, clock)
  }

  async #report (more: Json): Promise<{ readonly status: number, readonly text: string }> {
    const { config, http } = this.#options
    const identity = identityJson(config(), http())
    this.stats.reports++
    try {
      return await this.#ask('PUT', '/v1/local-agent/report', { ...identity, ...more })
    } catch (error) {
      this.stats.reportsFailed++
      throw error
    }
  }

  #ask (method: string, path: string, body?: object): Promise<{ readonly status: number, readonly text: string }> {
    const { upstream } = this.#options
    return upstream.text({ method, path, headers: { 'content-type': 'application/json', ...this.#ownHeaders() }, ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }) })
  }

  #refused (text: string): void {
    if (text === this.#refusal) return
    this.#refusal = text
    this.#options.log.error('The server does not take this agent', { error: text })
  }

  /** Why a server cannot be joined; `undefined` when it can. */
  async #refusalOf (server: URL): Promise<string | undefined> {
    const { upstream, config } = this.#options
    const { datacenter, node } = config()
    const query = new URLSearchParams({ id: node.id, node: node.name, dc: datacenter })
    try {
      const { status, text } = await upstream.text({ method: 'GET', path: `/v1/local-agent/head?${query}`, headers: this.#ownHeaders(), silenceMs: 3000 }, server)
      if (status === 200) return undefined
      return status === 404 ? 'what answers there is no server of Roster' : text
    } catch (error) {
      if (error instanceof UnreachableError) return error.message
      throw error
    }
  }

  // === what is registered here, as config entries have it ===

  #follow ({ rows }: Event): void {
    const node = keys.node(this.#options.config().node.name)
    // Somebody took the node away: it comes back at once, with all that is registered here.
    if (this.#attached && !this.#stopped && rows.some(({ key, value }) => key === node && value === undefined)) {
      this.#cancelReport?.()
      this.#cancelReport = this.#options.clock.after(0, () => { void this.#renew(true) })
    }
    const changed = rows.filter(({ key }) => key.startsWith(keys.configEntries))
    if (changed.length === 0 || this.#options.state.agent.services.size === 0) return
    const entries = changed.map(({ value, gone }) => value as ConfigEntryRecord | undefined ?? (gone as { configEntry: Pick<ConfigEntryRecord, 'kind' | 'name'> }).configEntry)
    this.commit(command(draft => { for (const { kind, name } of entries) resettle(draft, kind, name) })).catch((error: unknown) => {
      if (!(error instanceof RosterError)) this.#options.log.error('Config entries could not be applied to what is registered here', { error: String(error) })
    })
  }
}

/** A refusal's text. */
async function wholeText (response: AsyncIterable<unknown> & { readonly statusCode?: number }): Promise<string> {
  let text = ''
  for await (const part of response) text += String(part)
  return text.trim() === '' || response.statusCode === 404 ? `what answers there is no server of Roster (${response.statusCode ?? 0})` : text.trim()
}
