// The targets of a chain that is being compiled: each exists once, however many nodes lead to it.

import { DEFAULT, targetId, targetSni, type Target, type TargetPlace } from './chain.js'

/** Where something leads; what is not said is as it was. */
export interface Destination {
  readonly service?: string
  readonly subset?: string
  readonly namespace?: string
  readonly partition?: string
  readonly datacenter?: string
  readonly peer?: string
}

export class Targets {
  readonly #all = new Map<string, Target>()
  readonly #kept = new Set<string>()

  constructor (readonly datacenter: string, readonly trustDomain: string) {}

  /** The target of a place; what is not said is the chain's own. */
  at ({ service = '', subset = '', namespace, partition, datacenter, peer = '' }: Destination): Target {
    // Instances of a peer are kept by the caller's side, so the datacenter and the partition are not the peer's.
    const place: TargetPlace = peer === ''
      ? { service, subset, namespace: namespace || DEFAULT, partition: partition || DEFAULT, datacenter: datacenter || this.datacenter, peer }
      : { service, subset, namespace: namespace || DEFAULT, partition: DEFAULT, datacenter: '', peer }
    const id = targetId(place)
    let target = this.#all.get(id)
    if (target === undefined) {
      const sni = peer === '' ? targetSni(place, this.trustDomain) : ''
      target = { ...place, id, sni, name: sni, external: false, meshGateway: '', dialedDirectly: false, filter: '', onlyPassing: false, connectTimeoutNs: 0 }
      this.#all.set(id, target)
    }
    return target
  }

  /** Another place, seen from a target. Of another service the subset is not kept. */
  from (target: Target, to: Destination): Target {
    const sameService = (to.service ?? '') === '' || to.service === target.service
    return this.at({
      service: to.service || target.service,
      subset: to.subset || (sameService ? target.subset : ''),
      namespace: (to.peer ?? '') === '' ? to.namespace || target.namespace : to.namespace ?? '',
      partition: to.partition || target.partition,
      datacenter: to.datacenter || target.datacenter,
      peer: to.peer ?? '',
    })
  }

  /** The target is part of the chain, not a step on the way. */
  keep (target: Target): void { this.#kept.add(target.id) }

  kept (): Map<string, Target> { return new Map([...this.#all].filter(([id]) => this.#kept.has(id))) }
}
