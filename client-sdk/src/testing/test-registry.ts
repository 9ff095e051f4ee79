// A registry within the test: no socket, no process, time that the test moves. What clients made by it see is what they would see of a real one, doubts, age and failover included,
// because everything above the line to the registry is the real thing.

import { UnreachableError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'
import { noLag } from '../balance/loop-lag.js'
import { createClient } from '../client.js'
import type { ClientOptions, RosterClient } from '../client.js'
import type { Feed, FeedSink } from '../discovery/feed.js'
import { seededRandom } from './seeded-random.js'
import { virtualClock } from './virtual-clock.js'
import type { VirtualClock } from './virtual-clock.js'

export interface TestRegistryOptions {
  /** The same seed, the same picks and the same order of deliveries. Default 1. */
  readonly seed?: number
  readonly clock?: VirtualClock
  /** Until a client hears of a change, ms, at least and at most. With a difference, changes overtake one another on their way to different clients and services. Default 0 and 0. */
  readonly latencyMs?: readonly [least: number, most: number]
}

/** What a test says of an instance; the rest is filled in. */
export type ScriptedInstance = Partial<Instance> & { readonly id: string }

interface Line {
  readonly service: string
  readonly sink: FeedSink
  readonly client: RosterClientHandle
  /** Newest index that was delivered; what is older has been overtaken. */
  index: number
  /** Lost since the last delivery: what comes then does not go on from it. */
  gap: boolean
}
interface RosterClientHandle { cut: boolean }

export class TestRegistry {
  readonly clock: VirtualClock
  /** The lots of this registry and its clients. */
  readonly random: () => number
  readonly #latency: readonly [number, number]
  readonly #services = new Map<string, Map<string, Instance>>()
  readonly #lines = new Set<Line>()
  readonly #handles = new Map<RosterClient, RosterClientHandle>()
  #index = 1
  #away = false

  constructor ({ seed = 1, clock = virtualClock(), latencyMs = [0, 0] }: TestRegistryOptions = {}) {
    this.clock = clock
    this.random = seededRandom(seed)
    this.#latency = latencyMs
  }

  /** Grows with each change, as `X-Consul-Index` does. */
  get index (): number { return this.#index }

  /** A client that knows this registry alone. It keeps nothing on disk unless told where, and opens sockets only for calls. */
  client (options: Omit<ClientOptions, 'source' | 'dns'> = {}): RosterClient {
    const handle: RosterClientHandle = { cut: false }
    const client = createClient({ cacheDir: false, ...options }, { env: {}, clock: this.clock, random: this.random, lag: noLag, feed: this.#feed(handle) })
    this.#handles.set(client, handle)
    return client
  }

  // === what is registered ===

  /** Registers it, or changes what is said of it. */
  add (service: string, scripted: ScriptedInstance): void {
    const instances = this.#of(service)
    const known = instances.get(scripted.id)
    const fresh: Instance = { id: scripted.id, service, address: '127.0.0.1', port: 1, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 }
    instances.set(scripted.id, { ...known ?? fresh, ...scripted, service })
    this.#changed(service)
  }

  /** All of it at once, in one revision. */
  set (service: string, instances: readonly ScriptedInstance[]): void {
    this.#services.delete(service)
    const all = this.#of(service)
    for (const one of instances) all.set(one.id, { address: '127.0.0.1', port: 1, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1, ...one, service })
    this.#changed(service)
  }

  remove (service: string, id: string): void { if (this.#of(service).delete(id)) this.#changed(service) }

  /** At times of the clock from now, ms: `script([[0, () => …], [500, () => …]])`. */
  script (steps: ReadonlyArray<readonly [atMs: number, act: () => void]>): void { for (const [atMs, act] of steps) this.clock.after(atMs, act) }

  // === what goes wrong ===

  /** Nobody reaches it, or these clients do not. They hear of nothing until `heal`. */
  partition (...clients: readonly RosterClient[]): void {
    if (clients.length === 0) this.#away = true
    for (const client of clients) this.#handle(client).cut = true
    for (const line of this.#lines) if (this.#isCut(line)) this.#lose(line)
  }

  /** Everybody reaches it again, and hears what there is now. */
  heal (): void {
    this.#away = false
    for (const handle of this.#handles.values()) handle.cut = false
    for (const line of this.#lines) if (line.gap) this.#send(line)
  }

  /** It has lost its data: every list is empty, and its index begins again. Whoever is connected is told so; instances come back by `add`. */
  loseMemory (): void {
    this.#services.clear()
    this.#index = 1
    for (const line of this.#lines) {
      if (!line.gap) this.#lose(line)
      if (!this.#isCut(line)) this.#send(line)
    }
  }

  // === the line to the clients ===

  #feed (client: RosterClientHandle): Feed {
    const own = new Set<Line>()
    return {
      // Config entries are not scripted: every service is reached by its own name.
      followChain: (_service, sink) => {
        sink.rows(undefined, this.#index, false)
        return () => {}
      },
      follow: ({ service }, sink) => {
        const line: Line = { service, sink, client, index: 0, gap: true }
        own.add(line)
        this.#lines.add(line)
        if (this.#isCut(line)) sink.lost(away())
        else this.#send(line)
        return () => { own.delete(line); this.#lines.delete(line) }
      },
      close: () => {
        for (const line of own) this.#lines.delete(line)
        return Promise.resolve()
      },
    }
  }

  #changed (service: string): void {
    this.#index++
    for (const line of this.#lines) if (line.service === service && !this.#isCut(line)) this.#send(line)
  }

  #lose (line: Line): void {
    line.gap = true
    line.index = 0
    line.sink.lost(away())
  }

  #send (line: Line): void {
    const index = this.#index
    const rows = [...this.#of(line.service).values()]
    const [least, most] = this.#latency
    const deliver = (): void => {
      if (!this.#lines.has(line) || this.#isCut(line) || index < line.index) return
      const continued = !line.gap
      line.gap = false
      line.index = index
      line.sink.rows(rows, index, continued)
    }
    if (most <= 0) deliver()
    else this.clock.after(least + (most - least) * this.random(), deliver)
  }

  #isCut ({ client }: Line): boolean { return this.#away || client.cut }

  #of (service: string): Map<string, Instance> {
    let instances = this.#services.get(service)
    if (instances === undefined) this.#services.set(service, instances = new Map())
    return instances
  }

  #handle (client: RosterClient): RosterClientHandle {
    const handle = this.#handles.get(client)
    if (handle === undefined) throw new Error('this client was not made by this registry')
    return handle
  }
}

const away = (): UnreachableError => new UnreachableError('the registry of the test is partitioned from this client', { sent: false })

/** @example const registry = createTestRegistry({ seed: 7 }); registry.add('payments', { id: 'a', port }); const roster = registry.client() */
export const createTestRegistry = (options: TestRegistryOptions = {}): TestRegistry => new TestRegistry(options)
