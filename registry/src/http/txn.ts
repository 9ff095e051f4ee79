// PUT /v1/txn: up to 128 operations on keys, nodes, instances and checks, all or none.

import { RosterError, errors } from '../errors.js'
import { decodeTxn } from './decode/bodies/txn.js'
import { checkDatacenter } from './params.js'
import { readOptions } from './read.js'
import { JSON_TYPE, encode } from './reply.js'
import { isWrite, operationsOf } from '../txn/operation.js'
import { changeAll, readAll } from '../txn/run.js'
import type { HeaderList, Handler, Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'
import type { TxnOutcome } from '../txn/run.js'

/** Where Consul's documentation explains the limit; part of the text that clients know. */
const LIMIT_DOCS = 'https://developer.hashicorp.com/docs/agent/config/config-files#txn_max_req_len'

/** The body, bounded by the larger of two limits. @throws RosterError 413 */
async function bodyOf (request: Request, { txnMaxBytes, kvMaxValueBytes }: Roster['config']['limits']): Promise<Buffer> {
  const max = Math.max(txnMaxBytes, kvMaxValueBytes)
  try {
    return await request.body(max)
  } catch (error) {
    if (!(error instanceof RosterError) || error.code !== 'BODY_TOO_LARGE') throw error
    const size = request.headers['content-length']
    throw size === undefined ? errors.TXN_TOO_LARGE_UNDECLARED(max, LIMIT_DOCS) : errors.BODY_TOO_LARGE(size, max, LIMIT_DOCS)
  }
}

const CONFLICT_TYPE: HeaderList = ['Content-Type', 'application/json; charset=utf-8']

function answer (request: Request, roster: Roster, outcome: TxnOutcome, headers: HeaderList, more: object): Reply {
  const failed = outcome.errors?.map(({ op, what }) => ({ OpIndex: op, What: what })) ?? null
  const body = encode({ Results: outcome.results, Errors: failed, ...more }, request.query.has('pretty'), roster)
  return { status: failed === null ? 200 : 409, headers: [...(failed === null ? JSON_TYPE : CONFLICT_TYPE), ...headers], body }
}

const txn: Handler = async (request, roster) => {
  const { config, state, sessions } = roster
  const operations = operationsOf(decodeTxn(await bodyOf(request, config.limits)), config.limits.kvMaxValueBytes)
  if (!operations.some(isWrite)) return read()
  checkDatacenter(request, roster)
  const { result } = await roster.commit(changeAll(operations, { base: state.base, datacenter: config.datacenter, isDelayed: (draft, key) => sessions.isDelayed(draft, key) }))
  return answer(request, roster, result, [], {})

  function read (): Reply {
    readOptions(request, roster)
    checkDatacenter(request, roster)
    const outcome = readAll(operations, state)
    // Consul has not looked at its state yet when it finds an operation malformed, and says so.
    const looked = outcome.errors === null || !outcome.malformed
    const meta = { Index: looked ? 1 : 0, LastContact: 0, KnownLeader: looked, ConsistencyLevel: '', NotModified: false, Backend: 0, ResultsFilteredByACLs: false }
    return answer(request, roster, outcome, ['X-Consul-LastContact', '0', 'X-Consul-KnownLeader', String(looked)], meta)
  }
}

export const txnRoutes: readonly Route[] = [{ path: '/v1/txn', methods: { PUT: txn } }]
