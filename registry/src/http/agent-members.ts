// /v1/agent/members, join and force-leave: the cluster as this agent knows it.

import { errors } from '../errors.js'
import { join } from '../agent/about/join.js'
import { memberName, membersJson } from '../agent/about/members.js'
import { agentLease } from '../local-agent/node-lease.js'
import { compile } from './filtered.js'
import { checkEnterprise } from './params.js'
import { empty, json } from './reply.js'
import type { Handler, Request, Route } from './route.js'
import type { Network } from '../agent/about/members.js'

/** The one segment that an agent without segments is in. */
const ALL_SEGMENTS = '_all'

const members: Handler = (request, roster) => {
  checkEnterprise(request, 'partition')
  const wan = request.query.get('wan') !== ''
  const segment = request.query.get('segment')
  if (segment !== '' && segment !== ALL_SEGMENTS) throw wan ? errors.WAN_AND_SEGMENT() : errors.SEGMENTS()
  const keep = compile(request, 'member')
  return json(membersJson(roster, wan ? 'wan' : 'lan').filter(keep), request, roster)
}

/** Of those that change something, presence alone counts. */
const networkOf = (request: Request): Network => request.query.has('wan') ? 'wan' : 'lan'

const joinOne: Handler = async (request, roster) => {
  if (roster.localAgent !== undefined) await roster.localAgent.join(request.rest)
  else await join(request.rest, networkOf(request), roster.config)
  return empty()
}

/** A server is alive and stays. A local agent's node goes with all that is on it; one that lives comes back with its next report. */
const forceLeave: Handler = async (request, { config, leases, state }) => {
  const agent = state.leases.byId.get(agentLease(request.rest))?.value.agent
  if (agent === undefined || networkOf(request) === 'wan') {
    if (request.rest !== memberName(config, networkOf(request))) throw errors.NO_SUCH_MEMBER(request.rest)
  } else if (request.query.has('prune')) await leases.end(agentLease(request.rest))
  else await leases.agentLeaves(request.rest)
  return empty()
}

export const agentMemberRoutes: readonly Route[] = [
  { path: '/v1/agent/members', methods: { GET: members } },
  { path: '/v1/agent/join/', methods: { PUT: joinOne } },
  { path: '/v1/agent/force-leave/', methods: { PUT: forceLeave } },
]
