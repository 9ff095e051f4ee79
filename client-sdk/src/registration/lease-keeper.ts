// One lease for all that this process offers: one heartbeat, one id, whatever happens to the registry.

import { randomUUID } from 'node:crypto'
import type { RosterApi } from '../api/index.js'
import type { Clock } from '../clock.js'
import { Heartbeat } from './heartbeat.js'
import { answerMs, outputOf } from './keeper.js'
import type { Keeper, Kept } from './keeper.js'

export interface LeaseKeeperParts {
  readonly api: { readonly lease: Pick<RosterApi['lease'], 'put' | 'renew' | 'status' | 'delete'> }
  readonly clock: Clock
  readonly random: () => number
  readonly node: string
  /** Finds the address of an instance that has none yet. */
  readonly locate: (instance: Kept) => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

/** The whole set is told again after this, ms: what somebody took out of the catalog by mistake comes back. An identical set changes nothing there. */
const REPEAT_MS = 60_000

export class LeaseKeeper implements Keeper {
  readonly id = randomUUID()
  readonly #parts: LeaseKeeperParts
  readonly #kept = new Set<Kept>()
  readonly #heart: Heartbeat
  /** What the registry was told last of each instance: the word, if it has the instance. */
  readonly #told = new Map<Kept, string>()
  #putAt = -Infinity
  #granted = false

  constructor (parts: LeaseKeeperParts) {
    this.#parts = parts
    this.#heart = new Heartbeat({ clock: parts.clock, random: parts.random, ttlMs: () => this.#ttlMs, beat: () => this.#beat(), onTrouble: parts.onTrouble })
  }

  async add (instance: Kept): Promise<void> {
    this.#kept.add(instance)
    try { await this.#now(async () => { await this.#put() }) } catch (error) {
      this.#kept.delete(instance)
      throw error
    }
  }

  say (instances: readonly Kept[]): Promise<number | undefined> {
    return this.#now(async () => {
      const known = instances.filter(one => one.registered)
      // Whoever was not ready has not been registered; whoever is now, is.
      let index = instances.some(one => !one.registered && isShown(one)) ? await this.#put() : undefined
      if (known.length > 0) index = await this.#say(known) ?? index
      return index
    })
  }

  remove (instance: Kept): Promise<void> {
    this.#kept.delete(instance)
    return this.#now(async () => {
      if (!instance.registered) return
      if ([...this.#kept].some(one => one.registered)) await this.#put()
      else {
        await this.#parts.api.lease.delete(this.id, { timeoutMs: this.#answerMs })
        this.#granted = false
      }
      instance.registered = false
      this.#told.delete(instance)
    })
  }

  /** The registry has the lease, as far as is known. */
  get granted (): boolean { return this.#granted }

  stop (): void { this.#heart.stop() }

  /** The shortest that any of them wishes: a lease has one. */
  get #ttlMs (): number { return Math.min(...[...this.#kept].map(one => one.spec.ttlMs), 24 * 60 * 60 * 1000) }
  get #answerMs (): number { return answerMs(this.#ttlMs) }

  async #now<T> (operation: () => Promise<T>): Promise<T> {
    try {
      const value = await this.#heart.run(operation)
      if (this.#kept.size > 0) this.#heart.begin()
      return value
    } catch (error) {
      if (this.#kept.size > 0) this.#heart.begin(true)
      throw error
    }
  }

  async #beat (): Promise<void> {
    const { api, clock } = this.#parts
    if (![...this.#kept].some(one => one.registered || isShown(one))) return
    const missing = [...this.#kept].some(one => !one.registered && isShown(one))
    if (!this.#granted || missing || clock.monotonic() - this.#putAt >= REPEAT_MS) await this.#put()
    else if ((await api.lease.renew(this.id, { timeoutMs: this.#answerMs })).value === undefined) {
      this.#granted = false
      this.#told.clear()
      for (const one of this.#kept) one.registered = false
      await this.#put()
    }
    const unsaid = [...this.#kept].filter(one => one.registered && this.#told.get(one) !== textOf(one))
    if (unsaid.length > 0) await this.#say(unsaid)
  }

  /** Registers all that may be shown, with what the registry has already. Those that leave or are not ready are not registered anew: for a moment they would look well. */
  async #put (): Promise<number | undefined> {
    const { api, clock, node, locate } = this.#parts
    const shown = [...this.#kept].filter(one => one.registered || isShown(one))
    if (shown.length === 0) return undefined
    for (const one of shown) if (one.address === undefined) await locate(one)
    const { value } = await api.lease.put({
      ID: this.id,
      TTL: `${Math.round(this.#ttlMs)}ms`,
      DeregisterAfter: `${Math.round(Math.max(...shown.map(one => one.spec.deregisterAfterMs)))}ms`,
      Node: node,
      Services: shown.map(({ spec, address }) => ({ ...spec.body, ...address !== undefined && { Address: address } })),
    }, { timeoutMs: this.#answerMs })
    this.#granted = true
    this.#putAt = clock.monotonic()
    for (const one of shown) {
      if (!one.registered) this.#told.set(one, '')
      one.registered = true
    }
    const unsaid = shown.filter(one => this.#told.get(one) !== textOf(one))
    return unsaid.length > 0 ? await this.#say(unsaid) : value.Index
  }

  /** Several with the same word are one request. */
  async #say (instances: readonly Kept[]): Promise<number | undefined> {
    let index: number | undefined
    for (const text of new Set(instances.map(textOf))) {
      const group = instances.filter(one => textOf(one) === text)
      const { word } = group[0]!
      const { value } = await this.#parts.api.lease.status(this.id, { Status: word.status, Output: outputOf(word), ServiceIDs: group.map(one => one.spec.id) }, { timeoutMs: this.#answerMs })
      for (const one of group) this.#told.set(one, text)
      index = value.Index
    }
    return index
  }
}

/** May be seen in the registry from the first moment on. */
const isShown = ({ word }: Kept): boolean => word.status !== 'not-ready' && word.status !== 'draining'
/** Empty: what a lease says of an instance that has said nothing. */
const textOf = ({ word: { status, output } }: Kept): string => status === 'passing' && output === '' ? '' : `${status}\n${output}`
