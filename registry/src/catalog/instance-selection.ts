// Which instances a reader of health gets, as a list of steps that each leave some out: health answers go through them, and explain.ts tells of them one by one.
// Sorting by nearness and the filter expression follow behind; they are the same for every list.

import { connectInstances } from '../gateways/connect-instances.js'
import { gatewayInstances } from '../gateways/gateway-services.js'
import { hasMeta, hasTags, instanceOf, worst } from './select.js'
import type { Instance, NodeMeta } from './select.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'

/** What was asked for. */
export interface InstanceQuestion {
  /** Instances of a name, proxies that stand for it, or gateways that let it in. */
  readonly which: 'service' | 'connect' | 'ingress'
  readonly name: string
  /** Instances imported from there; '' for our own. */
  readonly peer: string
  readonly tags: readonly string[]
  readonly meta: NodeMeta
  readonly passing: boolean
}

export interface SelectionStep {
  readonly name: string
  /** Whether the question has this step at all. */
  readonly asked: (question: InstanceQuestion) => boolean
  readonly keeps: (instance: Instance, question: InstanceQuestion) => boolean
  /** Whoever is left out is replaced by the last in the list, which is the order that Consul's clients get. */
  readonly swaps?: boolean
}

/** In the order in which they are done. */
export const SELECTION: readonly SelectionStep[] = [
  { name: 'tag', asked: ({ which, tags }) => which === 'service' && tags.length > 0, keeps: ({ service }, { tags }) => hasTags(service, tags) },
  { name: 'node-meta', asked: ({ meta }) => meta.size > 0, keeps: ({ node }, { meta }) => hasMeta(node, meta) },
  { name: 'passing', asked: ({ passing }) => passing, keeps: ({ checks }) => worst(checks) === 'passing', swaps: true },
]

const REGISTERED: Readonly<Record<InstanceQuestion['which'], (state: State, name: string) => readonly ServiceEntry[]>> = {
  service: (state, name) => state.services.named(name),
  connect: connectInstances,
  ingress: (state, name) => gatewayInstances(state, 'ingress-gateway', name),
}

/** Everybody who is registered so, by node, then id. */
export function candidates (state: State, { which, name, peer }: InstanceQuestion): Instance[] {
  const list = peer !== '' ? [] : REGISTERED[which](state, name)
  const found: Instance[] = []
  for (const service of list) {
    const instance = instanceOf(state, service)
    if (instance !== undefined) found.push(instance)
  }
  return found
}

/** One step over a list, in place. @param onDrop told of each that is left out */
export function narrow (list: Instance[], step: SelectionStep, question: InstanceQuestion, onDrop?: (instance: Instance) => void): void {
  let kept = 0
  for (let i = 0; i < list.length; i++) {
    const instance = list[i]!
    if (step.keeps(instance, question)) {
      list[kept++] = instance
      continue
    }
    onDrop?.(instance)
    if (step.swaps !== true) continue
    const last = list.pop()!
    if (i < list.length) list[i--] = last
  }
  list.length = kept
}

/** The instances that are left. */
export function selectInstances (state: State, question: InstanceQuestion): readonly Instance[] {
  const list = candidates(state, question)
  for (const step of SELECTION) if (step.asked(question)) narrow(list, step, question)
  return list
}
