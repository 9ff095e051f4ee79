// All services in short, with what stands before them in the mesh.

import { instanceJson } from '../catalog/wire.js'
import { instanceOf } from '../catalog/select.js'
import { topicsOfRows, gatewayRows } from '../gateways/gateway-services.js'
import { Summaries, summaryJson } from './summary.js'
import { topics } from '../state/topic-names.js'
import type { Json } from '../catalog/wire.js'
import type { State } from '../state/state.js'

/** Every change of an instance, a node or a check is one of the list. */
export const serviceListTopics = (state: State): readonly string[] => [topics.services, topics.nodes, topics.checks, ...topicsOfRows(state)]

/** @param keeps of instances as health answers show them */
export function serviceList (state: State, keeps: ((instance: Json) => boolean) | undefined): Json[] {
  const summaries = new Summaries()
  for (const { value: { name } } of state.nodes.list()) {
    for (const service of state.services.onNode(name)) {
      const instance = instanceOf(state, service)
      if (instance !== undefined && (keeps === undefined || keeps(instanceJson(instance)))) summaries.add(instance)
    }
  }
  const withGateway = new Set<string>()
  for (const { gateway, service } of gatewayRows(state)) {
    const of = summaries.get(gateway)
    if (of === undefined) continue
    of.associated++
    withGateway.add(service)
  }
  return summaries.sorted().map(of => ({ ...summaryJson(of), ConnectedWithProxy: of.hasProxy, ConnectedWithGateway: withGateway.has(of.name) && of.instances > 0 }))
}
