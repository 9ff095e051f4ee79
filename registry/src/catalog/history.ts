// What became of instances lately: who came, went and changed its health, kept in memory alone. A view that follows the state, like any other; after a restart
// it begins anew.

import { fold, partOf } from '../state/keys.js'
import { instanceOf, worst } from './select.js'
import type { Health } from './select.js'
import type { Clock } from '../clock.js'
import type { Event } from '../engine/engine.js'
import type { CheckRecord } from '../state/checks.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'

/** In JSON's shape. `From` is '' for an instance that came, `To` for one that went. */
export interface StatusChange {
  readonly Time: string
  readonly Index: number
  readonly From: Health | ''
  readonly To: Health | ''
  /** The check that made the difference, where one did, and the beginning of what it said. */
  readonly CheckID?: string
  readonly Output?: string
}

export interface InstanceHistory {
  readonly Node: string
  readonly ServiceID: string
  /** Oldest first. */
  readonly Changes: readonly StatusChange[]
}

/** A change with whose it was. */
export interface LatestChange extends StatusChange {
  /** Counts up. */
  readonly number: number
  readonly Node: string
  readonly Service: string
  readonly ServiceID: string
}

/** Changes of all instances that are remembered in the order in which they came. */
const LATEST = 100

export interface HistoryOptions {
  readonly state: State
  readonly clock: Clock
  /** Changes kept of each instance; older ones are forgotten. Default 20. */
  readonly perInstance?: number
  /** Changes kept of all together; beyond it the instances that changed longest ago are forgotten. Default 50,000, about 15 MiB. */
  readonly inAll?: number
}

/** Longest piece of a check's output that is kept, characters. */
const OUTPUT_LENGTH = 256

/** A StatusChange as it is kept: it becomes text when somebody asks. */
interface Change {
  readonly at: number
  readonly index: number
  readonly from: Health | ''
  readonly to: Health | ''
  readonly checkId: string | undefined
  readonly output: string
}

interface Kept { readonly node: string, readonly id: string, readonly service: string, readonly changes: Change[] }

/** An instance that an event concerns, and what of it the event says. */
interface Touched {
  readonly node: string
  readonly id: string
  /** Its own row is part of the event: `came` when it was not there before. */
  service?: { readonly came: boolean, readonly name: string }
  readonly checks: CheckRecord[]
}

export class History {
  readonly #state: State
  readonly #clock: Clock
  readonly #perInstance: number
  readonly #inAll: number
  /** By node and id; the one that changed longest ago first. */
  readonly #kept = new Map<string, Kept>()
  readonly #byService = new Map<string, Set<string>>()
  /** Health as of the last event, of those that do not pass: most do, and they cost nothing here. */
  readonly #failing = new Map<string, Exclude<Health, 'passing'>>()
  readonly #silence: () => void
  #size = 0
  readonly #latest: Array<{ readonly change: Change, readonly number: number, readonly node: string, readonly service: string, readonly id: string }> = []
  #number = 0

  constructor ({ state, clock, perInstance = 20, inAll = 50_000 }: HistoryOptions) {
    this.#state = state
    this.#clock = clock
    this.#perInstance = perInstance
    this.#inAll = inAll
    for (const { value } of state.checks.failing()) this.#note(value)
    this.#silence = state.afterEvent(event => this.#follow(event))
  }

  /** Changes that are kept. */
  get size (): number { return this.#size }

  /** Instances of a service that changed lately, by node, then id; those that are gone as well. */
  of (service: string): readonly InstanceHistory[] {
    const keys = [...this.#byService.get(fold(service)) ?? []].sort()
    return keys.map(key => this.#kept.get(key)!).map(({ node, id, changes }) => ({ Node: node, ServiceID: id, Changes: changes.map(told) }))
  }

  /** The last changes of all instances, oldest first. */
  latest (): readonly LatestChange[] {
    return this.#latest.map(({ change, number, node, service, id }) => ({ number, Node: node, Service: service, ServiceID: id, ...told(change) }))
  }

  stop (): void { this.#silence() }

  /** A check that fails, as found at the start. */
  #note ({ node, serviceId }: CheckRecord): void {
    const ids = serviceId === '' ? this.#state.services.onNode(node).map(({ value }) => value.id) : [serviceId]
    for (const id of ids) this.#setHealth(keyOf(node, id), this.#healthOf(node, id))
  }

  #healthOf (node: string, id: string): Health | '' {
    const service = this.#state.services.get(node, id)
    const instance = service && instanceOf(this.#state, service)
    return instance === undefined ? '' : worst(instance.checks)
  }

  #setHealth (key: string, health: Health | ''): void {
    if (health === '' || health === 'passing') this.#failing.delete(key)
    else this.#failing.set(key, health)
  }

  #follow (event: Event): void {
    for (const [key, touched] of this.#touchedBy(event)) {
      const { node, id, service, checks } = touched
      const before = service?.came === true ? '' : this.#failing.get(key) ?? 'passing'
      const after = this.#healthOf(node, id)
      const name = service?.name ?? this.#state.services.get(node, id)?.value.name
      if (name === undefined || before === after) continue
      this.#setHealth(key, after)
      const cause = checks.find(({ status }) => healthOf(status) === after) ?? checks[0]
      this.#add(key, { node, id, service: name, changes: [] }, {
        at: this.#clock.now(),
        index: this.#state.base + event.revision,
        from: before,
        to: after,
        checkId: after === '' ? undefined : cause?.checkId,
        output: after === '' ? '' : beginning(cause?.output ?? ''),
      })
    }
  }

  #touchedBy (event: Event): Map<string, Touched> {
    const found = new Map<string, Touched>()
    const touch = (node: string, id: string): Touched => {
      const key = keyOf(node, id)
      const touched = found.get(key) ?? { node, id, checks: [] }
      found.set(key, touched)
      return touched
    }
    for (const row of event.rows) {
      const part = partOf(row.key)
      if (part === 'service') {
        const { node, id, name } = row.value as ServiceRecord | undefined ?? (row.gone as { service: ServiceRecord }).service
        touch(node, id).service = { came: row.value !== undefined && row.created === event.revision, name }
      } else if (part === 'check') {
        const check = row.value as CheckRecord | undefined
        const { node, serviceId } = check ?? (row.gone as { check: CheckRecord }).check
        const ids = serviceId === '' ? this.#state.services.onNode(node).map(({ value }) => value.id) : [serviceId]
        for (const id of ids) {
          const { checks } = touch(node, id)
          if (check !== undefined) checks.push(check)
        }
      }
    }
    return found
  }

  #add (key: string, fresh: Kept, change: Change): void {
    const kept = this.#kept.get(key)
    // An id may come back as another service; its history is then that of the new one.
    const same = kept !== undefined && fold(kept.service) === fold(fresh.service)
    if (kept !== undefined && !same) this.#forget(key)
    const entry = same ? kept : fresh
    this.#kept.delete(key)
    this.#kept.set(key, entry)
    const service = fold(entry.service)
    const names = this.#byService.get(service) ?? new Set()
    this.#byService.set(service, names.add(key))
    entry.changes.push(change)
    this.#latest.push({ change, number: ++this.#number, node: entry.node, service: entry.service, id: entry.id })
    if (this.#latest.length > LATEST) this.#latest.shift()
    this.#size++
    if (entry.changes.length > this.#perInstance) {
      entry.changes.shift()
      this.#size--
    }
    while (this.#size > this.#inAll && this.#kept.size > 1) this.#forget(this.#kept.keys().next().value!)
  }

  #forget (key: string): void {
    const { service, changes } = this.#kept.get(key)!
    this.#kept.delete(key)
    this.#size -= changes.length
    const names = this.#byService.get(fold(service))
    if (names?.delete(key) === true && names.size === 0) this.#byService.delete(fold(service))
  }
}

const told = ({ at, index, from, to, checkId, output }: Change): StatusChange => ({
  Time: new Date(at).toISOString(),
  Index: index,
  From: from,
  To: to,
  ...checkId === undefined ? {} : { CheckID: checkId, Output: output },
})

/** A slice would keep the whole text alive, so what is kept of a longer one is a copy. */
const beginning = (output: string): string => output.length <= OUTPUT_LENGTH ? output : Buffer.from(output.slice(0, OUTPUT_LENGTH), 'utf16le').toString('utf16le')

const keyOf = (node: string, id: string): string => `${fold(node)}\0${fold(id)}`

const healthOf = (status: string): Health => status === 'passing' || status === 'warning' ? status : 'critical'
