// What a query finds: the instances that are fit, in the order in which they are to be tried. Pure: state, chance and the one who asks in, a list out.

import { nearestFirst } from '../catalog/nearness.js'
import { namedFirst } from '../catalog/near.js'
import { instanceOf } from '../catalog/select.js'
import { connectInstances } from '../gateways/connect-instances.js'
import { fold } from '../state/keys.js'
import type { Instance } from '../catalog/select.js'
import type { QueryRecord, ServiceQuery } from '../state/queries.js'
import type { State } from '../state/state.js'

export interface QueryAsker {
  /** Of the agent that answers. */
  readonly node: string
  readonly datacenter: string
  /** Node that the caller names in place of the query's own, `_agent` or `_ip` too; '' for none. */
  readonly near: string
  /** IP of the caller, for `_ip`; '' when it is not known. */
  readonly ip: string
  /** Proxies and native instances, whatever the query says. */
  readonly connect: boolean
  /** 0 and less: all. */
  readonly limit: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

export interface QueryFound {
  readonly instances: readonly Instance[]
  /** Where they are: '' when the query, or its last failover, looked at a peer. */
  readonly datacenter: string
  readonly peer: string
  /** How many other places were looked at. */
  readonly failovers: number
}

export function executeQuery (state: State, query: QueryRecord, asker: QueryAsker): QueryFound {
  const { service } = query
  // No peers are known here, so nothing is imported from one.
  const fit = service.peer === '' ? candidates(state, service, asker.connect).filter(i => isFit(i, service)) : []
  const here = { datacenter: service.peer === '' ? asker.datacenter : '', peer: service.peer }
  if (fit.length === 0) return failOver(service, here)
  const sorted = nearFirst(state, shuffled(fit, asker.random), nearNode(state, service, asker))
  return { instances: asker.limit > 0 ? sorted.slice(0, asker.limit) : sorted, ...here, failovers: 0 }
}

function candidates (state: State, { service, connect }: ServiceQuery, forceConnect: boolean): Instance[] {
  const entries = connect || forceConnect ? connectInstances(state, service) : state.services.named(service)
  return entries.flatMap(entry => instanceOf(state, entry) ?? [])
}

function isFit ({ node, service, checks }: Instance, query: ServiceQuery): boolean {
  for (const { value: { checkId, status } } of checks) {
    if (query.ignoreCheckIds?.includes(checkId) === true) continue
    if (status === 'critical' || (query.onlyPassing && status !== 'passing')) return false
  }
  return hasAll(node.value.meta, query.nodeMeta) && hasAll(service.value.meta, query.serviceMeta) && hasTags(service.value.tags, query.tags ?? [])
}

function hasAll (meta: Readonly<Record<string, string>> | null, wanted: Readonly<Record<string, string>> | null): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => meta !== null && Object.hasOwn(meta, key) && meta[key] === value)
}

/** Every tag is there, and none that is written with a `!`. Letter case does not matter. */
function hasTags (tags: readonly string[], wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true
  const has = new Set(tags.map(fold))
  return wanted.every(tag => tag.startsWith('!') ? !has.has(fold(tag.slice(1))) : has.has(fold(tag)))
}

/** The node to sort by; '' for none. */
function nearNode (state: State, { near: own }: ServiceQuery, { near, node, ip }: QueryAsker): string {
  const named = near === '' ? own : near
  if (named === '_agent') return node
  if (named !== '_ip') return named
  return ip === '' ? '' : state.nodes.list().find(n => n.value.address === ip)?.value.name ?? ''
}

function nearFirst (state: State, list: readonly Instance[], near: string): readonly Instance[] {
  if (near === '') return list
  const nodeOf = (instance: Instance): string => instance.node.value.name
  return namedFirst(nearestFirst(state, near, list, nodeOf), near, nodeOf)
}

/**
 * Looks elsewhere, where there is nothing to be found: other datacenters are unknown and not counted, each peer is, and what looked at one last is in no
 * datacenter.
 */
function failOver ({ failover }: ServiceQuery, here: Pick<QueryFound, 'datacenter' | 'peer'>): QueryFound {
  const peers = (failover.targets ?? []).filter(target => target.peer !== '')
  const last = peers.at(-1)
  return { instances: [], ...(last === undefined ? here : { datacenter: '', peer: last.peer }), failovers: peers.length }
}

/** In any order (Fisher and Yates), so that nobody is first for all callers. */
function shuffled<Row> (rows: readonly Row[], random: () => number): Row[] {
  const order = [...rows]
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const row = order[i]!
    order[i] = order[j]!
    order[j] = row
  }
  return order
}
