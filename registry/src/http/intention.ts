// /v1/connect/intentions: who may call whom, one by one. They are kept in config entries, where they can be read and written together (config-entry.ts).

import { randomUUID } from 'node:crypto'
import { RosterError, errors } from '../errors.js'
import { decodeBody } from './decode/body.js'
import { intentionBody } from './decode/bodies/intention.js'
import { goQuote } from './decode/go-text.js'
import { optional } from './decode/collection-kinds.js'
import { compile } from './filtered.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead, readOptions } from './read.js'
import { json } from './reply.js'
import { severalErrors } from '../catalog/service-rules.js'
import { byDefault, decide, ofCall } from '../intentions/decide.js'
import { KIND, allIntentions, exactIntention, fromSource, intentionById, toDestination } from '../intentions/intention.js'
import { parseServiceName } from '../intentions/names.js'
import { intentionJson } from '../intentions/wire.js'
import { createCommand, deleteByIdCommand, deleteExactCommand, updateCommand, upsertCommand } from '../intentions/write.js'
import { idError } from '../queries/uuid.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Request, Route } from './route.js'
import type { IntentionBody } from './decode/bodies/intention.js'
import type { ServiceName } from '../intentions/decide.js'
import type { Roster } from '../roster.js'

/** Without a mesh there is nobody to hold to an intention. @throws RosterError `CONNECT_DISABLED` */
function checkConnect ({ config }: Roster): void {
  if (!config.connect.enabled) throw errors.CONNECT_DISABLED()
}

/** A parameter that must stand exactly once. @throws RosterError 500 */
function oneOf (request: Request, name: string): string {
  const [value, ...others] = request.query.all(name)
  if (value === undefined || others.length > 0) throw errors.INTENTION_PARAMETER(name)
  return value
}

/** @throws RosterError 500 */
function named (text: string, parameter: string, peers = false): ServiceName {
  const name = parseServiceName(text, peers)
  if (typeof name === 'string') throw errors.INTENTION_NAME(parameter, goQuote(text), name)
  return name
}

interface Pair { readonly source: ServiceName, readonly destination: ServiceName }

function pairOf (request: Request, peers = false): Pair {
  const source = oneOf(request, 'source')
  const destination = oneOf(request, 'destination')
  return { source: named(source, 'source', peers), destination: named(destination, 'destination') }
}

/** The same where something is written: an empty name is none. */
function writtenPair (request: Request): Pair {
  for (const name of ['source', 'destination']) if (oneOf(request, name) === '') throw errors.INTENTION_PARAMETER(name)
  return pairOf(request)
}

/** `null` is an intention that says nothing. */
const decode = (body: Uint8Array, prefix?: string): IntentionBody => decodeBody(optional(intentionBody), body, prefix === undefined ? {} : { prefix }) ?? intentionBody.zero()

const list: Handler = (request, roster) => answerRead(request, roster, {}, () => {
  checkEnterprise(request)
  checkConnect(roster)
  checkDatacenter(request, roster)
  const keep = compile(request, 'intention')
  return { topics: [topics.configKind(KIND)], widerTopics: [topics.configEntries], value: () => allIntentions(roster.state).map(intentionJson).filter(keep) }
})

const match: Handler = (request, roster) => {
  readOptions(request, roster)
  checkEnterprise(request)
  const { state } = roster
  const by = oneOf(request, 'by')
  if (by !== 'source' && by !== 'destination') throw errors.INTENTION_BY()
  const asked = request.query.all('name')
  if (asked.length === 0) throw errors.INTENTION_PARAMETER('name')
  const names = asked.map(text => [text, named(text, 'name').name] as const)
  const find = by === 'source' ? fromSource : toDestination
  return answerRead(request, roster, { effectiveConsistency: true, cacheable: true }, () => {
    checkConnect(roster)
    checkDatacenter(request, roster)
    return {
      topics: by === 'source' ? [topics.configKind(KIND)] : [...names.map(([, name]) => topics.configEntry(KIND, name)), topics.configEntry(KIND, '*')],
      widerTopics: [topics.configEntries],
      value: () => Object.fromEntries(names.map(([text, name]) => {
        const found = find(state, name)
        return [text, found.length === 0 ? null : found.map(intentionJson)]
      })),
    }
  })
}

const check: Handler = (request, roster) => {
  readOptions(request, roster)
  checkEnterprise(request)
  const type = request.query.get('source-type') || 'consul'
  const text = oneOf(request, 'source')
  const destination = named(oneOf(request, 'destination'), 'destination')
  const source = type === 'consul' ? named(text, 'source') : { namespace: '', name: text, peer: '' }
  checkConnect(roster)
  checkDatacenter(request, roster)
  if (type !== 'consul') throw errors.INTENTION_SOURCE_TYPE(goQuote(type))
  return json({ Allowed: decide(ofCall(roster.state, source, destination), byDefault(roster.config)).allowed }, request, roster)
}

const getExact: Handler = (request, roster) => {
  checkEnterprise(request)
  readOptions(request, roster)
  const { source, destination } = pairOf(request, true)
  checkConnect(roster)
  checkDatacenter(request, roster)
  const missing = [...source.name === '' ? ['SourceName is missing'] : [], ...destination.name === '' ? ['DestinationName is missing'] : []]
  if (missing.length > 0) throw errors.CONFIG_ENTRY(severalErrors(missing))
  const intention = exactIntention(roster.state, source.name, destination.name, source.peer)
  if (intention === undefined) throw errors.INTENTION_ABSENT()
  return json(intentionJson(intention), request, roster)
}

const putExact: Handler = async (request, roster) => {
  checkEnterprise(request)
  const { source, destination } = writtenPair(request)
  const body = decode(await request.body())
  checkConnect(roster)
  if (body.SourcePeer !== '') throw errors.CONFIG_ENTRY('SourcePeer field is not supported on this endpoint. Use config entries instead')
  const { result } = await roster.commit(upsertCommand(source.name, destination.name, body, roster.clock.now()))
  return json(result, request, roster)
}

const deleteExact: Handler = async (request, roster) => {
  checkEnterprise(request)
  const { source, destination } = writtenPair(request)
  checkConnect(roster)
  const { result } = await roster.commit(deleteExactCommand(source.name, destination.name, roster.clock.now()))
  return json(result, request, roster)
}

const create: Handler = async (request, roster) => {
  checkEnterprise(request)
  const bytes = await request.body()
  const body = inLegacyWords(() => decode(bytes, 'Failed to decode request body: '))
  refuseTenancy(body)
  checkConnect(roster)
  if (body.DestinationName === '') throw errors.PERMISSION_DENIED()
  if (body.ID !== '') throw errors.CONFIG_ENTRY('ID must be empty when creating a new intention')
  const { result } = await roster.commit(createCommand(body, randomUUID(), roster.clock.now()))
  return json({ ID: result }, request, roster)
}

/** A body that this endpoint cannot read is, of all, its own server's fault: 500. */
function inLegacyWords<T> (read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof RosterError ? errors.CONFIG_ENTRY(error.message) : error
  }
}

function refuseTenancy (body: IntentionBody): void {
  for (const [side, partition] of [['destination', body.DestinationPartition], ['source', body.SourcePartition]] as const) {
    if (partition !== '' && partition !== 'default') throw errors.INTENTION_PARTITION(side)
  }
  for (const [field, namespace] of [['SourceNS', body.SourceNS], ['DestinationNS', body.DestinationNS]] as const) {
    if (namespace !== '' && namespace.toLowerCase() !== 'default') throw errors.INTENTION_NAMESPACE(field, namespace)
  }
}

/** @throws RosterError 500 */
function refuseId (id: string): void {
  const wrong = idError(id)
  if (wrong !== undefined) throw errors.INTENTION_LOOKUP(wrong)
}

const getById: Handler = (request, roster) => {
  readOptions(request, roster)
  const id = request.rest
  checkConnect(roster)
  checkDatacenter(request, roster)
  const wrong = id === '' ? undefined : idError(id)
  if (wrong !== undefined) throw errors.INTENTION_ID(wrong)
  const intention = intentionById(roster.state, id.toLowerCase())
  if (intention === undefined) throw errors.INTENTION_ABSENT()
  return json(intentionJson(intention), request, roster)
}

const update: Handler = async (request, roster) => {
  checkEnterprise(request)
  const body = decode(await request.body())
  refuseTenancy(body)
  checkConnect(roster)
  refuseId(request.rest)
  const { result } = await roster.commit(updateCommand(request.rest.toLowerCase(), body, roster.clock.now()))
  return json({ ID: result }, request, roster)
}

const deleteById: Handler = async (request, roster) => {
  checkConnect(roster)
  if (request.rest === '') throw errors.PERMISSION_DENIED()
  refuseId(request.rest)
  const { result } = await roster.commit(deleteByIdCommand(request.rest.toLowerCase(), roster.clock.now()))
  return json(result, request, roster)
}

export const intentionRoutes: readonly Route[] = [
  { path: '/v1/connect/intentions', methods: { GET: list, POST: create } },
  { path: '/v1/connect/intentions/match', methods: { GET: match } },
  { path: '/v1/connect/intentions/check', methods: { GET: check } },
  { path: '/v1/connect/intentions/exact', methods: { GET: getExact, PUT: putExact, DELETE: deleteExact } },
  { path: '/v1/connect/intentions/', methods: { GET: getById, PUT: update, DELETE: deleteById } },
]
