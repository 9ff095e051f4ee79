// /v1/internal/ui: what the web UI shows, in its own shapes. Served whether the page is or not. Metrics are fetched elsewhere: metrics-proxy.ts.

import { errors } from '../errors.js'
import { goQuote } from './decode/go-text.js'
import { compile } from './filtered.js'
import { proxyMetrics } from './metrics-proxy.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead, blocking, indexHeaders, readOptions } from './read.js'
import { json } from './reply.js'
import { intentionJson } from '../intentions/wire.js'
import { gatewayIntentionTopics, gatewayIntentions, gatewaySummaries, gatewaySummaryTopics } from '../ui/gateway.js'
import { nodeJson, nodeListTopics, nodeTopics, withVersion } from '../ui/node-list.js'
import { recentOverview } from '../ui/overview.js'
import { serviceList, serviceListTopics } from '../ui/service-list.js'
import { topologyOf } from '../ui/topology.js'
import { stateEntries } from '../config-entries/entry-source.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { TopologyKind } from '../ui/topology.js'
import type { Reading } from './read.js'

const read = (request: Request, roster: Roster, reading: () => Reading<unknown>): Promise<Reply> => {
  checkEnterprise(request)
  return answerRead(request, roster, {}, () => {
    checkDatacenter(request, roster)
    return reading()
  })
}

const services: Handler = (request, roster) => read(request, roster, () => {
  const { state } = roster
  const keeps = request.query.get('filter') === '' ? undefined : compile(request, 'healthEntry')
  // Services of another cluster are known only by peering.
  return { topics: serviceListTopics(state), value: () => request.query.get('peer') === '' ? serviceList(state, keeps) : [] }
})

const nodes: Handler = (request, roster) => read(request, roster, () => {
  const { state, config } = roster
  const keeps = compile(request, 'uiNode')
  return { topics: nodeListTopics, value: () => state.nodes.list().map(node => nodeJson(state, node)).filter(keeps).map(node => withVersion(node, config)) }
})

const node: Handler = async (request, roster) => {
  checkEnterprise(request)
  const options = readOptions(request, roster)
  if (request.rest === '') throw errors.MISSING_NODE_NAME()
  const { state, config } = roster
  const waited = await blocking(request, roster, options, () => {
    checkDatacenter(request, roster)
    const found = request.query.get('peer') === '' ? state.nodes.get(request.rest) : undefined
    return { topics: nodeTopics(request.rest), widerTopics: nodeListTopics, value: () => found && withVersion(nodeJson(state, found), config) }
  })
  const found = waited.value()
  return found === undefined ? { status: 404, headers: [], body: '' } : json(found, request, roster, indexHeaders(waited.index, options, {}, roster))
}

const exported: Handler = (request, roster) => read(request, roster, () => {
  if (request.query.get('peer') === '') throw errors.PEER_REQUIRED()
  // Nothing is exported to a cluster that is no peer, and this one has none.
  return { topics: [], value: () => [] }
})

const overview: Handler = (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  return json(recentOverview(roster.state, roster.clock), request, roster)
}

const gatewayServices: Handler = (request, roster) => {
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_GATEWAY_NAME()
  const { state } = roster
  return read(request, roster, () => ({ topics: gatewaySummaryTopics(state, request.rest), value: () => gatewaySummaries(state, request.rest, roster.config) }))
}

const gatewayCallers: Handler = (request, roster) => {
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_GATEWAY_NAME()
  const { state } = roster
  return read(request, roster, () => ({ topics: gatewayIntentionTopics(state, request.rest), value: () => gatewayIntentions(state, request.rest).map(intentionJson) }))
}

const KINDS: readonly TopologyKind[] = ['', 'ingress-gateway', 'api-gateway']

const topology: Handler = (request, roster) => {
  const { state, config } = roster
  const name = request.rest
  readOptions(request, roster)
  checkEnterprise(request)
  if (name === '') throw errors.MISSING_SERVICE_NAME()
  if (!request.query.has('kind')) throw errors.MISSING_KIND()
  const given = request.query.get('kind')
  const kind = KINDS.find(of => of === given)
  if (kind === undefined) throw errors.UNSUPPORTED_KIND(goQuote(given))
  return read(request, roster, () => {
    if (kind === 'api-gateway' && stateEntries(state).entry('bound-api-gateway', name) === undefined) throw errors.NOT_AN_API_GATEWAY()
    const found = topologyOf(state, config, name, kind)
    const { protocol, transparent, upstreams, downstreams } = found
    return { topics: found.topics, value: () => ({ Protocol: protocol, TransparentProxy: transparent, Upstreams: upstreams, Downstreams: downstreams, FilteredByACLs: false }) }
  })
}

export const uiRoutes: readonly Route[] = [
  { path: '/v1/internal/ui/nodes', methods: { GET: nodes } },
  { path: '/v1/internal/ui/node/', methods: { GET: node } },
  { path: '/v1/internal/ui/services', methods: { GET: services } },
  { path: '/v1/internal/ui/exported-services', methods: { GET: exported } },
  { path: '/v1/internal/ui/catalog-overview', methods: { GET: overview } },
  { path: '/v1/internal/ui/gateway-services-nodes/', methods: { GET: gatewayServices } },
  { path: '/v1/internal/ui/gateway-intentions/', methods: { GET: gatewayCallers } },
  { path: '/v1/internal/ui/service-topology/', methods: { GET: topology } },
  { path: '/v1/internal/ui/metrics-proxy/', methods: { GET: proxyMetrics } },
]
