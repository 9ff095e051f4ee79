// /v1/health: instances with their checks, and checks by node, service and state.

import { errors } from '../errors.js'
import { centralConfig } from './central-config.js'
import { compile } from './filtered.js'
import { answerRead } from './read.js'
import { instanceQuestion } from './instance-question.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { topicsOfAbsent } from '../catalog/absent.js'
import { nearSort } from '../catalog/nearness.js'
import { selectInstances } from '../catalog/instance-selection.js'
import { hasMeta, nodeMeta } from '../catalog/select.js'
import { connectHealthTopics } from '../gateways/connect-instances.js'
import { gatewayHealthTopics } from '../gateways/gateway-services.js'
import { checkJson, instanceJson, withReportedPort } from '../catalog/wire.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { CheckEntry } from '../state/checks.js'
import type { InstanceQuestion } from '../catalog/instance-selection.js'
import type { Reading } from './read.js'
import type { State } from '../state/state.js'

const near = (request: Request): readonly string[] => request.query.get('near') === '' ? [] : [topics.coordinates]

/** Consul answers these from another backend, which shows in headers and in the text of a bad filter. */
const isStreaming = (request: Request, roster: Roster): boolean =>
  ((request.query.has('cached') && roster.config.http.useCache) || !/^\+?0*$/.test(request.query.get('index'))) && request.query.get('near') === ''

async function read (request: Request, roster: Roster, streaming: boolean, prepare: () => () => Reading<unknown>): Promise<Reply> {
  checkEnterprise(request)
  let run: (() => Reading<unknown>) | undefined
  const backend = () => streaming && isStreaming(request, roster) ? 'streaming' as const : 'blocking-query' as const
  return await answerRead(request, roster, { effectiveConsistency: true, backend, cacheable: streaming, bareErrors: streaming }, () => {
    if (run === undefined) {
      checkDatacenter(request, roster)
      run = prepare()
    }
    return run()
  })
}

const node: Handler = (request, roster) => read(request, roster, false, () => {
  if (request.rest === '') throw errors.MISSING_NODE_NAME()
  const keep = compile(request, 'check')
  return () => ({ topics: [topics.nodeChecks(request.rest)], value: () => roster.state.checks.onNode(request.rest).map(checkJson).filter(keep) })
})

/** Lists of checks, all of one kind: by service or by state. */
const checkList = (missing: () => Error, topic: (rest: string) => string, wider: readonly string[], list: (roster: Roster, rest: string) => readonly CheckEntry[]): Handler =>
  (request, roster) => read(request, roster, false, () => {
    if (request.rest === '') throw missing()
    const { state } = roster
    const wanted = nodeMeta(request.query.all('node-meta'))
    const keep = compile(request, 'check')
    return () => ({
      topics: [topic(request.rest), ...(wanted.size > 0 ? [topics.nodes] : []), ...near(request)],
      widerTopics: wider,
      value: () => nearSort(state, roster, request.query.get('near'), list(roster, request.rest).filter(c => wanted.size === 0 || hasMeta(state.nodes.get(c.value.node), wanted)), c => c.value.node).map(checkJson).filter(keep),
    })
  })

const checks = checkList(errors.MISSING_SERVICE_NAME, topics.serviceChecks, [], (roster, name) => roster.state.checks.ofService(name))
const state = checkList(errors.MISSING_CHECK_STATE, rest => rest.toLowerCase() === 'any' ? topics.checks : topics.checksInState(rest.toLowerCase()), [topics.checks], (roster, rest) => roster.state.checks.inState(rest.toLowerCase()))

/** What the answer to a question depends on. Instances of gateways are those of other names. */
function topicsOf (state: State, { which, name }: InstanceQuestion): readonly string[] {
  switch (which) {
    case 'service': return [topics.health(name)]
    case 'connect': return [topics.connectHealth(name), ...connectHealthTopics(state, name)]
    case 'ingress': return gatewayHealthTopics(state, 'ingress-gateway', name)
  }
}

const service = (which: InstanceQuestion['which']): Handler => (request, roster) => read(request, roster, which !== 'ingress', () => {
  const { state } = roster
  const question = instanceQuestion(request, which)
  const keep = compile(request, 'healthEntry', which !== 'ingress' && isStreaming(request, roster) ? 'bare' : 'full')
  const central = centralConfig(request, state)
  return () => ({
    topics: [...topicsOf(state, question), ...near(request), ...central.topics(() => selectInstances(state, question).map(i => i.service))],
    widerTopics: which === 'service' ? topicsOfAbsent(state, question.name, true) : [],
    value: () => nearSort(state, roster, request.query.get('near'), selectInstances(state, question), i => i.node.value.name).map(i => instanceJson({ ...i, service: central.merge(i.service) })).filter(keep).map(withReportedPort),
  })
})

export const healthRoutes: readonly Route[] = [
  { path: '/v1/health/node/', methods: { GET: node } },
  { path: '/v1/health/checks/', methods: { GET: checks } },
  { path: '/v1/health/state/', methods: { GET: state } },
  { path: '/v1/health/service/', methods: { GET: service('service') } },
  { path: '/v1/health/connect/', methods: { GET: service('connect') } },
  { path: '/v1/health/ingress/', methods: { GET: service('ingress') } },
]
