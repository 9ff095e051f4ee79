// /v1/catalog: what is registered, and the low-level ways to register it.

import { errors } from '../errors.js'
import { centralConfig } from './central-config.js'
import { compile } from './filtered.js'
import { json } from './reply.js'
import { answerRead, consistencyOptions } from './read.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { topicsOfAbsent } from '../catalog/absent.js'
import { nearSort } from '../catalog/nearness.js'
import { connectInstances, connectTopics } from '../gateways/connect-instances.js'
import { servicesOfGateway, topicsOfGateway } from '../gateways/gateway-services.js'
import { gatewayServiceJson } from '../gateways/wire.js'
import { hasMeta, hasTags, nodeMeta } from '../catalog/select.js'
import { nodeJson, nodeServiceJson, serviceNodeJson } from '../catalog/wire.js'
import { registerCommand } from '../catalog/register.js'
import { deregisterCommand } from '../catalog/deregister.js'
import { decodeBody } from './decode/body.js'
import { catalogDeregister, catalogRegister } from './decode/bodies/catalog.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { NodeEntry } from '../state/nodes.js'
import type { ServiceEntry } from '../state/services.js'
import type { Reading } from './read.js'

const register: Handler = async (request, roster) => {
  checkEnterprise(request)
  const body = decodeBody(catalogRegister, await request.body(), { rewordNamespace: true })
  const { result } = await roster.commit(registerCommand(body, roster.config.datacenter))
  return json(result, request, roster)
}

const deregister: Handler = async (request, roster) => {
  checkEnterprise(request)
  const body = decodeBody(catalogDeregister, await request.body(), { rewordNamespace: true })
  const { result } = await roster.commit(deregisterCommand(body, roster.config.datacenter))
  return json(result, request, roster)
}

const datacenters: Handler = (request, roster) => {
  consistencyOptions(request, roster)
  return json([roster.config.datacenter], request, roster, request.query.has('cached') ? roster.cachedReads.headers(request) : [])
}

const nodes: Handler = (request, roster) => {
  checkEnterprise(request, 'partition')
  return listRead(request, roster, false, () => {
    const { state } = roster
    const keep = compile(request, 'node')
    const wanted = nodeMeta(request.query.all('node-meta'))
    return () => {
      const list = (): NodeEntry[] => state.nodes.list().filter(n => hasMeta(n, wanted))
      return { topics: [topics.nodes, ...near(request)], widerTopics: [topics.services], value: () => nearSort(state, roster, request.query.get('near'), list(), n => n.value.name).map(nodeJson).filter(keep) }
    }
  })
}

/** Topics that an answer sorted by nearness depends on besides. */
const near = (request: Request): readonly string[] => request.query.get('near') === '' ? [] : [topics.coordinates]

/** Datacenter, then consistency and the rest, then the filter, then the read: the order in which a request is refused. */
async function listRead (request: Request, roster: Roster, cacheable: boolean, prepare: () => () => Reading<unknown>): Promise<Reply> {
  let read: (() => Reading<unknown>) | undefined
  return await answerRead(request, roster, { effectiveConsistency: true, cacheable }, () => {
    if (read === undefined) {
      checkDatacenter(request, roster)
      read = prepare()
    }
    return read()
  })
}

const services: Handler = (request, roster) => {
  checkEnterprise(request)
  return listRead(request, roster, true, () => {
    const { state } = roster
    const wanted = nodeMeta(request.query.all('node-meta'))
    const keep = compile(request, 'catalogService')
    const all = wanted.size === 0 && !request.query.has('filter')
    const value = (): Record<string, string[]> => {
      const out: Record<string, string[]> = Object.create(null) as Record<string, string[]>
      for (const name of [...state.services.names()].sort()) {
        for (const service of state.services.named(name)) {
          const node = state.nodes.get(service.value.node)
          if (!all && (node === undefined || !hasMeta(node, wanted) || !keep(serviceNodeJson(service, node.value)))) continue
          const tags = out[service.value.name] ??= []
          for (const tag of service.value.tags) if (!tags.includes(tag)) tags.push(tag)
        }
      }
      return out
    }
    return () => {
      if (wanted.size === 0) return { topics: all ? [topics.services] : [topics.services, topics.nodes], value }
      // Only what happens on the nodes that fit, and new nodes, concern this reader.
      return { topics: [topics.nodes, ...state.nodes.list().filter(n => hasMeta(n, wanted)).map(n => topics.node(n.value.name))], value }
    }
  })
}

const service = (connect: boolean): Handler => (request, roster) => {
  checkEnterprise(request)
  const name = request.rest
  return listRead(request, roster, true, () => {
    if (name === '') throw errors.MISSING_SERVICE_NAME()
    const { state } = roster
    const tags = request.query.all('tag')
    const wanted = nodeMeta(request.query.all('node-meta'))
    const keep = compile(request, 'catalogService')
    const foreign = request.query.get('peer') !== ''
    const central = centralConfig(request, state)
    const found = (): Array<readonly [ServiceEntry, NodeEntry]> => {
      const out: Array<readonly [ServiceEntry, NodeEntry]> = []
      for (const entry of foreign ? [] : connect ? connectInstances(state, name) : state.services.named(name)) {
        const node = state.nodes.get(entry.value.node)
        if (node !== undefined && (connect || hasTags(entry, tags)) && hasMeta(node, wanted)) out.push([entry, node])
      }
      return out
    }
    return () => {
      const absent = connect ? [] : topicsOfAbsent(state, name, false)
      return {
        topics: [...connect ? [topics.connect(name), ...connectTopics(state)] : [topics.service(name)], ...near(request), ...central.topics(() => found().map(([s]) => s))],
        widerTopics: connect ? [topics.connectHealth(name)] : [topics.health(name), ...absent],
        indexAtEnd: absent.length > 0,
        value: () => nearSort(state, roster, request.query.get('near'), found(), ([, n]) => n.value.name).map(([s, n]) => serviceNodeJson(central.merge(s), n.value)).filter(keep),
      }
    }
  })
}

/** A node by name, else by its id or a prefix of it. */
const nodeOf = (roster: Roster, name: string): NodeEntry | undefined =>
  roster.state.nodes.get(name) ?? (ID_PREFIX.test(name) ? roster.state.nodes.byIdPrefix(name) : undefined)
const ID_PREFIX = /^[0-9a-f-]{2,36}$/i

const node = (asList: boolean): Handler => (request, roster) => {
  checkEnterprise(request)
  const name = request.rest
  return listRead(request, roster, false, () => {
    if (name === '') throw errors.MISSING_NODE_NAME()
    const keep = compile(request, 'nodeService')
    const { state } = roster
    const central = asList ? centralConfig(request, state) : undefined
    return () => {
      const entry = nodeOf(roster, name)
      if (entry === undefined) return { topics: [topics.node(name), ...(ID_PREFIX.test(name) ? [topics.nodes] : [])], value: () => asList ? { Node: null, Services: null } : null }
      return {
        topics: [topics.node(entry.value.name), ...central?.topics(() => state.services.eachOnNode(entry.value.name)) ?? []],
        value: () => {
          const now = roster.state.nodes.get(entry.value.name) ?? entry
          const shown = state.services.onNode(entry.value.name).map(service => nodeServiceJson(central?.merge(service) ?? service)).filter(keep)
          return asList
            ? { Node: nodeJson(now), Services: shown.length === 0 ? null : shown }
            : { Node: nodeJson(now), Services: Object.fromEntries(shown.map(s => [s['ID'], s])) }
        },
      }
    }
  })
}

const gatewayServices: Handler = (request, roster) => {
  checkEnterprise(request)
  return listRead(request, roster, false, () => {
    if (request.rest === '') throw errors.MISSING_GATEWAY_NAME()
    const { state } = roster
    return () => ({ topics: topicsOfGateway(state, request.rest), widerTopics: [topics.configEntries], value: () => servicesOfGateway(state, request.rest).map(gatewayServiceJson) })
  })
}

export const catalogRoutes: readonly Route[] = [
  { path: '/v1/catalog/register', methods: { PUT: register } },
  { path: '/v1/catalog/deregister', methods: { PUT: deregister } },
  { path: '/v1/catalog/datacenters', methods: { GET: datacenters } },
  { path: '/v1/catalog/nodes', methods: { GET: nodes } },
  { path: '/v1/catalog/services', methods: { GET: services } },
  { path: '/v1/catalog/service/', methods: { GET: service(false) } },
  { path: '/v1/catalog/connect/', methods: { GET: service(true) } },
  { path: '/v1/catalog/node/', methods: { GET: node(false) } },
  { path: '/v1/catalog/node-services/', methods: { GET: node(true) } },
  { path: '/v1/catalog/gateway-services/', methods: { GET: gatewayServices } },
]
