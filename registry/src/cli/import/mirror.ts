// Mirroring the instances of another registry while both run: two held requests there say that something has changed, one here; then all is compared and what
// differs is written, on one lease a node. A lease is renewed only while the other side answers, so that neither the mirror's end (kill -9 included) nor the
// other's silence leaves a health frozen: one TTL later everything mirrored is critical with "mirror stopped". What is shown is ../../import/mirror-plan.ts.

import { nextIndex } from '@roster/client/api'
import { each } from '../../import/each.js'
import { isDeepStrictEqual } from 'node:util'
import { leasePrefix, newWords, planMirror, STOPPED } from '../../import/mirror-plan.js'
import type { Answer, HealthEntry, RosterApi } from '@roster/client/api'
import type { MirroredNode } from '../../import/mirror-plan.js'

export interface MirrorOptions {
  /** Only read from. */
  readonly source: RosterApi
  readonly target: RosterApi
  /** Of the source; names the leases. */
  readonly datacenter: string
  readonly ttlMs: number
  /** How long instances stay critical after the mirror's end, before they go, ms. */
  readonly deregisterAfterMs: number
  /** A round that has written something. */
  readonly onRound: (nodes: number, instances: number) => void
  /** Something failed; it is tried again. Said once an outage. */
  readonly onFailure: (error: Error) => void
  readonly signal: AbortSignal
}

/** Requests at the same time. */
const WIDTH = 16
/** Between two rounds, ms: changes that come together are one round. */
const PAUSE_MS = 250
/** After a failure, ms. */
const RETRY_MS = 1000

/** Ends when the signal is aborted; the leases are left to lapse, so that a mirror that starts again within their TTL leaves no trace. Never rejects. */
export const mirror = (options: MirrorOptions): Promise<void> => new Mirror(options).run()

class Mirror {
  /** What the target was told, by lease. */
  readonly #told = new Map<string, MirroredNode>()
  #theirs: readonly HealthEntry[] = []
  /** Something has changed there; here or there. */
  #stale = true
  #dirty = true
  #wake: () => void = () => {}
  #failing = false

  constructor (private readonly options: MirrorOptions) {}

  async run (): Promise<void> {
    const { source, target, signal } = this.options
    const wake = (): void => this.#wake()
    signal.addEventListener('abort', wake)
    try {
      await Promise.all([
        this.#watch((index, waitMs) => source.catalog.services({ index, waitMs, signal }), true),
        this.#watch((index, waitMs) => source.health.state('any', { index, waitMs, signal }), true),
        this.#watch((index, waitMs) => target.health.state('any', { index, waitMs, signal }), false),
        this.#rounds(),
      ])
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }

  /** A third of the TTL: two signs of life may fail before it is over. */
  get #beatMs (): number { return this.options.ttlMs / 3 }

  async #watch (ask: (index: number, waitMs: number) => Promise<Answer<unknown>>, theirs: boolean): Promise<void> {
    const { signal } = this.options
    let index = 0
    while (!signal.aborted) {
      try {
        const { meta } = await ask(index, Math.ceil(this.#beatMs))
        const next = nextIndex(index, meta.index)
        if (next === index) continue
        index = next
        this.#dirty = true
        if (theirs) this.#stale = true
        this.#wake()
      } catch {
        // The rounds ask the same servers and say what is wrong.
        await this.#sleep(RETRY_MS)
      }
    }
  }

  async #rounds (): Promise<void> {
    const { signal, onFailure } = this.options
    let known = false
    while (!signal.aborted) {
      try {
        if (!known) await this.#recall()
        known = true
        await this.#round()
        this.#failing = false
        if (!this.#dirty) await this.#sleep(this.#beatMs)
        await this.#sleep(PAUSE_MS, false)
      } catch (error) {
        if (signal.aborted) return
        // What was done of the round is not known: look at everything again.
        this.#stale = this.#dirty = true
        if (!this.#failing) onFailure(error as Error)
        this.#failing = true
        await this.#sleep(RETRY_MS)
      }
    }
  }

  /** Leases of a mirror before this one: those whose node is gone meanwhile are to be ended. */
  async #recall (): Promise<void> {
    const { target, datacenter, signal } = this.options
    const prefix = leasePrefix(datacenter)
    for (const { ID, Node } of (await target.lease.list({ signal })).value) {
      if (ID.startsWith(prefix) && !this.#told.has(ID)) this.#told.set(ID, { id: ID, node: Node, address: '', instances: new Map() })
    }
  }

  async #round (): Promise<void> {
    const { source, signal } = this.options
    if (this.#stale) {
      this.#stale = false
      this.#dirty = true
      this.#theirs = await this.#instancesThere()
    } else await source.status.leader({ signal }) // is it there at all?
    if (this.#dirty) {
      this.#dirty = false
      await this.#compare()
    }
    await each([...this.#told.values()], WIDTH, async node => {
      const { value } = await this.options.target.lease.renew(node.id, { signal })
      // Gone here (a restore, an operator): granted again by the next round.
      if (value === undefined) this.#forget(node.id)
    })
  }

  #forget (id: string): void {
    this.#told.delete(id)
    this.#dirty = true
  }

  async #instancesThere (): Promise<readonly HealthEntry[]> {
    const { source, signal } = this.options
    const names = Object.keys((await source.catalog.services({ signal })).value)
    const found: HealthEntry[] = []
    await each(names, WIDTH, async name => { found.push(...(await source.health.service(name, { signal })).value) })
    return found
  }

  async #compare (): Promise<void> {
    const { target, datacenter, signal, onRound } = this.options
    const ours = new Map<string, Answer<Awaited<ReturnType<RosterApi['catalog']['service']>>['value']>['value']>()
    await each(new Set(this.#theirs.map(entry => entry.Service.Service)), WIDTH, async name => { ours.set(name, (await target.catalog.service(name, { signal })).value) })
    const wanted = planMirror(datacenter, this.#theirs, [...ours.values()].flat())
    const ids = new Set(wanted.map(node => node.id))
    let changes = 0
    await each([...this.#told.keys()].filter(id => !ids.has(id)), WIDTH, async id => {
      await target.lease.delete(id, { signal })
      this.#told.delete(id)
      changes++
    })
    await each(wanted, WIDTH, async node => { if (await this.#show(node)) changes++ })
    if (changes > 0) onRound(wanted.length, wanted.reduce((sum, node) => sum + node.instances.size, 0))
  }

  /** Brings one lease to what it should be. @returns whether there was anything to do */
  async #show (node: MirroredNode): Promise<boolean> {
    const { target, ttlMs, deregisterAfterMs, signal } = this.options
    const before = this.#told.get(node.id)
    const bodies = [...node.instances.values()].map(instance => instance.body)
    const granted = before !== undefined && isDeepStrictEqual([...before.instances.values()].map(instance => instance.body), bodies)
    if (!granted) {
      // Critical until the next call says more: an instance is never shown healthier than it is.
      await target.lease.put({ ID: node.id, TTL: `${ttlMs}ms`, DeregisterAfter: `${deregisterAfterMs}ms`, Node: node.node, Address: node.address, Status: 'critical', LapseOutput: STOPPED, Services: bodies }, { signal })
    }
    const words = newWords(before, node)
    for (const word of words) await target.lease.status(node.id, word, { signal })
    this.#told.set(node.id, node)
    return !granted || words.length > 0
  }

  /** Until the time is over, someone wakes it (unless it is not to be woken) or the end. */
  #sleep (ms: number, wakes = true): Promise<void> {
    const { signal } = this.options
    if (signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        if (wakes) this.#wake = () => {}
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
      if (wakes) this.#wake = end
    })
  }
}
