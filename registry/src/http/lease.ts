// /v1/lease: one heartbeat for a whole process and all it offers. Roster's own, beside the compatible API.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { errors } from '../errors.js'
import { json } from './reply.js'
import { decodeLease, decodeLeaseEdges, decodeLeaseStatus } from './decode/bodies/lease.js'
import { edgeReport } from '../edges/report.js'
import { REPORT_EVERY_MS } from '../edges/edge-store.js'
import { formatDuration } from './decode/duration.js'
import { isLoopback } from './client-limits.js'
import { onBehalfOf } from './on-behalf.js'
import { serviceRefusal } from '../agent/service-refusals.js'
import { serviceRecord } from '../agent/service-record.js'
import { isUsableAddress } from '../leases/commands.js'
import { nodeServiceJson } from '../catalog/wire.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { LeaseEntry, LeaseWord } from '../state/leases.js'
import type { Roster } from '../roster.js'

const WORDS: ReadonlyArray<LeaseWord['status']> = ['passing', 'warning', 'critical', 'draining', 'not-ready']

const duration = (ms: number): string => formatDuration(ms * 1e6)

const grant: Handler = async (request, roster) => {
  const body = decodeLease(await request.body())
  const limits = roster.config.leases
  if (body.ttlMs === null) throw errors.LEASE_TTL_MISSING()
  if (body.ttlMs < limits.minTtlMs || body.ttlMs > limits.maxTtlMs) throw errors.LEASE_TTL(duration(body.ttlMs), duration(limits.minTtlMs), duration(limits.maxTtlMs))
  const deregisterAfterMs = body.deregisterAfterMs ?? limits.defaultDeregisterAfterMs
  if (deregisterAfterMs < limits.minDeregisterAfterMs) throw errors.LEASE_DEREGISTER(duration(deregisterAfterMs), duration(limits.minDeregisterAfterMs))
  if (body.address !== '' && !isUsableAddress(body.address)) throw errors.INVALID_SERVICE_ADDRESS()
  const behalf = onBehalfOf(request.headers)
  const address = body.address !== '' ? body.address : behalf?.address || peerAddress(request)
  const node = body.node !== '' ? body.node : behalf?.node ?? (isLoopback(request.remoteAddress) ? hostname() : address)
  const services = body.services.map(service => {
    const refused = serviceRefusal(service)
    if (refused !== undefined) throw refused
    return serviceRecord(service, node)
  })
  const ids = new Set<string>()
  for (const { id } of services) {
    if (ids.has(id)) throw errors.LEASE_SERVICE_TWICE(id)
    ids.add(id)
  }
  const id = body.id === '' ? randomUUID() : body.id
  const firstStatus = wordStatus(body.status === '' ? 'passing' : body.status)
  const index = await roster.leases.grant({ id, ttlMs: body.ttlMs, deregisterAfterMs, node, address, datacenter: roster.config.datacenter, firstStatus, lapseOutput: body.lapseOutput, services })
  return json({ ID: id, TTL: duration(body.ttlMs), Index: index }, request, roster)
}

/** The caller's address on the connection: what others can reach it by, as far as this server can know. */
const peerAddress = (request: Request): string => request.remoteAddress.replace(/^::ffff:/, '')

type Verb = 'renew' | 'status' | 'edges'

/** `/v1/lease/:id`, `/v1/lease/:id/renew`, `/v1/lease/:id/status`, `/v1/lease/:id/edges`: ids may hold slashes. */
function split (rest: string): { readonly id: string, readonly verb: '' | Verb } {
  const at = rest.lastIndexOf('/')
  const verb = rest.slice(at + 1)
  return at > 0 && (verb === 'renew' || verb === 'status' || verb === 'edges') ? { id: rest.slice(0, at), verb } : { id: rest, verb: '' }
}

/** Longest body of a report of edges, bytes. */
const MAX_EDGES_BODY = 256 * 1024

/** Who calls whom, as the process that holds the lease says. Not a sign of life. */
async function takeEdges (request: Request, roster: Roster, id: string): Promise<Reply> {
  const body = decodeLeaseEdges(await request.body(Math.min(MAX_EDGES_BODY, roster.config.limits.maxBodyBytes)))
  if (!roster.state.leases.byId.has(id)) throw errors.LEASE_UNKNOWN(id)
  const { windowMs, edges } = edgeReport(body, roster.edges.firstService(id))
  roster.edges.report(id, windowMs, edges)
  return json({ EveryMs: REPORT_EVERY_MS }, request, roster)
}

const act: Handler = async (request, roster) => {
  const { id, verb } = split(request.rest)
  if (verb === '') throw errors.METHOD_NOT_ALLOWED(request.method)
  if (verb === 'renew') {
    const { ttlMs, index } = await roster.leases.renew(id)
    return json({ TTL: duration(ttlMs), Index: index }, request, roster)
  }
  if (verb === 'edges') return await takeEdges(request, roster, id)
  const { status, output, serviceIds } = decodeLeaseStatus(await request.body())
  return json({ Index: await roster.leases.say(id, { status: wordStatus(status), output }, serviceIds) }, request, roster)
}

function wordStatus (text: string): LeaseWord['status'] {
  const status = WORDS.find(word => word === text)
  if (status === undefined) throw errors.LEASE_STATUS(text, WORDS.join(', '))
  return status
}

const show = (roster: Roster, { value }: LeaseEntry): object => ({
  ID: value.id,
  TTL: duration(value.ttlMs),
  DeregisterAfter: duration(value.deregisterAfterMs),
  Node: value.node,
  RemainingMs: roster.leases.remainingMs(value.id),
  Lapsed: value.lapsed,
  Services: value.serviceIds.flatMap(id => {
    const entry = roster.state.services.get(value.node, id)
    return entry === undefined ? [] : [{ ...nodeServiceJson(entry), Status: value.lapsed ? 'critical' : value.words[id]?.status ?? 'passing', Output: value.words[id]?.output ?? '' }]
  }),
})

const read: Handler = (request, roster) => {
  const entry = roster.state.leases.byId.get(request.rest)
  if (entry === undefined) throw errors.LEASE_UNKNOWN(request.rest)
  return json(show(roster, entry), request, roster)
}

const list: Handler = (request, roster) => json([...roster.state.leases.byId.values()].sort((a, b) => a.value.id < b.value.id ? -1 : 1).map(entry => show(roster, entry)), request, roster)

const end: Handler = async (request, roster) => json({ Index: await roster.leases.end(request.rest) }, request, roster)

export const leaseRoutes: readonly Route[] = [
  { path: '/v1/lease', methods: { PUT: grant } },
  { path: '/v1/lease/', methods: { GET: read, PUT: act, DELETE: end } },
  { path: '/v1/leases', methods: { GET: list } },
]
