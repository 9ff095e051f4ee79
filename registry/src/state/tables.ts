// The list of tables: how a row of each is folded and whom its change concerns.

import { FLOOR_KEY } from '../engine/tombstones.js'
import { fold, keys, partOf } from './keys.js'
import { ofCheck, ofNode, ofService, topics } from './topic-names.js'
import { cluster } from './cluster.js'
import { configEntries } from './config-entries.js'
import { coordinates } from './coordinates.js'
import { events } from './events.js'
import { operator } from './operator.js'
import { queries } from './queries.js'
import type { Table, State } from './state.js'
import type { Row } from '../engine/engine.js'
import type { NodeRecord } from './nodes.js'
import type { ServiceRecord } from './services.js'
import type { CheckRecord } from './checks.js'
import type { AgentCheckRecord, AgentServiceRecord } from './agent.js'
import type { VirtualIpRecord } from './virtual-ips.js'
import type { KvRecord } from './kv.js'
import type { LockDelayRecord, SessionRecord } from './sessions.js'
import type { LeaseRecord } from './leases.js'
import type { ConfigEntryRecord } from './config-entries.js'
import type { CoordinateRecord } from './coordinates.js'

/** What stays of a deleted row: enough to say whom it concerned. */
export type Gone =
  | { readonly node: string }
  | { readonly service: Pick<ServiceRecord, 'node' | 'id' | 'name' | 'kind' | 'proxy' | 'connect'> }
  | { readonly check: Pick<CheckRecord, 'node' | 'checkId' | 'status' | 'serviceId' | 'serviceName'> }
  | { readonly id: string }
  | { readonly session: Pick<SessionRecord, 'id' | 'node'> }
  | { readonly configEntry: Pick<ConfigEntryRecord, 'kind' | 'name'> }
  | { readonly coordinate: Pick<CoordinateRecord, 'node' | 'segment'> }

const instances = (state: State, node: string): ServiceRecord[] => state.services.onNode(node).map(e => e.value)

const nodes: Table = {
  owns: key => partOf(key) === '',
  fold (state, row) {
    const name = nodeName(row)
    state.nodes.set(name, row.value === undefined ? undefined : state.entry<NodeRecord>(row))
    return nodes.topics(state, row)
  },
  topics: (state, row) => ofNode(nodeName(row), instances(state, nodeName(row))),
}
const nodeName = (row: Row): string => (row.value as NodeRecord | undefined)?.name ?? (row.gone as { node: string }).node

const services: Table = {
  alone: true,
  owns: key => partOf(key) === 'service',
  fold (state, row) {
    const record = row.value as ServiceRecord | undefined ?? (row.gone as { service: ServiceRecord }).service
    const before = state.services.set(record.node, record.id, row.value === undefined ? undefined : state.entry<ServiceRecord>(row))
    const names = ofService(record)
    if (before === undefined) return names
    const gone = state.services.count(before.value.name) === 0 ? [topics.servicesGone] : []
    return [...names, ...ofService(before.value), ...gone]
  },
  topics (state, row) {
    if (row.value !== undefined) return ofService(row.value as ServiceRecord)
    const { service } = row.gone as { service: ServiceRecord }
    return state.services.count(service.name) === 0 ? [...ofService(service), topics.servicesGone] : ofService(service)
  },
}

const checks: Table = {
  owns: key => partOf(key) === 'check',
  fold (state, row) {
    const record = row.value as CheckRecord | undefined ?? (row.gone as { check: CheckRecord }).check
    const before = state.checks.set(record.node, record.checkId, row.value === undefined ? undefined : state.entry<CheckRecord>(row))
    const names = ofCheck(record, concerned(state, record))
    return before === undefined ? names : [...names, ...ofCheck(before.value, concerned(state, before.value))]
  },
  topics (state, row) {
    const record = row.value as CheckRecord | undefined ?? (row.gone as { check: CheckRecord }).check
    return ofCheck(record, concerned(state, record))
  },
}

/** Instances whose health a check is part of; looked up directly for the usual check of one instance. */
function concerned (state: State, check: Pick<CheckRecord, 'node' | 'serviceId'>): ServiceRecord[] {
  if (check.serviceId === '') return instances(state, check.node)
  const service = state.services.get(check.node, check.serviceId)
  return service === undefined ? [] : [service.value]
}

/** Uniqueness of node ids, pointers to checks: read by commands at the head, of no interest to readers. */
const SILENT = ['node-id/', 'meta/', 'lease-of/', 'lease-node/', 'agent/checks-of/', 'held/', 'session-on/', 'session-check/', 'query-name/', 'query-of/']
const silent: Table = { owns: key => SILENT.some(beginning => key.startsWith(beginning)) || partOf(key) === 'checks-of', fold: () => [], topics: () => [] }

/** From here on deletions are remembered: nothing that was shown before may be shown with a smaller index again. */
const floor: Table = {
  owns: key => key === FLOOR_KEY,
  fold (state, row) {
    state.topics.raiseFloor(row.revision)
    return []
  },
  topics: () => [],
}

/** When everything was replaced by what was saved before. */
const restored: Table = {
  owns: key => key === keys.restored,
  fold (state, row) {
    state.restored = row.revision
    return []
  },
  topics: () => [],
}

/** A mark that a topic moved although no row of it is left to say so. */
const touched: Table = { owns: key => key.startsWith('touched/'), fold: (_, row) => touched.topics(_, row), topics: (_, row) => [row.key.slice('touched/'.length)] }

const agentServices: Table = {
  alone: true,
  owns: key => key.startsWith('agent/service/'),
  fold (state, row) {
    const id = (row.value as AgentServiceRecord | undefined)?.service.id ?? (row.gone as { id: string }).id
    if (row.value === undefined) state.agent.services.delete(id)
    else state.agent.services.set(id, state.entry<AgentServiceRecord>(row))
    return agentServices.topics(state, row)
  },
  topics: (_, row) => [topics.agentServices, topics.agentService((row.value as AgentServiceRecord | undefined)?.service.id ?? (row.gone as { id: string }).id)],
}

const agentChecks: Table = {
  alone: true,
  owns: key => key.startsWith('agent/check/'),
  fold (state, row) {
    const id = (row.value as AgentCheckRecord | undefined)?.check.checkId ?? (row.gone as { id: string }).id
    state.agent.setCheck(id, row.value === undefined ? undefined : state.entry<AgentCheckRecord>(row))
    return [topics.agentChecks]
  },
  topics: () => [topics.agentChecks],
}

const kv: Table = {
  alone: true,
  owns: key => key.startsWith('kv/'),
  fold (state, row) {
    const key = row.key.slice(3)
    if (row.value === undefined) state.kv.bury(key, row.revision)
    else state.kv.put(key, state.entry<KvRecord>(row))
    return kv.topics(state, row)
  },
  topics (state, row) {
    const key = row.key.slice(3)
    return [topics.kvAll, topics.kv(key), ...state.kvPrefixes.above(key)]
  },
  purge (state, key) {
    state.kv.forget(key.slice(3))
    state.topics.forget(topics.kv(key.slice(3)))
  },
}

const leases: Table = {
  owns: key => key.startsWith('lease/'),
  fold (state, row) {
    const id = (row.value as LeaseRecord | undefined)?.id ?? (row.gone as { id: string }).id
    const before = state.leases.byId.get(id)
    for (const service of before?.value.serviceIds ?? []) {
      const key = `${fold(before!.value.node)}\0${fold(service)}`
      if (state.leases.ownerOf.get(key) === id) state.leases.ownerOf.delete(key)
    }
    if (row.value === undefined) state.leases.byId.delete(id)
    else {
      const entry = state.entry<LeaseRecord>(row)
      state.leases.byId.set(id, entry)
      for (const service of entry.value.serviceIds) state.leases.ownerOf.set(`${fold(entry.value.node)}\0${fold(service)}`, id)
    }
    return leases.topics(state, row)
  },
  topics: (_, row) => [topics.leases, topics.lease((row.value as LeaseRecord | undefined)?.id ?? (row.gone as { id: string }).id)],
}

const sessions: Table = {
  owns: key => key.startsWith('session/'),
  fold (state, row) {
    const { id, node } = sessionOf(row)
    state.sessions.set(id, node, row.value === undefined ? undefined : state.entry<SessionRecord>(row))
    return sessions.topics(state, row)
  },
  topics (_, row) {
    const { id, node } = sessionOf(row)
    return [topics.sessions, topics.session(id), topics.nodeSessions(node)]
  },
}
const sessionOf = (row: Row): Pick<SessionRecord, 'id' | 'node'> => row.value as SessionRecord | undefined ?? (row.gone as { session: SessionRecord }).session

const lockDelays: Table = {
  owns: key => key.startsWith('lock-delay/'),
  fold (state, row) {
    const key = row.key.slice('lock-delay/'.length)
    if (row.value === undefined) state.sessions.lockDelays.delete(key)
    else state.sessions.lockDelays.set(key, { ...row.value as LockDelayRecord, revision: row.revision })
    return []
  },
  topics: () => [],
}

/** Comes with the first instance or entry that needs it, and stays. */
const virtualIps: Table = {
  owns: key => key.startsWith(keys.virtualIps),
  fold (state, row) {
    if (row.value !== undefined) state.virtualIps.set(row.value as VirtualIpRecord)
    return virtualIps.topics(state, row)
  },
  topics: (_, row) => row.value === undefined ? [] : [topics.virtualIp((row.value as VirtualIpRecord).service)],
}

/** Floor and silent first: their keys share beginnings with others. */
export const tables: readonly Table[] = [floor, restored, silent, services, checks, nodes, agentServices, agentChecks, virtualIps, kv, sessions, lockDelays, leases, configEntries, cluster, queries, coordinates, events, operator, touched]

/** Rows of the catalog, by what stands behind the node's name: most rows are of these, so they are found without asking each table. */
const ofCatalog: ReadonlyMap<string | undefined, Table> = new Map([['', nodes], ['service', services], ['check', checks], ['checks-of', silent]])

export const tableOf = (key: string): Table | undefined => ofCatalog.get(partOf(key)) ?? tables.find(table => table.owns(key))

/** The tombstone's residue for a row that is about to go. */
export function goneOf (row: Row): Gone | undefined {
  const key = row.key
  if (nodes.owns(key)) return { node: (row.value as NodeRecord).name }
  if (services.owns(key)) {
    const { node, id, name, kind, proxy, connect } = row.value as ServiceRecord
    return { service: { node, id, name, kind, proxy, connect } }
  }
  if (checks.owns(key)) {
    const { node, checkId, status, serviceId, serviceName } = row.value as CheckRecord
    return { check: { node, checkId, status, serviceId, serviceName } }
  }
  if (agentServices.owns(key)) return { id: (row.value as AgentServiceRecord).service.id }
  if (agentChecks.owns(key)) return { id: (row.value as AgentCheckRecord).check.checkId }
  if (leases.owns(key)) return { id: (row.value as LeaseRecord).id }
  if (sessions.owns(key)) {
    const { id, node } = row.value as SessionRecord
    return { session: { id, node } }
  }
  return tableOf(key)?.residue?.(row)
}
