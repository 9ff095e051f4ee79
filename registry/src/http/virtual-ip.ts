// PUT /v1/internal/service-virtual-ip: virtual addresses of a service that are given by hand.

import { decodeBody } from './decode/body.js'
import { texts } from './decode/collection-kinds.js'
import { text } from './decode/scalar-kinds.js'
import { field, table } from './decode/table.js'
import { checkEnterprise } from './params.js'
import { json } from './reply.js'
import { assignCommand } from '../catalog/manual-virtual-ips.js'
import type { Handler, Route } from './route.js'

const assignment = table({ name: 'AssignServiceManualVIPsRequest', type: 'structs.AssignServiceManualVIPsRequest' }, {
  Service: field('Service', text),
  ManualVIPs: field('ManualVIPs', texts),
}, { Datacenter: field('Datacenter', text) })

const assign: Handler = async (request, roster) => {
  checkEnterprise(request)
  const { Service, ManualVIPs } = decodeBody(assignment, await request.body(), { rewordNamespace: true })
  const { result: { found, from } } = await roster.commit(assignCommand(Service, ManualVIPs ?? []))
  return json({ Found: found, UnassignedFrom: from.length === 0 ? null : from.map(name => ({ ServiceName: { Name: name }, Peer: '' })) }, request, roster)
}

export const virtualIpRoutes: readonly Route[] = [
  { path: '/v1/internal/service-virtual-ip', methods: { PUT: assign } },
]
