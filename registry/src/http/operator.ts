// /v1/operator: what those who run the cluster look at and set. Truthful for one server: it leads itself, and there is nobody to remove or to hand over to.

import { decodeAutopilot, decodeKeyring } from './decode/bodies/operator.js'
import { boolError, parseAtoi, parseBool, parseUint64 } from './decode/query.js'
import { checkDatacenter } from './params.js'
import { answerRead, readOptions } from './read.js'
import { json } from './reply.js'
import { errors } from '../errors.js'
import { goQuote } from './decode/go-text.js'
import { autopilotJson, autopilotRecord, healthJson, putAutopilot, stateJson } from '../operator/autopilot.js'
import { keyringChangeError, keyringListError } from '../operator/keyring.js'
import { raftServers } from '../operator/servers.js'
import { serverAddress } from '../operator/server-address.js'
import { usageJson } from '../operator/usage.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Request, Route } from './route.js'
import type { Roster } from '../roster.js'

/** A look that never blocks. */
const look = (show: (roster: Roster) => unknown): Handler => (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  return json(show(roster), request, roster)
}

// === raft ===

const raftConfiguration: Handler = async (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  return json({ Servers: await raftServers(roster), Index: 0 }, request, roster)
}

const removePeer: Handler = (request, roster) => {
  const { query } = request
  const id = query.get('id')
  const address = query.get('address')
  if (id === '' && address === '') throw errors.PEER_UNNAMED()
  if (id !== '' && address !== '') throw errors.PEER_NAMED_TWICE()
  checkDatacenter(request, roster)
  const [what, named, own] = id !== '' ? ['id', id, roster.config.node.id] : ['address', address, serverAddress(roster.config)]
  throw named === own ? errors.PEER_IS_LAST() : errors.PEER_UNKNOWN(what!, goQuote(named!))
}

const transferLeader: Handler = (request, roster) => {
  const id = request.query.get('id')
  if (id === '') throw errors.LEADER_ALONE()
  throw id === roster.config.node.id ? errors.LEADER_TO_ITSELF() : errors.LEADER_UNKNOWN(id)
}

// === autopilot ===

const autopilot = look(({ state }) => autopilotJson(state.operator.autopilot!))

const configureAutopilot: Handler = async (request, roster) => {
  const record = autopilotRecord(decodeAutopilot(await request.body()))
  const cas = request.query.has('cas') ? parseUint64(request.query.get('cas')) : undefined
  if (typeof cas === 'object') throw errors.AUTOPILOT_CAS(cas.error)
  checkDatacenter(request, roster)
  const { result } = await roster.commit(putAutopilot(record, cas, roster.state.base))
  return json(result, request, roster)
}

const health: Handler = async (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  return json(await healthJson(roster), request, roster)
}

// === usage ===

/** Of this datacenter whatever is asked: there is no other. */
const usage: Handler = (request, roster) => answerRead(request, roster, { effectiveConsistency: true }, ({ consistency }) => {
  const { state, config } = roster
  const counted = [topics.nodes, topics.services]
  return {
    topics: counted,
    value: () => ({
      Usage: { [config.datacenter]: usageJson(state) },
      Index: state.index(counted),
      LastContact: Math.round(roster.freshness.ageMs()),
      KnownLeader: roster.freshness.knownLeader(),
      ConsistencyLevel: consistency,
      NotModified: false,
      Backend: 0,
      ResultsFilteredByACLs: false,
    }),
  }
})

const utilization: Handler = () => { throw errors.UTILIZATION() }

// === keyring ===

function checkRelayFactor ({ query }: Request): void {
  const text = query.get('relay-factor')
  if (text === '') return
  const factor = parseAtoi(text)
  if (typeof factor !== 'number') throw errors.KEYRING_RELAY_FACTOR(factor.error)
  if (factor < 0 || factor > 5) throw errors.KEYRING_RELAY_RANGE()
}

function localOnly ({ query }: Request): boolean {
  const text = query.get('local-only')
  if (text === '') return false
  const local = parseBool(text)
  if (local === undefined) throw errors.KEYRING_LOCAL_ONLY(boolError(text))
  return local
}

const listKeys: Handler = (request, roster) => {
  checkRelayFactor(request)
  throw errors.KEYRING_REFUSED(keyringListError(roster.config, localOnly(request)))
}

const changeKeys: Handler = async (request, roster) => {
  const { key } = decodeKeyring(await request.body())
  checkRelayFactor(request)
  if (localOnly(request)) throw errors.KEYRING_LOCAL_WRITE()
  throw errors.KEYRING_REFUSED(keyringChangeError(roster.config, key))
}

export const operatorRoutes: readonly Route[] = [
  { path: '/v1/operator/raft/configuration', methods: { GET: raftConfiguration } },
  { path: '/v1/operator/raft/peer', methods: { DELETE: removePeer } },
  { path: '/v1/operator/raft/transfer-leader', methods: { POST: transferLeader } },
  { path: '/v1/operator/autopilot/configuration', methods: { GET: autopilot, PUT: configureAutopilot } },
  { path: '/v1/operator/autopilot/health', methods: { GET: health } },
  { path: '/v1/operator/autopilot/state', methods: { GET: look(stateJson) } },
  { path: '/v1/operator/usage', methods: { GET: usage } },
  { path: '/v1/operator/keyring', methods: { GET: listKeys, POST: changeKeys, PUT: changeKeys, DELETE: changeKeys } },
  { path: '/v1/operator/utilization', methods: { GET: utilization } },
]
