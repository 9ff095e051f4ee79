// What happens to leases and to the instances that they own, as commands: granting, words, lapse, return, end. When is keeper.ts's affair.

import { errors } from '../errors.js'
import { endAgentLease, showAgent } from '../local-agent/node-lease.js'
import { command, deleteNode, deleteService, putCheck, putService } from '../catalog/rows.js'
import { isAnyAddress } from '../catalog/service-rules.js'
import { fold, keys } from '../state/keys.js'
import type { Command } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { LeaseRecord, LeaseWord } from '../state/leases.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'

export interface LeaseGrant {
  readonly id: string
  readonly ttlMs: number
  readonly deregisterAfterMs: number
  readonly node: string
  /** Where the instances are reached that name no address of their own. */
  readonly address: string
  readonly datacenter: string
  /** Of instances that have not been spoken of. Absent: passing. */
  readonly firstStatus?: LeaseWord['status']
  /** Output of its checks when it lapses; '' or absent: `TTL expired`. */
  readonly lapseOutput?: string
  /** Without node; '' as address takes `address`. */
  readonly services: readonly ServiceRecord[]
}

const OK_WORD: LeaseWord = { status: 'passing', output: '' }
const CATALOG_STATUS: Readonly<Record<LeaseWord['status'], string>> = { passing: 'passing', warning: 'warning', critical: 'critical', draining: 'critical', 'not-ready': 'critical' }
const DEFAULT_OUTPUT: Readonly<Record<LeaseWord['status'], string>> = { passing: '', warning: '', critical: '', draining: 'draining', 'not-ready': 'not ready' }

/** Grants a lease, or replaces what a lease of this id owns. What it says of its instances stays. @throws RosterError 409 */
export const grantLease = (grant: LeaseGrant): Command<void> => command(draft => {
  const before = draft.get<LeaseRecord>(keys.lease(grant.id))
  if (before?.agent !== undefined) throw errors.LEASE_OF_AGENT(grant.id)
  ensureNode(draft, grant)
  const ids = grant.services.map(s => s.id)
  const first: LeaseWord | undefined = grant.firstStatus === undefined || grant.firstStatus === 'passing' ? undefined : { status: grant.firstStatus, output: '' }
  if (before !== undefined) {
    for (const id of before.serviceIds) if (fold(before.node) !== fold(grant.node) || !ids.includes(id)) release(draft, before.node, id)
    if (fold(before.node) !== fold(grant.node)) dropEmptyNode(draft, before.node)
  }
  const words: Record<string, LeaseWord> = Object.create(null) as Record<string, LeaseWord>
  for (const service of grant.services) {
    takeOver(draft, grant, service.id)
    const word = before?.words[service.id] ?? (before?.serviceIds.includes(service.id) === true ? undefined : first)
    if (word !== undefined) words[service.id] = word
    putService(draft, { ...service, node: grant.node, address: service.address === '' ? grant.address : service.address })
    putLeaseCheck(draft, grant.node, service, word ?? OK_WORD)
  }
  draft.put(keys.lease(grant.id), { id: grant.id, ttlMs: grant.ttlMs, deregisterAfterMs: grant.deregisterAfterMs, node: grant.node, serviceIds: ids, words, lapsed: false, ...grant.lapseOutput && { lapseOutput: grant.lapseOutput } } satisfies LeaseRecord)
})

/** A lease makes a node that is not there, and changes nothing of one that is. */
function ensureNode (draft: Draft, grant: LeaseGrant): void {
  if (draft.get(keys.node(grant.node)) !== undefined) return
  const node: NodeRecord = { name: grant.node, id: '', address: grant.address, datacenter: grant.datacenter, taggedAddresses: null, meta: null }
  draft.put(keys.node(grant.node), node)
  draft.put(keys.leaseNode(grant.node), {})
}

/** An instance belongs to the lease that spoke last: a process that restarts comes back under the ids that it had. */
function takeOver (draft: Draft, grant: LeaseGrant, serviceId: string): void {
  const owner = draft.get<{ lease: string }>(keys.leaseOf(grant.node, serviceId))?.lease
  if (owner === undefined) {
    if (draft.get(keys.agentService(serviceId)) !== undefined && draft.get<ServiceRecord>(keys.service(grant.node, serviceId)) !== undefined) throw errors.LEASE_SERVICE_OF_AGENT(serviceId)
  } else if (owner !== grant.id) {
    const other = draft.get<LeaseRecord>(keys.lease(owner))
    if (other !== undefined) {
      const left = other.serviceIds.filter(id => fold(id) !== fold(serviceId))
      if (left.length === 0) draft.delete(keys.lease(owner))
      else draft.put(keys.lease(owner), { ...other, serviceIds: left })
    }
  }
  draft.put(keys.leaseOf(grant.node, serviceId), { lease: grant.id })
}

/** The check that stands for the lease on one of its instances. */
function putLeaseCheck (draft: Draft, node: string, service: Pick<ServiceRecord, 'id' | 'name' | 'tags'>, word: LeaseWord, output?: string): void {
  putCheck(draft, {
    node,
    checkId: `service:${service.id}`,
    name: `Service '${service.name}' check`,
    status: CATALOG_STATUS[word.status],
    notes: '',
    output: output ?? (word.output === '' ? DEFAULT_OUTPUT[word.status] : word.output),
    serviceId: service.id,
    serviceName: service.name,
    serviceTags: service.tags,
    type: 'ttl',
    interval: '',
    timeout: '',
    exposedPort: 0,
    definition: {},
  })
}

/** What the process says of some of its instances (of all, when none is named). Also a sign of life. @throws RosterError 404 */
export const sayOfLease = (id: string, word: LeaseWord, serviceIds: readonly string[] | null): Command<void> => command(draft => {
  const lease = mustBe(draft, id)
  const meant = serviceIds ?? lease.serviceIds
  for (const serviceId of meant) if (!lease.serviceIds.includes(serviceId)) throw errors.LEASE_SERVICE_UNKNOWN(id, serviceId)
  const words = { ...lease.words }
  for (const serviceId of meant) {
    if (word.status === 'passing' && word.output === '') delete words[serviceId]
    else words[serviceId] = word
  }
  show(draft, { ...lease, words, lapsed: false })
})

/** Nothing was heard for the TTL: all that it owns is critical, in one revision. Gives whether that is news. */
export const lapseLease = (id: string): Command<boolean> => command(draft => {
  const lease = draft.get<LeaseRecord>(keys.lease(id))
  if (lease === undefined || lease.lapsed) return false
  show(draft, { ...lease, lapsed: true })
  return true
})

/** A lapsed lease gave a sign of life. @throws RosterError 404 */
export const returnLease = (id: string): Command<void> => command(draft => { show(draft, { ...mustBe(draft, id), lapsed: false }) })

/** Everything that it owns goes at once, with the node if only leases made it. Gives whether there was such a lease. */
export const endLease = (id: string): Command<boolean> => command(draft => {
  const lease = draft.get<LeaseRecord>(keys.lease(id))
  if (lease === undefined) return false
  if (lease.agent !== undefined) {
    endAgentLease(draft, lease)
    return true
  }
  for (const serviceId of lease.serviceIds) release(draft, lease.node, serviceId)
  draft.delete(keys.lease(id))
  dropEmptyNode(draft, lease.node)
  return true
})

function mustBe (draft: Draft, id: string): LeaseRecord {
  const lease = draft.get<LeaseRecord>(keys.lease(id))
  if (lease === undefined) throw errors.LEASE_UNKNOWN(id)
  return lease
}

/** Writes the lease and brings its checks to what it says. An instance that someone took out of the catalog comes back only with the next grant. */
function show (draft: Draft, lease: LeaseRecord): void {
  draft.put(keys.lease(lease.id), lease)
  if (lease.agent !== undefined) showAgent(draft, lease)
  for (const serviceId of lease.serviceIds) {
    const service = draft.get<ServiceRecord>(keys.service(lease.node, serviceId))
    if (service === undefined) continue
    if (lease.lapsed) putLeaseCheck(draft, lease.node, service, { status: 'critical', output: '' }, lease.lapseOutput ?? 'TTL expired')
    else putLeaseCheck(draft, lease.node, service, lease.words[serviceId] ?? OK_WORD)
  }
}

function release (draft: Draft, node: string, serviceId: string): void {
  draft.delete(keys.leaseOf(node, serviceId))
  deleteService(draft, node, serviceId)
}

function dropEmptyNode (draft: Draft, node: string): void {
  if (draft.get(keys.leaseNode(node)) === undefined || draft.range(keys.services(node)).length > 0) return
  draft.delete(keys.leaseNode(node))
  deleteNode(draft, node)
}

/** Addresses that nobody can call are refused. */
export const isUsableAddress = (address: string): boolean => !isAnyAddress(address)
