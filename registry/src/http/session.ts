// /v1/session: what locks live on. The locks themselves are keys (kv.ts).

import { randomUUID } from 'node:crypto'
import { errors } from '../errors.js'
import { decodeSessionCreate } from './decode/bodies/session.js'
import { onBehalfOf } from './on-behalf.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead, readOptions } from './read.js'
import { json } from './reply.js'
import { command } from '../catalog/rows.js'
import { createSession, sessionRecord } from '../sessions/create.js'
import { endSession } from '../sessions/end.js'
import { sessionJson } from '../sessions/wire.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { SessionEntry } from '../state/sessions.js'

const create: Handler = async (request, roster) => {
  checkEnterprise(request)
  const body = decodeSessionCreate(await request.body())
  checkDatacenter(request, roster)
  const session = sessionRecord(body, randomUUID(), { node: onBehalfOf(request.headers)?.node ?? roster.config.node.name, ttlMinMs: roster.config.sessionTtlMinMs })
  await roster.commit(createSession(session))
  return json({ ID: session.id }, request, roster)
}

/** The id in the path. @throws RosterError 400 */
function idOf (request: Request): string {
  if (request.rest === '') throw errors.MISSING_SESSION()
  return request.rest
}

const destroy: Handler = async (request, roster) => {
  checkEnterprise(request)
  const id = idOf(request)
  checkDatacenter(request, roster)
  await roster.commit(command(draft => endSession(draft, id)))
  return json(true, request, roster)
}

const renew: Handler = (request, roster) => {
  readOptions(request, roster)
  checkEnterprise(request)
  const id = idOf(request)
  checkDatacenter(request, roster)
  const session = roster.sessions.renew(id)
  if (session === undefined) throw errors.SESSION_UNKNOWN(id)
  return json([sessionJson(session)], request, roster)
}

/** Consul counts every session in the index; a reader of one, or of a node's, still wakes for its own only. */
async function read (request: Request, roster: Roster, own: string, sessions: () => readonly SessionEntry[]): Promise<Reply> {
  const wider = own === topics.sessions ? {} : { widerTopics: [topics.sessions] }
  return await answerRead(request, roster, {}, () => {
    checkDatacenter(request, roster)
    return { topics: [own], ...wider, value: () => sessions().map(sessionJson) }
  })
}

const info: Handler = (request, roster) => {
  readOptions(request, roster)
  checkEnterprise(request)
  const id = idOf(request)
  return read(request, roster, topics.session(id), () => {
    const session = roster.state.sessions.get(id)
    return session === undefined ? [] : [session]
  })
}

const node: Handler = (request, roster) => {
  readOptions(request, roster)
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_NODE_NAME()
  return read(request, roster, topics.nodeSessions(request.rest), () => roster.state.sessions.onNode(request.rest))
}

const list: Handler = (request, roster) => {
  readOptions(request, roster)
  checkEnterprise(request)
  return read(request, roster, topics.sessions, () => roster.state.sessions.list())
}

export const sessionRoutes: readonly Route[] = [
  { path: '/v1/session/create', methods: { PUT: create } },
  { path: '/v1/session/destroy/', methods: { PUT: destroy } },
  { path: '/v1/session/renew/', methods: { PUT: renew } },
  { path: '/v1/session/info/', methods: { GET: info } },
  { path: '/v1/session/node/', methods: { GET: node } },
  { path: '/v1/session/list', methods: { GET: list } },
]
