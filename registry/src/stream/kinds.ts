// The list of kinds. A new one is an entry here; its data is a table of the state.

import { RosterError } from '../errors.js'
import { compileFilter } from '../catalog/filter/filter.js'
import { schemas } from '../catalog/filter/schemas.js'
import { hasMeta, hasTags, instanceOf, nodeMeta, worst } from '../catalog/select.js'
import { checkJson, instanceJson, nodeJson, nodeServiceJson, withReportedPort } from '../catalog/wire.js'
import { connectHealthTopics, connectInstances } from '../gateways/connect-instances.js'
import { topics } from '../state/topic-names.js'
import { switchParam, textParam, textParams } from './protocol.js'
import type { Instance } from '../catalog/select.js'
import type { Json } from '../catalog/wire.js'
import type { Params } from './protocol.js'
import type { Roster } from '../roster.js'
import type { StreamKind, StreamRow } from './kind.js'

const everything = (): boolean => true

/** A filter parameter, compiled; a text when it is refused. */
function filterOf (params: Params, schema: keyof typeof schemas): ((record: Json) => boolean) | string {
  const text = textParam(params, 'filter')
  if (text === '') return everything
  try {
    return compileFilter(text, schemas[schema])
  } catch (error) {
    if (error instanceof RosterError) return error.message
    throw error
  }
}

const instanceKey = ({ node, service }: Instance): string => `${node.value.name}/${service.value.id}`
const instanceVersion = ({ node, service, checks }: Instance): string => `${node.modifyIndex}.${service.modifyIndex}.${checks.map(c => c.modifyIndex).join('.')}`

const health: StreamKind = {
  kind: 'health',
  subject (roster, params) {
    const name = textParam(params, 'service')
    if (name === '') return 'health needs "params.service"'
    const keep = filterOf(params, 'healthEntry')
    if (typeof keep === 'string') return keep
    const { state } = roster
    const connect = switchParam(params, 'connect')
    const passing = switchParam(params, 'passing')
    const tags = textParams(params, 'tag')
    const wanted = nodeMeta(textParams(params, 'node-meta'))
    return {
      name,
      topics: () => connect ? [topics.connectHealth(name), ...connectHealthTopics(state, name)] : [topics.health(name)],
      * rows () {
        for (const entry of connect ? connectInstances(state, name) : state.services.named(name)) {
          if (!connect && !hasTags(entry, tags)) continue
          const instance = instanceOf(state, entry)
          if (instance === undefined || !hasMeta(instance.node, wanted)) continue
          if (passing && worst(instance.checks) !== 'passing') continue
          if (keep !== everything && !keep(instanceJson(instance))) continue
          yield { key: instanceKey(instance), version: instanceVersion(instance), json: () => withReportedPort(instanceJson(instance)) }
        }
      },
    }
  },
}

const services: StreamKind = {
  kind: 'services',
  subject: ({ state }) => ({
    name: '',
    topics: () => [topics.services, topics.checks],
    * rows () {
      for (const folded of state.services.names()) {
        const list = state.services.named(folded)
        const name = list[0]!.value.name
        const counts = { passing: 0, warning: 0, critical: 0 }
        const tags = new Set<string>()
        for (const entry of list) {
          for (const tag of entry.value.tags) tags.add(tag)
          const instance = instanceOf(state, entry)
          if (instance !== undefined) counts[worst(instance.checks)]++
        }
        const row = { Name: name, Kind: list[0]!.value.kind, Tags: [...tags].sort(), Instances: list.length, Passing: counts.passing, Warning: counts.warning, Critical: counts.critical }
        yield { key: name, version: JSON.stringify(row), json: () => row }
      }
    },
  }),
}

const nodes: StreamKind = {
  kind: 'nodes',
  subject ({ state }, params) {
    const keep = filterOf(params, 'node')
    if (typeof keep === 'string') return keep
    const wanted = nodeMeta(textParams(params, 'node-meta'))
    return {
      name: '',
      topics: () => [topics.nodes],
      * rows () {
        for (const entry of state.nodes.list()) {
          if (!hasMeta(entry, wanted) || !keep(nodeJson(entry))) continue
          yield { key: entry.value.name, version: String(entry.modifyIndex), json: () => nodeJson(entry) }
        }
      },
    }
  },
}

/** One node: its own row under `node`, its instances under `service/<id>`, its checks under `check/<id>`. */
const node: StreamKind = {
  kind: 'node',
  subject ({ state }, params) {
    const name = textParam(params, 'node')
    if (name === '') return 'node needs "params.node"'
    return {
      name,
      topics: () => [topics.node(name), topics.nodeChecks(name)],
      * rows (): Iterable<StreamRow> {
        const entry = state.nodes.get(name)
        if (entry === undefined) return
        yield { key: 'node', version: String(entry.modifyIndex), json: () => ({ Node: nodeJson(entry) }) }
        for (const s of state.services.onNode(name)) yield { key: `service/${s.value.id}`, version: String(s.modifyIndex), json: () => ({ Service: nodeServiceJson(s) }) }
        for (const c of state.checks.onNode(name)) yield { key: `check/${c.value.checkId}`, version: String(c.modifyIndex), json: () => ({ Check: checkJson(c) }) }
      },
    }
  },
}

const checks: StreamKind = {
  kind: 'checks',
  subject ({ state }, params) {
    const service = textParam(params, 'service')
    const inState = textParam(params, 'state') || 'any'
    const keep = filterOf(params, 'check')
    if (typeof keep === 'string') return keep
    return {
      name: service,
      topics: () => [service !== '' ? topics.serviceChecks(service) : inState === 'any' ? topics.checks : topics.checksInState(inState)],
      * rows () {
        for (const entry of service !== '' ? state.checks.ofService(service) : state.checks.inState(inState)) {
          if (service !== '' && inState !== 'any' && entry.value.status !== inState) continue
          if (!keep(checkJson(entry))) continue
          yield { key: `${entry.value.node}/${entry.value.checkId}`, version: String(entry.modifyIndex), json: () => checkJson(entry) }
        }
      },
    }
  },
}

export const kinds: readonly StreamKind[] = [health, services, nodes, node, checks]

export const kindNamed = (roster: Roster, name: string): StreamKind | undefined => [...kinds, ...roster.streamKinds].find(k => k.kind === name)
