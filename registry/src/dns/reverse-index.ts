// Which node or service has an address: for reverse names. Filled at the first question and kept by the state's events from then on,
// so that a question costs one look-up, whatever the size of the catalog.

import { parseIp, toHex } from './ip-address.js'
import type { Event } from '../engine/engine.js'
import type { IpBytes } from './ip-address.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'

/** What has an address. */
export type Owner = { readonly node: string } | { readonly service: string }

/** Those with the same address, by a key whose order is the order of preference. */
interface Holders {
  readonly byKey: Map<string, Owner>
  /** The smallest key; `undefined` when it has to be looked for. */
  best: string | undefined
}

export class ReverseIndex {
  readonly #state: State
  readonly #holders = new Map<string, Holders>()
  /** Where each row was put, so that it is found again when it changes. */
  readonly #addresses = new Map<string, string>()
  #unsubscribe: (() => void) | undefined

  constructor (state: State) { this.#state = state }

  /** The first by node name, then by service id; a node's own address goes before any service's. */
  find (address: IpBytes): Owner | undefined {
    if (this.#unsubscribe === undefined) this.#fill()
    const holders = this.#holders.get(toHex(address))
    if (holders === undefined) return undefined
    if (holders.best === undefined) for (const key of holders.byKey.keys()) if (holders.best === undefined || key < holders.best) holders.best = key
    return holders.byKey.get(holders.best!)
  }

  close (): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
    this.#holders.clear()
    this.#addresses.clear()
  }

  #fill (): void {
    const { nodes, services } = this.#state
    for (const { value: node } of nodes.list()) {
      this.#put(nodeKey(node.name), node.address, { node: node.name })
      for (const { value: service } of services.onNode(node.name)) this.#put(serviceKey(node.name, service.id), service.address, { service: service.name })
    }
    this.#unsubscribe = this.#state.afterEvent(event => this.#follow(event))
  }

  #follow (event: Event): void {
    for (const { key, value, gone } of event.rows) {
      const [table, , part] = key.split('/')
      if (table !== 'node') continue
      if (part === undefined) {
        const name = (value as NodeRecord | undefined)?.name ?? (gone as { node: string }).node
        this.#put(nodeKey(name), (value as NodeRecord | undefined)?.address ?? '', { node: name })
      } else if (part === 'service') {
        const record = value as ServiceRecord | undefined ?? (gone as { service: ServiceRecord }).service
        this.#put(serviceKey(record.node, record.id), value === undefined ? '' : record.address, { service: record.name })
      }
    }
  }

  /** '' and names are no addresses: the row goes. */
  #put (key: string, address: string, owner: Owner): void {
    const old = this.#addresses.get(key)
    if (old !== undefined) this.#take(key, old)
    const ip = parseIp(address)
    if (ip === undefined) return
    const hex = toHex(ip)
    const holders = this.#holders.get(hex)
    if (holders === undefined) this.#holders.set(hex, { byKey: new Map([[key, owner]]), best: key })
    else {
      holders.byKey.set(key, owner)
      if (holders.best !== undefined && key < holders.best) holders.best = key
    }
    this.#addresses.set(key, hex)
  }

  #take (key: string, hex: string): void {
    this.#addresses.delete(key)
    const holders = this.#holders.get(hex)!
    holders.byKey.delete(key)
    if (holders.byKey.size === 0) this.#holders.delete(hex)
    else if (holders.best === key) holders.best = undefined
  }
}

const nodeKey = (node: string): string => `n\0${node.toLowerCase()}`
const serviceKey = (node: string, id: string): string => `s\0${node.toLowerCase()}\0${id.toLowerCase()}`
