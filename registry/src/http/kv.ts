// /v1/kv: keys and their values. What may be done to a key is ../kv/operations.ts; several keys at once are txn.ts.

import { RosterError, errors } from '../errors.js'
import { parseUint64 } from './decode/query.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { queryText } from './query-text.js'
import { blocking, follows, indexHeaders, mayBeKept, readOptions } from './read.js'
import { JSON_TYPE, encode, json, text } from './reply.js'
import { command } from '../catalog/rows.js'
import { foldKeys } from '../kv/fold-keys.js'
import { keyProblem, pathKey } from '../kv/key-rules.js'
import { casKey, deleteKey, deleteKeyCas, deleteTree, lockKey, setKey, unlockKey } from '../kv/operations.js'
import { kvBytes, kvJson } from '../kv/wire.js'
import { topics } from '../state/topic-names.js'
import type { Reading, ReadOptions } from './read.js'
import type { Handler, HeaderList, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { Draft } from '../engine/draft.js'
import type { KvEntry } from '../state/kv.js'

type KeyHandler = (key: string, request: Request, roster: Roster, options: ReadOptions) => Reply | Promise<Reply>

/** What holds for all methods: parameters of reads are looked at, then the name. */
const onKey = (handle: KeyHandler): Handler => async (request, roster) => {
  const options = readOptions(request, roster)
  const key = pathKey(request.rest)
  const problem = keyProblem(key)
  if (problem === undefined) return await handle(key, request, roster, options)
  if (!roster.config.disableKvKeyValidation) throw errors.INVALID_KEY(problem)
  const warning = ['X-Consul-KV-Warning', `KV key validation bypassed: ${problem}. Consider enabling key validation for security.`]
  try {
    const reply = await handle(key, request, roster, options)
    return { ...reply, headers: [...reply.headers, ...warning] }
  } catch (error) {
    if (!(error instanceof RosterError)) throw error
    return text(error.status, error.message, warning)
  }
}

/** Nothing there: 404 without a body, and with an index, so that one can wait for it to come. */
const absent = (headers: HeaderList): Reply => ({ status: 404, headers, body: '' })

/** Keys that a browser shows must not run in it. */
const RAW: HeaderList = ['Content-Type', 'text/plain; charset=utf-8', 'X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', 'sandbox']

const getKey: KeyHandler = async (key, request, roster, options) => {
  if (key === '') throw errors.MISSING_KEY_NAME()
  checkEnterprise(request)
  checkDatacenter(request, roster)
  const { state } = roster
  const reading = await blocking(request, roster, options, () => {
    const entry = state.kv.get(key)
    // An absent key has the index of the whole table, as in Consul, and still wakes only for itself. A living one has its own, whatever is forgotten elsewhere.
    return { topics: [topics.kv(key)], ...(entry === undefined ? { widerTopics: [topics.kvAll] } : { index: state.entryIndex(entry) }), value: () => entry }
  })
  const entry = reading.value()
  const headers = indexHeaders(reading.index, options, {}, roster)
  if (entry === undefined) return absent(headers)
  const validity = { topics: reading.topics, index: state.index(reading.topics) }
  const validWhile = options.minIndex === 0n && follows(roster) && mayBeKept(roster, options) ? { validWhile: validity } : {}
  if (request.query.has('raw')) return { status: 200, headers: [...RAW, ...headers], body: kvBytes(entry.value), ...validWhile }
  const body = roster.hotReads.body(request, validity, () => encode([kvJson(entry)], request.query.has('pretty'), roster))
  return { status: 200, headers: [...JSON_TYPE, ...headers], body, ...validWhile }
}

/** Everything below a prefix, as `show` gives it; it is asked once for each change. */
async function readBelow (prefix: string, request: Request, roster: Roster, options: ReadOptions, show: (entries: Iterable<KvEntry>) => unknown): Promise<{ readonly reply: Reply, readonly some: boolean }> {
  checkEnterprise(request)
  checkDatacenter(request, roster)
  const { state } = roster
  const reading = await blocking(request, roster, options, (): Reading<boolean> => {
    const topic = state.kvPrefixes.topic(prefix, state.base)
    // Where nothing ever was, the index is that of the whole table.
    const wider = state.topics.revision(topic) === 0 ? { widerTopics: [topics.kvAll] } : {}
    return { topics: [topic], ...wider, value: () => state.kv.below(prefix)[Symbol.iterator]().next().done !== true }
  })
  const headers = indexHeaders(reading.index, options, {}, roster)
  // Only the body is kept: the topic of a prefix may be forgotten, and a whole answer must not outlive it.
  const body = roster.hotReads.body(request, { topics: reading.topics, index: reading.index }, () => encode(show(state.kv.below(prefix)), request.query.has('pretty'), roster))
  return { reply: { status: 200, headers: [...JSON_TYPE, ...headers], body }, some: reading.value() }
}

const list: KeyHandler = async (prefix, request, roster, options) => {
  const { reply, some } = await readBelow(prefix, request, roster, options, entries => Array.from(entries, entry => kvJson(entry)))
  return some ? reply : absent(reply.headers.slice(JSON_TYPE.length))
}

const names: KeyHandler = async (prefix, request, roster, options) => {
  const { query } = request
  const separator = query.has('separator') ? query.get('separator') : query.get('seperator') // as it was once misspelt
  const { reply, some } = await readBelow(prefix, request, roster, options, entries => foldKeys(Array.from(entries, entry => entry.value.key), prefix, separator))
  return some || prefix === '' ? reply : absent(reply.headers.slice(JSON_TYPE.length))
}

const get: KeyHandler = (key, request, roster, options) => {
  if (request.query.has('keys')) return names(key, request, roster, options)
  return request.query.has('recurse') ? list(key, request, roster, options) : getKey(key, request, roster, options)
}

/** @throws RosterError 400 when more than one of them is there */
function refuseConflicting (request: Request, words: readonly string[]): void {
  if (words.filter(word => request.query.has(word)).length > 1) throw errors.CONFLICTING_FLAGS(queryText(request.query))
}

/** A parameter of 64 bits; `undefined` when absent. @throws RosterError 500 with Go's text */
function uint64Param (request: Request, name: string): bigint | undefined {
  if (!request.query.has(name)) return undefined
  const value = parseUint64(request.query.get(name))
  if (typeof value === 'object') throw errors.BAD_KEY_PARAMETER(value.error)
  return value
}

/** The value, bounded. @throws RosterError 413 */
async function valueOf (request: Request, roster: Roster): Promise<string> {
  const max = roster.config.limits.kvMaxValueBytes
  try {
    return (await request.body(max)).toString('base64')
  } catch (error) {
    if (error instanceof RosterError && error.code === 'BODY_TOO_LARGE' && request.headers['content-length'] === undefined) throw errors.VALUE_TOO_LARGE_UNDECLARED(max)
    throw error
  }
}

const put: KeyHandler = async (key, request, roster) => {
  checkEnterprise(request)
  if (key === '') throw errors.MISSING_KEY_NAME()
  refuseConflicting(request, ['cas', 'acquire', 'release'])
  const { query } = request
  const flags = String(uint64Param(request, 'flags') ?? 0n)
  const cas = uint64Param(request, 'cas')
  const input = { key, flags, value: await valueOf(request, roster) }
  checkDatacenter(request, roster)
  const { base } = roster.state
  const done = await commit(roster, draft => {
    if (query.has('acquire')) return !roster.sessions.isDelayed(draft, key) && lockKey(draft, input, query.get('acquire'))
    if (query.has('release')) return unlockKey(draft, input, query.get('release'))
    if (cas !== undefined) return casKey(draft, base, input, cas)
    setKey(draft, input)
    return true
  })
  return json(done, request, roster)
}

const remove: KeyHandler = async (key, request, roster) => {
  checkEnterprise(request)
  refuseConflicting(request, ['recurse', 'cas'])
  const recurse = request.query.has('recurse')
  if (!recurse && key === '') throw errors.MISSING_KEY_NAME()
  const cas = uint64Param(request, 'cas')
  checkDatacenter(request, roster)
  const { base } = roster.state
  const done = await commit(roster, draft => {
    if (cas !== undefined) return deleteKeyCas(draft, base, key, cas)
    if (recurse) deleteTree(draft, key)
    else deleteKey(draft, key)
    return true
  })
  return json(done, request, roster)
}

/** Refusals of the locks' laws come wrapped, as from Consul's store. */
async function commit (roster: Roster, decide: (draft: Draft) => boolean): Promise<boolean> {
  try {
    return (await roster.commit(command(decide))).result
  } catch (error) {
    if (error instanceof RosterError && error.code.startsWith('LOCK_')) throw errors.KEY_WRITE_FAILED(error.message)
    throw error
  }
}

export const kvRoutes: readonly Route[] = [
  { path: '/v1/kv/', methods: { GET: onKey(get), PUT: onKey(put), DELETE: onKey(remove) } },
]
