// /v1/query: prepared queries, written, read, run and explained.

import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { command } from '../catalog/rows.js'
import { instanceJson, withReportedPort } from '../catalog/wire.js'
import { errors } from '../errors.js'
import { deleteQuery, putQuery } from '../queries/commands.js'
import { executeQuery } from '../queries/execute.js'
import { queryRecord } from '../queries/record.js'
import { resolveQuery } from '../queries/resolve.js'
import { idError } from '../queries/uuid.js'
import { queryJson } from '../queries/wire.js'
import { topics } from '../state/topic-names.js'
import { decodePreparedQuery, decodePreparedQueryUpdate } from './decode/bodies/query.js'
import { boolError, parseAtoi, parseBool } from './decode/query.js'
import { checkDatacenter } from './params.js'
import { answerRead, indexHeaders, readOptions, refusal } from './read.js'
import { empty, json, text } from './reply.js'
import type { Handler, HeaderList, Reply, Request, Route } from './route.js'
import type { ReadOptions } from './read.js'
import type { Roster } from '../roster.js'
import type { Json } from '../catalog/wire.js'
import type { QueryEntry } from '../state/queries.js'

// === all of them ===

const create: Handler = async (request, roster) => {
  const body = decodePreparedQuery(await request.body())
  checkDatacenter(request, roster)
  if (body.id !== '') throw errors.QUERY_ID_GIVEN()
  const id = randomUUID()
  await roster.commit(putQuery(queryRecord(body, id), 'new'))
  return json({ ID: id }, request, roster)
}

const list: Handler = (request, roster) => answerRead(request, roster, { effectiveConsistency: true }, () => {
  checkDatacenter(request, roster)
  return { topics: [topics.queries], value: () => roster.state.queries.list().map(queryJson) }
})

// === one of them; its id or name is what stands between the pattern and the verb ===

/** The family answers other methods by itself, in its own way. */
const specific: Handler = (request, roster) => {
  const verb = /\/(execute|explain)$/.exec(request.path)?.[1]
  if (verb === undefined) return byMethod(request, roster, { GET: show, PUT: update, DELETE: remove })
  return byMethod(request, roster, { GET: verb === 'execute' ? execute : explain })
}

function byMethod (request: Request, roster: Roster, handlers: Readonly<Record<string, Handler>>): ReturnType<Handler> {
  const handler = handlers[request.method]
  if (handler !== undefined) return handler(request, roster)
  const methods = Object.keys(handlers)
  if (request.method === 'OPTIONS') return json({}, request, roster, ['Allow', ['OPTIONS', ...methods].join(',')])
  return text(405, errors.METHOD_NOT_ALLOWED(request.method).message, ['Allow', methods.join(',')])
}

const show: Handler = (request, roster) => answerRead(request, roster, { effectiveConsistency: true }, () => {
  checkDatacenter(request, roster)
  const id = request.rest
  const wrong = idError(id)
  if (wrong !== undefined) throw errors.QUERY_ID(wrong)
  const query = roster.state.queries.get(id)
  if (query === undefined) throw errors.QUERY_UNKNOWN()
  return { topics: [topics.query(id)], widerTopics: [topics.queries], value: () => [queryJson(query)] }
})

/** The query that a write means. @throws RosterError 500 */
function existing ({ rest: id }: Request, { state }: Roster): QueryEntry {
  const wrong = idError(id)
  if (wrong !== undefined) throw errors.QUERY_ID_OF_WRITE(wrong)
  const query = state.queries.get(id)
  if (query === undefined) throw errors.QUERY_ABSENT(id)
  return query
}

const update: Handler = async (request, roster) => {
  const body = decodePreparedQueryUpdate(await request.body())
  checkDatacenter(request, roster)
  await roster.commit(putQuery(queryRecord(body, existing(request, roster).value.id), 'there'))
  return empty()
}

const remove: Handler = async (request, roster) => {
  checkDatacenter(request, roster)
  const { value: { id } } = existing(request, roster)
  await roster.commit(command(draft => deleteQuery(draft, id)))
  return empty()
}

const nameOf = ({ path }: Request): string => path.slice('/v1/query/'.length).replace(/(^|\/)(execute|explain)$/, '')

/** What an answer that never blocks says of itself, in its headers and in its body. */
const ONCE_INDEX = 1
const metaOf = ({ consistency }: ReadOptions): object =>
  ({ Index: ONCE_INDEX, LastContact: 0, KnownLeader: true, ConsistencyLevel: consistency, NotModified: false, Backend: 0, ResultsFilteredByACLs: false })
const headersOf = (options: ReadOptions, roster: Roster): HeaderList => indexHeaders(ONCE_INDEX, options, { effectiveConsistency: true }, roster)

const execute: Handler = (request, roster) => {
  const options = readOptions(request, roster)
  const { query } = request
  const limit = query.get('limit') === '' ? 0 : parseAtoi(query.get('limit'))
  if (typeof limit !== 'number') throw errors.QUERY_LIMIT(limit.error)
  const connect = query.get('connect') === '' ? false : parseBool(query.get('connect'))
  if (connect === undefined) throw errors.QUERY_CONNECT(boolError(query.get('connect')))
  const cached = options.cached && roster.config.http.useCache
  return once(() => {
    checkDatacenter(request, roster)
    const found = resolveQuery(roster.state, nameOf(request))?.value
    if (found === undefined) throw cached ? errors.QUERY_UNKNOWN_CACHED() : errors.QUERY_UNKNOWN()
    const { config, random } = roster
    const result = executeQuery(roster.state, found, { node: config.node.name, datacenter: config.datacenter, near: query.get('near'), ip: callerIp(request), connect, limit, random })
    const body = {
      Service: found.service.service,
      Nodes: result.instances.map(instanceJson).map(withReportedPort).map(withNulls),
      DNS: { TTL: found.dns.ttl },
      Datacenter: result.datacenter,
      PeerName: result.peer,
      Failovers: result.failovers,
      ...metaOf(options),
    }
    return json(body, request, roster, [...headersOf(options, roster), ...(cached ? roster.cachedReads.headers(request) : [])])
  })
}

/** What is not there is null here, where other endpoints have an empty list: checks, and the tags of checks of a whole node. */
function withNulls (instance: Json): Json {
  const checks = instance['Checks'] as readonly Json[]
  return { ...instance, Checks: checks.length === 0 ? null : checks.map(check => check['ServiceID'] === '' ? { ...check, ServiceTags: null } : check) }
}

const explain: Handler = (request, roster) => {
  const options = readOptions(request, roster)
  return once(() => {
    checkDatacenter(request, roster)
    const found = resolveQuery(roster.state, nameOf(request))
    if (found === undefined) throw errors.QUERY_UNKNOWN()
    return json({ Query: queryJson(found), ...metaOf(options) }, request, roster, headersOf(options, roster))
  })
}

function once (answer: () => Reply): Reply {
  try {
    return answer()
  } catch (error) {
    return refusal(error)
  }
}

/** Whom a proxy says that it asks for, else whoever is on the connection. */
function callerIp ({ headers, remoteAddress }: Request): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',', 1)[0]!.trim()
  return isIP(forwarded) > 0 ? forwarded : remoteAddress.replace(/^::ffff:/, '')
}

export const queryRoutes: readonly Route[] = [
  { path: '/v1/query', methods: { GET: list, POST: create } },
  { path: '/v1/query/', methods: { GET: specific, PUT: specific, DELETE: specific }, ownMethods: true },
]
