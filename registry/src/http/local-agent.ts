// /v1/local-agent: the server's side of local agents: the view that they follow, and what they report of their nodes. Roster's own.

import { errors } from '../errors.js'
import { emptyToNull } from '../catalog/service-rules.js'
import { checkRecord, serviceRecord } from '../catalog/register.js'
import { uuidError } from '../catalog/uuid.js'
import { serviceMetaError } from '../catalog/meta.js'
import { decodeLocalAgentReport } from './decode/bodies/local-agent.js'
import { formatMs } from './decode/duration.js'
import { commonHeaders } from './outgoing.js'
import { json } from './reply.js'
import { taken } from './route.js'
import type { Handler, Request, Route } from './route.js'
import type { ServerResponse } from 'node:http'
import type { FollowerSink, Since } from '../follow/feed.js'
import type { Roster } from '../roster.js'

/** ms that a follower may leave the connection untouched while it is written to: longer, and it is cut off. */
const IDLE_MS = 30_000

/** Only a server has what others follow. @throws RosterError 500 */
function refuseOthers (roster: Roster, id: string, node: string, datacenter: string): void {
  if (id !== '' && id === roster.config.node.id) throw errors.AGENT_IS_SELF(roster.config.node.name)
  if (!roster.config.server) throw errors.AGENT_IS_NO_SERVER(roster.config.node.name, roster.config.join.lan.join(', ') || 'nobody yet')
  if (datacenter !== roster.config.datacenter) throw errors.WRONG_DATACENTER(node, datacenter, roster.config.datacenter)
}

/** The newest revision there is, for a follower who has heard of one that it has not got. */
const head: Handler = async (request, roster) => {
  const { query } = request
  refuseOthers(roster, query.get('id'), query.get('node'), query.get('dc') || roster.config.datacenter)
  return json({ Revision: await roster.freshness.newest() }, request, roster)
}

const view: Handler = async (request, roster): Promise<typeof taken> => {
  const { query } = request
  refuseOthers(roster, query.get('id'), query.get('node'), query.get('dc') || roster.config.datacenter)
  const { response } = request.raw
  await roster.feed.follow(sinceOf(request), sinkOf(response, roster), request.signal)
  if (!response.headersSent) response.destroy()
  return taken
}

/** What the follower says that it has; `undefined`: nothing. */
function sinceOf ({ query }: Request): Since | undefined {
  const revision = Number(query.get('since'))
  const history = query.get('history')
  return history === '' || !Number.isSafeInteger(revision) || revision <= 0 ? undefined : { history, revision }
}

/** The answer begins with the first line, so that what is refused before has a status. */
function sinkOf (response: ServerResponse, roster: Roster): FollowerSink {
  const begin = (): void => {
    response.writeHead(200, ['Content-Type', 'application/x-ndjson', ...commonHeaders(roster.config, true)])
    response.setTimeout(IDLE_MS, () => { response.destroy() })
  }
  return {
    write (line) {
      if (!response.headersSent) begin()
      response.write(line)
    },
    get unread () { return response.writableLength },
    drained: () => new Promise(resolve => {
      if (!response.writableNeedDrain || response.destroyed) resolve()
      else for (const event of ['drain', 'close']) response.once(event, () => resolve())
    }),
    close () { if (response.headersSent) response.destroy() },
  }
}

const report: Handler = async (request, roster) => {
  const body = decodeLocalAgentReport(await request.body(roster.config.limits.txnMaxBytes))
  if (body.node === '') throw errors.MUST_PROVIDE_NODE()
  refuseOthers(roster, body.id, body.node, body.datacenter)
  if (body.id === '') throw errors.AGENT_NODE_ID()
  const badId = uuidError(body.id)
  if (badId !== undefined) throw errors.BAD_NODE_ID(badId)
  const { minTtlMs, maxTtlMs } = roster.config.leases
  if (body.ttlMs === null) throw errors.LEASE_TTL_MISSING()
  if (body.ttlMs < minTtlMs || body.ttlMs > maxTtlMs) throw errors.LEASE_TTL(formatMs(body.ttlMs), formatMs(minTtlMs), formatMs(maxTtlMs))
  if (body.leave) {
    await roster.leases.agentLeaves(body.node, body.id)
    return json({ Known: false, Index: roster.state.base + roster.state.revision }, request, roster)
  }
  const services = body.services.map(service => {
    const record = serviceRecord(service, body.node)
    const wrong = serviceMetaError(record.kind, record.meta)
    if (wrong !== undefined) throw errors.CATALOG_SERVICE_META(body.node, record.id, wrong)
    return record
  })
  const checks = body.checks.map(check => {
    const record = checkRecord(check, body.node)
    if (record.checkId === '') throw errors.CHECK_WITHOUT_ID(body.node)
    return { ...record, node: body.node }
  })
  const { index, known } = await roster.leases.agentReports({
    node: {
      name: body.node,
      id: body.id.toLowerCase(),
      address: body.address === '' ? request.remoteAddress.replace(/^::ffff:/, '') : body.address,
      datacenter: body.datacenter,
      taggedAddresses: emptyToNull(body.taggedAddresses),
      meta: body.meta,
      ...(body.locality === null ? {} : { locality: body.locality }),
    },
    ttlMs: body.ttlMs,
    version: body.version,
    http: body.http,
    services,
    checks,
    goneServices: body.goneServices,
    goneChecks: body.goneChecks,
  })
  return json({ Known: known, Index: index }, request, roster)
}

export const localAgentRoutes: readonly Route[] = [
  { path: '/v1/local-agent/head', methods: { GET: head } },
  { path: '/v1/local-agent/view', methods: { GET: view } },
  { path: '/v1/local-agent/report', methods: { PUT: report } },
]
