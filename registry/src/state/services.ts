// The table of instances (services on nodes), with the indexes that readers need: by node, by service name, by connect target.

import { fold } from './keys.js'
import type { Entry } from './entry.js'
import type { Locality } from './nodes.js'

export interface ServiceAddress { readonly address: string, readonly port: number }
export interface ServicePort { readonly name: string, readonly port: number, readonly default: boolean }

export interface ServiceRecord {
  /** Node's name as registered. */
  readonly node: string
  /** '' for an ordinary service, else connect-proxy, mesh-gateway, terminating-gateway, ingress-gateway, api-gateway. */
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
  /** '' means: the node's address. */
  readonly address: string
  readonly taggedAddresses: Readonly<Record<string, ServiceAddress>> | null
  readonly meta: Readonly<Record<string, string>> | null
  readonly port: number
  readonly ports: readonly ServicePort[] | null
  readonly socketPath: string
  readonly weights: { readonly passing: number, readonly warning: number }
  readonly enableTagOverride: boolean
  /** Consul's own wire shape (proxies and gateways), kept as given once defaults are filled in; `null` when there is none. */
  readonly proxy: Readonly<Record<string, unknown>> | null
  /** `native`, or what else was given in Connect, in wire shape. */
  readonly connect: Readonly<Record<string, unknown>> | null
  readonly locality: Locality | null
}

export type ServiceEntry = Entry<ServiceRecord>

/** The service that a proxy stands for, '' when it is none. */
export function proxyTarget (record: ServiceRecord): string {
  const target = record.kind === 'connect-proxy' ? record.proxy?.['DestinationServiceName'] : undefined
  return typeof target === 'string' ? target : ''
}

export const isConnectNative = (record: ServiceRecord): boolean => record.connect?.['Native'] === true

/** Names for which the connect endpoint answers this instance. */
export function connectNames (record: ServiceRecord): readonly string[] {
  const target = proxyTarget(record)
  if (target !== '') return [fold(target)]
  return isConnectNative(record) ? [fold(record.name)] : []
}

/** Entries under several names, each list in the order (node, id) that answers have. */
class Index {
  readonly #lists = new Map<string, Map<string, ServiceEntry>>()
  readonly #sorted = new Map<string, readonly ServiceEntry[]>()

  set (name: string, key: string, entry: ServiceEntry | undefined): void {
    this.#sorted.delete(name)
    const list = this.#lists.get(name)
    if (entry !== undefined) {
      if (list === undefined) this.#lists.set(name, new Map([[key, entry]]))
      else list.set(key, entry)
    } else if (list?.delete(key) === true && list.size === 0) this.#lists.delete(name)
  }

  get (name: string): readonly ServiceEntry[] {
    let sorted = this.#sorted.get(name)
    if (sorted === undefined) {
      const list = this.#lists.get(name)
      if (list === undefined) return []
      this.#sorted.set(name, sorted = [...list].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry))
    }
    return sorted
  }

  names (): Iterable<string> { return this.#lists.keys() }
  count (name: string): number { return this.#lists.get(name)?.size ?? 0 }
}

export class Services {
  readonly #byNode = new Map<string, Map<string, ServiceEntry>>()
  readonly #byName = new Index()
  readonly #byConnect = new Index()
  readonly #byKind = new Index()
  #size = 0

  /** Instances in all. */
  get size (): number { return this.#size }

  get (node: string, id: string): ServiceEntry | undefined { return this.#byNode.get(fold(node))?.get(fold(id)) }

  /** Instances on a node, by id. */
  onNode (node: string): readonly ServiceEntry[] {
    const map = this.#byNode.get(fold(node))
    return map === undefined ? [] : [...map].sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry)
  }

  /** Instances on a node, in no order: for who only has to see each once. */
  eachOnNode (node: string): Iterable<ServiceEntry> { return this.#byNode.get(fold(node))?.values() ?? [] }

  /** Folded names of the services that have instances on a node, each once. */
  namesOnNode (node: string): ReadonlySet<string> {
    const names = new Set<string>()
    for (const entry of this.#byNode.get(fold(node))?.values() ?? []) names.add(fold(entry.value.name))
    return names
  }

  /** Instances of a service (any letter case), by node, then id. */
  named (name: string): readonly ServiceEntry[] { return this.#byName.get(fold(name)) }

  /** Proxies for, and native instances of, a service. */
  connect (name: string): readonly ServiceEntry[] { return this.#byConnect.get(fold(name)) }

  ofKind (kind: string): readonly ServiceEntry[] { return this.#byKind.get(kind) }

  /** Folded names of all services. */
  names (): Iterable<string> { return this.#byName.names() }

  count (name: string): number { return this.#byName.count(fold(name)) }

  /** The fold's side; gives what stood there before. */
  set (node: string, id: string, entry: ServiceEntry | undefined): ServiceEntry | undefined {
    const nodeKey = fold(node)
    const idKey = fold(id)
    let map = this.#byNode.get(nodeKey)
    const before = map?.get(idKey)
    const key = `${nodeKey}\0${idKey}`
    if (before !== undefined) {
      this.#byName.set(fold(before.value.name), key, undefined)
      for (const name of connectNames(before.value)) this.#byConnect.set(name, key, undefined)
      if (before.value.kind !== '') this.#byKind.set(before.value.kind, key, undefined)
      this.#size--
    }
    if (entry === undefined) {
      if (map?.delete(idKey) === true && map.size === 0) this.#byNode.delete(nodeKey)
      return before
    }
    if (map === undefined) this.#byNode.set(nodeKey, map = new Map())
    map.set(idKey, entry)
    this.#byName.set(fold(entry.value.name), key, entry)
    for (const name of connectNames(entry.value)) this.#byConnect.set(name, key, entry)
    if (entry.value.kind !== '') this.#byKind.set(entry.value.kind, key, entry)
    this.#size++
    return before
  }
}
