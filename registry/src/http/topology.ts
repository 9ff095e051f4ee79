// /v1/topology: who calls whom, with rates, errors and times, as SDK and sidecars report it (lease.ts). Roster's own, beside the compatible API.

import { edgeJson, endJson } from '../edges/wire.js'
import { fold } from '../state/keys.js'
import { json } from './reply.js'
import type { Handler, Route } from './route.js'

const topology: Handler = (request, roster) => {
  const service = fold(request.query.get('service'))
  const edges = roster.edges.list().filter(({ from, to }) => service === '' || fold(from) === service || fold(to) === service)
  const names = new Map<string, string>()
  for (const { from, to } of edges) for (const name of [from, to]) names.set(fold(name), name)
  const ends = [...names].sort(([a], [b]) => a < b ? -1 : 1).map(([, name]) => endJson(roster.state, name))
  return json({ Services: ends, Edges: edges.map(edgeJson) }, request, roster)
}

export const topologyRoutes: readonly Route[] = [
  { path: '/v1/topology', methods: { GET: topology } },
]
