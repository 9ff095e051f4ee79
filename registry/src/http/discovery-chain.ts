// /v1/discovery-chain: how a service is reached, as a graph made of config entries. A POST says what it should be like whatever the entries say.

import { errors } from '../errors.js'
import { JsonSyntaxError } from './decode/json.js'
import { always, freeObject, readShape, shape } from './decode/weak/shape.js'
import { WeakDecodeError } from './decode/weak/weak-kind.js'
import { duration, text } from './decode/weak/weak-scalars.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead } from './read.js'
import { readChain } from '../chain/read.js'
import { meshGateway } from '../config-entries/parts/proxy-parts.js'
import { topics } from '../state/topic-names.js'
import type { ChainOverrides } from '../chain/compile.js'
import type { Handler, Route } from './route.js'

const overrides = shape('agent.discoveryChainReadRequest', {
  OverrideMeshGateway: always(meshGateway, 'override_mesh_gateway'),
  OverrideProtocol: always(text, 'override_protocol'),
  OverrideConnectTimeout: always(duration, 'override_connect_timeout'),
})

const MESH_GATEWAYS: readonly string[] = ['', 'none', 'local', 'remote']

/** Unknown keys are taken for nothing. @throws RosterError 400 */
function decodeOverrides (body: Uint8Array): ChainOverrides {
  try {
    const { value } = readShape(overrides, freeObject(body))
    if (!MESH_GATEWAYS.includes(value.OverrideMeshGateway.Mode)) throw errors.CHAIN_MESH_GATEWAY()
    return { protocol: value.OverrideProtocol, connectTimeoutNs: value.OverrideConnectTimeout, meshGateway: value.OverrideMeshGateway.Mode }
  } catch (error) {
    if (error instanceof WeakDecodeError || error instanceof JsonSyntaxError) throw errors.CONFIG_DECODE(error.message)
    throw error
  }
}

const chain: Handler = async (request, roster) => {
  const { state, config } = roster
  const name = request.rest
  let given: ChainOverrides | undefined
  const isPost = request.method === 'POST'
  const body = isPost ? await request.body() : undefined
  return await answerRead(request, roster, { effectiveConsistency: true }, () => {
    if (name === '') throw errors.MISSING_CHAIN_NAME()
    checkEnterprise(request)
    if (body !== undefined) given ??= decodeOverrides(body)
    checkDatacenter(request, roster)
    if (!config.connect.enabled) throw errors.CONNECT_DISABLED()
    const reading = readChain(state, name, request.query.get('compile-dc') || config.datacenter, given)
    const widerTopics = [topics.configEntries]
    const answer = { topics: reading.topics, widerTopics, value: () => ({ Chain: reading.json() }) }
    // What a POST says is not part of its URL: such an answer is nobody else's.
    return isPost ? { ...answer, index: state.index([...reading.topics, ...widerTopics]) } : answer
  })
}

export const discoveryChainRoutes: readonly Route[] = [
  { path: '/v1/discovery-chain/', methods: { GET: chain, POST: chain } },
]
