// This server among others over one etcd: its record, which lives as long as it renews one lease of etcd; the others' records; and signs of life that are
// given at one server and kept time of by another. They go straight from server to server, many in one request, and through etcd, a few times a second at
// most, where a server cannot be reached. No wall clock comes into it.

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { ownerOf } from './ownership.js'
import type { CancelTimer, Clock } from '../clock.js'
import type { Presence } from '../engine/etcd/presence.js'
import type { Logger } from '../telemetry/log.js'
import type { Kind, Ownership } from './ownership.js'

/** What a server says of itself under `s/<id>`. */
export interface ServerRecord {
  readonly id: string
  readonly version: string
  /** `http://host:port` for other servers. */
  readonly http: string
  /** Wall clock, ms: for people to read. */
  readonly startedAt: number
  readonly readOnly: boolean
}

/** A sign of life. */
export type Sign = readonly [kind: Kind, id: string]

export interface ClusterOptions {
  readonly presence: Presence
  readonly self: Omit<ServerRecord, 'http'>
  readonly clock: Clock
  /** The view is known to be whole: an owner that has lost touch must not act on what it no longer sees. */
  readonly isCurrent: () => boolean
  /** Signs that were given at another server. */
  readonly onSigns: (signs: readonly Sign[]) => void
  readonly log: Logger
}

/** How long a server's lease lives without renewal, s: the time until others take over. More: a busy server keeps its work; less: a dead one's is taken sooner. */
const LEASE_SECONDS = 5
/** Signs wait so long for others to share the request, ms. */
const FLUSH_MS = 50
/** A peer that has not answered by then is reached through etcd. */
const PEER_TIMEOUT_MS = 1000
/** How often signs go through etcd at most, ms. */
const DETOUR_MS = 300
/** Signs that may wait for one server; the oldest are dropped beyond it: their owners renew again soon. */
const MOST_WAITING = 50_000

export const SECRET_HEADER = 'x-roster-secret'

export class Cluster implements Ownership {
  readonly #options: ClusterOptions
  readonly #servers = new Map<string, ServerRecord>()
  /** Ids of those that keep time, in order. */
  #keepers: readonly string[] = []
  readonly #listeners = new Set<(owned: Ownership['owns']) => void>()
  readonly #outbox = new Map<string, Map<string, Sign>>()
  readonly #detour = new Map<string, Sign>()
  #secret: Buffer | undefined
  #flushing: CancelTimer | undefined
  #detouring: CancelTimer | undefined
  #sent = 0
  #stopped = false
  readonly shared = true
  /** For metrics. */
  readonly stats = { signsSent: 0, signsHeard: 0, detours: 0, changes: 0 }

  constructor (options: ClusterOptions) { this.#options = options }

  get self (): string { return this.#options.self.id }

  /** Live servers, by id. */
  get servers (): readonly ServerRecord[] { return [...this.#servers.values()].sort((a, b) => a.id < b.id ? -1 : 1) }

  isLive (server: string): boolean { return this.#servers.has(server) }

  owns (kind: Kind, id: string): boolean { return this.#options.isCurrent() && ownerOf(this.#keepers, kind, id) === this.self }

  ownerOf (kind: Kind, id: string): ServerRecord | undefined {
    const owner = ownerOf(this.#keepers, kind, id)
    return owner === undefined ? undefined : this.#servers.get(owner)
  }

  onChange (listener: (owned: Ownership['owns']) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  // === what etcd tells ===

  /** A key beside the rows has changed. */
  note (name: string, value: Buffer | undefined): void {
    if (name.startsWith('s/')) this.#server(name.slice(2), value)
    else if (name === 'secret') this.#secret = value
    else if (name.startsWith('x/') && value !== undefined && name !== `x/${this.self}`) this.heard((JSON.parse(value.toString()) as { readonly signs: readonly Sign[] }).signs)
  }

  #server (id: string, value: Buffer | undefined): void {
    if (value === undefined) {
      this.#servers.delete(id)
      if (id !== this.self) this.#options.log.warn('A server is gone, its work is taken over', { server: id })
    } else this.#servers.set(id, JSON.parse(value.toString()) as ServerRecord)
    const keepers = [...this.#servers.values()].filter(({ readOnly }) => !readOnly).map(server => server.id).sort()
    if (keepers.join() === this.#keepers.join()) return
    const before = this.#keepers
    this.#keepers = keepers
    this.stats.changes++
    for (const listener of this.#listeners) listener((kind, id) => ownerOf(before, kind, id) === this.self)
  }

  /** @param http where others reach this server */
  async join (http: string): Promise<void> {
    const { presence, self } = this.#options
    await presence.ensure('secret', randomBytes(24).toString('hex'))
    await presence.begin(`s/${self.id}`, JSON.stringify({ ...self, http } satisfies ServerRecord), LEASE_SECONDS)
  }

  // === signs of life ===

  isPeer (secret: string | undefined): boolean {
    const given = Buffer.from(secret ?? '')
    return this.#secret !== undefined && given.length === this.#secret.length && timingSafeEqual(given, this.#secret)
  }

  /** From another server. */
  heard (signs: readonly Sign[]): void {
    this.stats.signsHeard += signs.length
    this.#options.onSigns(signs)
  }

  signed (kind: Kind, id: string): void {
    const owner = ownerOf(this.#keepers, kind, id)
    if (owner === undefined || owner === this.self || this.#stopped) return
    let box = this.#outbox.get(owner)
    if (box === undefined) this.#outbox.set(owner, box = new Map())
    const key = `${kind}\0${id}`
    box.delete(key) // to the end: what is dropped is the oldest
    box.set(key, [kind, id])
    if (box.size > MOST_WAITING) box.delete(box.keys().next().value!)
    this.#flushing ??= this.#options.clock.after(FLUSH_MS, () => {
      this.#flushing = undefined
      for (const [server, signs] of this.#outbox) void this.#send(server, [...signs.values()])
      this.#outbox.clear()
    })
  }

  async #send (server: string, signs: readonly Sign[]): Promise<void> {
    this.stats.signsSent += signs.length
    try {
      const peer = this.#servers.get(server)
      if (peer === undefined) throw new Error('gone')
      const answer = await fetch(`${peer.http}/v1/cluster/signs`, { method: 'PUT', headers: { [SECRET_HEADER]: this.#secret?.toString() ?? '' }, body: JSON.stringify({ signs }), signal: AbortSignal.timeout(PEER_TIMEOUT_MS) })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`status ${answer.status}`)
    } catch {
      for (const [kind, id] of signs) this.#detour.set(`${kind}\0${id}`, [kind, id])
      while (this.#detour.size > MOST_WAITING) this.#detour.delete(this.#detour.keys().next().value!)
      this.#detouring ??= this.#options.clock.after(DETOUR_MS, () => { void this.#byEtcd() })
    }
  }

  async #byEtcd (): Promise<void> {
    const signs = [...this.#detour.values()]
    this.#detour.clear()
    this.#detouring = undefined
    this.stats.detours++
    try {
      for (let from = 0; from < signs.length; from += 5000) await this.#options.presence.put(`x/${this.self}`, JSON.stringify({ n: ++this.#sent, signs: signs.slice(from, from + 5000) }))
    } catch (error) {
      // Whoever is cut off from etcd and from its peers can tell nobody; those who renewed will do so again.
      this.#options.log.warn('Signs of life could not be passed on', { signs: signs.length, error: String(error) })
    }
  }

  /** Leaves: others take over at once. Idempotent. */
  async stop (): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#flushing?.()
    this.#detouring?.()
    await this.#options.presence.end()
  }
}
