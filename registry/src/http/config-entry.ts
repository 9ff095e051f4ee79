// /v1/config: central settings by kind and name, and /v1/exported-services, which is read out of one of them.

import { errors } from '../errors.js'
import { goQuote } from './decode/go-text.js'
import { parseUint64 } from './decode/query.js'
import { compile } from './filtered.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead, blocking, indexHeaders, readOptions } from './read.js'
import { JSON_TYPE, encode, json, text } from './reply.js'
import { decodeEntry } from '../config-entries/decode.js'
import { resolveExports } from '../config-entries/exported.js'
import { entryKind } from '../config-entries/kinds.js'
import { entryJson } from '../config-entries/wire.js'
import { deleteEntryCommand, judged, putEntryCommand } from '../config-entries/write.js'
import { topics } from '../state/topic-names.js'
import type { Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { EntryWrite } from '../config-entries/write.js'
import type { ExportedServices } from '../config-entries/kinds/exported-services.js'

/** `?cas=`; an empty one is none. @throws RosterError 500 */
function writeOf (request: Request, roster: Roster): EntryWrite {
  const given = request.query.get('cas')
  const cas = given === '' ? undefined : parseUint64(given)
  if (typeof cas === 'object') throw errors.BAD_CAS(cas.error)
  return { cas, base: roster.state.base, now: roster.clock.now() }
}

const put: Handler = async (request, roster) => {
  const { kind, entry } = decodeEntry(await request.body())
  checkEnterprise(request)
  const write = writeOf(request, roster)
  const { result } = await roster.commit(putEntryCommand(kind, judged(kind, entry), write))
  return json(result, request, roster)
}

/** Kind and name in the path; `undefined` for the part that is not there. */
function placeOf (request: Request): { readonly kind: string, readonly name: string | undefined } {
  const slash = request.rest.indexOf('/')
  return slash < 0 ? { kind: request.rest, name: undefined } : { kind: request.rest.slice(0, slash), name: request.rest.slice(slash + 1) }
}

const remove: Handler = async (request, roster) => {
  const { kind: of, name } = placeOf(request)
  if (name === undefined) throw errors.CONFIG_DELETE_NAME()
  const kind = entryKind(of)
  if (kind === undefined) throw errors.CONFIG_KIND_IN_PATH(of)
  checkEnterprise(request)
  const write = writeOf(request, roster)
  if (kind.ownedByServer === true) throw errors.ONLY_BY_CONTROLLER()
  if (kind.kind === 'proxy-defaults' && name !== '' && name !== kind.onlyName) throw errors.CONFIG_ENTRY(`invalid name (${goQuote(name)}), only ${goQuote(kind.onlyName!)} is supported`)
  const { result } = await roster.commit(deleteEntryCommand(kind, name, write))
  return json(write.cas === undefined ? {} : result, request, roster)
}

/** One entry: 404 with an index when there is none, so that one can wait for it to come. */
async function one (kind: string, name: string, request: Request, roster: Roster): Promise<Reply> {
  const options = readOptions(request, roster)
  checkEnterprise(request)
  checkDatacenter(request, roster)
  if (entryKind(kind) === undefined) throw errors.CONFIG_KIND(kind)
  const { state } = roster
  // In Consul every entry moves the index; a reader of one wakes for its own only.
  const reading = await blocking(request, roster, options, () => ({ topics: [topics.configEntry(kind, name)], widerTopics: [topics.configEntries], value: () => state.configEntries.get(kind, name) }))
  const entry = reading.value()
  const headers = indexHeaders(reading.index, options, {}, roster)
  if (entry === undefined) return text(404, errors.CONFIG_ENTRY_ABSENT(goQuote(kind), goQuote(name)).message, headers)
  return { status: 200, headers: [...JSON_TYPE, ...headers], body: encode(entryJson(entry), request.query.has('pretty'), roster) }
}

/** Entries of a kind, or (`''`) of all. */
function list (kind: string, request: Request, roster: Roster): Promise<Reply> {
  const { state } = roster
  return answerRead(request, roster, { bareErrors: true }, () => {
    checkEnterprise(request)
    checkDatacenter(request, roster)
    if (kind !== '' && entryKind(kind) === undefined) throw errors.CONFIG_KIND(kind)
    if (request.query.get('filter') !== '' && kind !== 'service-defaults') throw errors.CONFIG_FILTER(kind)
    const keep = compile(request, 'serviceDefaults')
    return {
      topics: [kind === '' ? topics.configEntries : topics.configKind(kind)],
      widerTopics: [topics.configEntries],
      value: () => (kind === '' ? state.configEntries.all() : state.configEntries.ofKind(kind)).map(entryJson).filter(keep),
    }
  })
}

const get: Handler = (request, roster) => {
  const { kind, name } = placeOf(request)
  return name === undefined ? list(kind, request, roster) : one(kind, name, request, roster)
}

const exportedServices: Handler = (request, roster) => {
  checkEnterprise(request, 'partition')
  const { state } = roster
  return answerRead(request, roster, {}, () => ({
    topics: [topics.configEntry('exported-services', 'default'), topics.services],
    widerTopics: [topics.configEntries],
    value: () => {
      const entry = state.configEntries.get('exported-services', 'default')?.value.entry as ExportedServices | undefined
      return resolveExports(entry?.Services ?? [], () => ordinaryServices(roster)).map(({ service, peers }) => ({ Service: service, Consumers: { Peers: peers } }))
    },
  }))
}

/** Services that are neither proxies nor gateways. */
function ordinaryServices ({ state }: Roster): string[] {
  return [...state.services.names()].map(name => state.services.named(name)[0]!.value).filter(service => service.kind === '').map(service => service.name)
}

export const configEntryRoutes: readonly Route[] = [
  { path: '/v1/config', methods: { PUT: put } },
  { path: '/v1/config/', methods: { GET: get, DELETE: remove } },
  { path: '/v1/exported-services', methods: { GET: exportedServices } },
]
