// The table of checks: what is known of the health of nodes and instances. How it is found out is health/'s affair.

import { fold } from './keys.js'
import type { Entry } from './entry.js'

export type CheckStatus = 'passing' | 'warning' | 'critical'

export interface CheckRecord {
  readonly node: string
  readonly checkId: string
  readonly name: string
  /** Usually a CheckStatus; a catalog registration may store any word. */
  readonly status: string
  readonly notes: string
  readonly output: string
  /** '' for a check of the whole node. */
  readonly serviceId: string
  /** Name and tags of the service as of the check's own registration. */
  readonly serviceName: string
  readonly serviceTags: readonly string[]
  readonly type: string
  /** Go duration text, '' when unset. */
  readonly interval: string
  readonly timeout: string
  readonly exposedPort: number
  /** Wire shape, only filled for catalog-registered checks. */
  readonly definition: Readonly<Record<string, unknown>>
}

export type CheckEntry = Entry<CheckRecord>

export class Checks {
  readonly #byNode = new Map<string, Map<string, CheckEntry>>()
  readonly #byService = new Map<string, Map<string, CheckEntry>>()
  /** By node and service id; node-wide checks under ''. The usual instance has one check, for which a map would be a waste. */
  readonly #byInstance = new Map<string, CheckEntry | Map<string, CheckEntry>>()
  readonly #byStatus = new Map<string, Map<string, CheckEntry>>()
  #size = 0

  get size (): number { return this.#size }

  get (node: string, id: string): CheckEntry | undefined { return this.#byNode.get(fold(node))?.get(fold(id)) }

  /** All checks on a node, its instances' included, by id. */
  onNode (node: string): readonly CheckEntry[] { return sorted(this.#byNode.get(fold(node))) }

  /** As `onNode`, in no order: for who only has to see each once. */
  eachOnNode (node: string): Iterable<CheckEntry> { return this.#byNode.get(fold(node))?.values() ?? [] }

  /** Checks of services registered under a name, by node, then check id. */
  ofService (name: string): readonly CheckEntry[] { return sorted(this.#byService.get(fold(name))) }

  /** Checks in a state; `any` for all. */
  inState (status: string): readonly CheckEntry[] {
    if (status !== 'any') return sorted(this.#byStatus.get(status))
    const all = new Map<string, CheckEntry>()
    for (const map of this.#byStatus.values()) for (const [key, entry] of map) all.set(key, entry)
    return sorted(all)
  }

  /** Checks in any state but passing, in no order. */
  * failing (): Iterable<CheckEntry> {
    for (const [status, map] of this.#byStatus) if (status !== 'passing') yield * map.values()
  }

  /** How many checks are in a state. */
  countInState (status: string): number { return this.#byStatus.get(status)?.size ?? 0 }

  /** Node-wide checks, by id. */
  nodeWide (node: string): readonly CheckEntry[] { return this.ofInstance(node, '') }

  /** Checks of one instance, without the node's, by id. */
  ofInstance (node: string, serviceId: string): readonly CheckEntry[] {
    const found = this.#byInstance.get(instanceKey(node, serviceId))
    return found === undefined || found instanceof Map ? sorted(found) : [found]
  }

  /** The fold's side; gives what stood there before. */
  set (node: string, id: string, entry: CheckEntry | undefined): CheckEntry | undefined {
    const nodeKey = fold(node)
    const idKey = fold(id)
    const key = `${nodeKey}\0${idKey}`
    const map = this.#byNode.get(nodeKey)
    const before = map?.get(idKey)
    if (before !== undefined) {
      remove(this.#byService, fold(before.value.serviceName), key)
      this.#removeOfInstance(node, before, key)
      remove(this.#byStatus, before.value.status, key)
      this.#size--
    }
    if (entry === undefined) {
      if (map?.delete(idKey) === true && map.size === 0) this.#byNode.delete(nodeKey)
      return before
    }
    if (map === undefined) this.#byNode.set(nodeKey, new Map([[idKey, entry]]))
    else map.set(idKey, entry)
    if (entry.value.serviceId !== '') add(this.#byService, fold(entry.value.serviceName), key, entry)
    this.#addOfInstance(node, entry, key)
    add(this.#byStatus, entry.value.status, key, entry)
    this.#size++
    return before
  }

  #addOfInstance (node: string, entry: CheckEntry, key: string): void {
    const instance = instanceKey(node, entry.value.serviceId)
    const others = this.#byInstance.get(instance)
    if (others === undefined) this.#byInstance.set(instance, entry)
    else if (others instanceof Map) others.set(key, entry)
    else this.#byInstance.set(instance, new Map([[`${fold(node)}\0${fold(others.value.checkId)}`, others], [key, entry]]))
  }

  #removeOfInstance (node: string, entry: CheckEntry, key: string): void {
    const instance = instanceKey(node, entry.value.serviceId)
    const all = this.#byInstance.get(instance)
    if (all instanceof Map && (!all.delete(key) || all.size > 0)) return
    this.#byInstance.delete(instance)
  }
}

const instanceKey = (node: string, serviceId: string): string => `${fold(node)}\0${fold(serviceId)}`

const NONE: readonly CheckEntry[] = []

function sorted (map: Map<string, CheckEntry> | undefined): readonly CheckEntry[] {
  if (map === undefined) return NONE
  return map.size === 1 ? [...map.values()] : [...map].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry)
}

function add (index: Map<string, Map<string, CheckEntry>>, name: string, key: string, entry: CheckEntry): void {
  const map = index.get(name)
  if (map === undefined) index.set(name, new Map([[key, entry]]))
  else map.set(key, entry)
}

function remove (index: Map<string, Map<string, CheckEntry>>, name: string, key: string): void {
  const map = index.get(name)
  if (map?.delete(key) === true && map.size === 0) index.delete(name)
}
