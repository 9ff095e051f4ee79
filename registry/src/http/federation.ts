// /v1/internal/federation-states: the gateways by which datacenters reach each other. This one is the only one.

import { errors } from '../errors.js'
import { checkDatacenter } from './params.js'
import { answerRead, blocking, indexHeaders, readOptions } from './read.js'
import { JSON_TYPE, encode } from './reply.js'
import { instanceOf } from '../catalog/select.js'
import { instanceJson } from '../catalog/wire.js'
import { topics } from '../state/topic-names.js'
import type { Json } from '../catalog/wire.js'
import type { Handler, Route } from './route.js'
import type { Roster } from '../roster.js'

/** Mesh gateways that say that they join datacenters. */
function gateways ({ state }: Roster): Json[] {
  return state.services.ofKind('mesh-gateway').filter(service => service.value.meta?.['consul-wan-federation'] === '1')
    .flatMap(service => instanceOf(state, service) ?? []).map(instanceJson)
}

const TOPICS = [topics.kind('mesh-gateway'), topics.checks]

function stateJson (roster: Roster): Json {
  const { state, config } = roster
  const since = state.cluster!
  const found = gateways(roster)
  const index = Math.max(since.createIndex, state.index([topics.kind('mesh-gateway')]))
  return {
    Datacenter: config.datacenter,
    ...(found.length === 0 ? {} : { MeshGateways: found }),
    UpdatedAt: new Date(since.value.createdAt).toISOString(),
    PrimaryModifyIndex: index,
    CreateIndex: since.createIndex,
    ModifyIndex: index,
  }
}

const list: Handler = (request, roster) => answerRead(request, roster, {}, () => {
  checkDatacenter(request, roster)
  return { topics: TOPICS, value: () => [stateJson(roster)] }
})

const meshGateways: Handler = (request, roster) => answerRead(request, roster, {}, () => {
  checkDatacenter(request, roster)
  return {
    topics: TOPICS,
    value: () => {
      const found = gateways(roster)
      return found.length === 0 ? {} : { [roster.config.datacenter]: found }
    },
  }
})

const one: Handler = async (request, roster) => {
  if (request.rest === '') throw errors.MISSING_DATACENTER_NAME()
  const options = readOptions(request, roster)
  checkDatacenter(request, roster)
  const { index } = await blocking(request, roster, options, () => ({ topics: TOPICS, value: () => undefined }))
  const headers = indexHeaders(index, options, {}, roster)
  if (request.rest !== roster.config.datacenter) return { status: 404, headers, body: '' }
  const meta = { Index: index, LastContact: 0, KnownLeader: true, ConsistencyLevel: '', NotModified: false, Backend: 0, ResultsFilteredByACLs: false }
  return { status: 200, headers: [...JSON_TYPE, ...headers], body: encode({ State: stateJson(roster), ...meta }, request.query.has('pretty'), roster) }
}

export const federationRoutes: readonly Route[] = [
  { path: '/v1/internal/federation-states', methods: { GET: list } },
  { path: '/v1/internal/federation-states/mesh-gateways', methods: { GET: meshGateways } },
  { path: '/v1/internal/federation-state/', methods: { GET: one } },
]
