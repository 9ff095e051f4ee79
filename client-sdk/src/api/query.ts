// Prepared queries: questions for instances that are kept at the servers, with failover to other datacenters (`/v1/query…`).

import { json, list, nothing, record, shaped, text } from './decode.js'
import { healthEntry } from './health.js'
import type { HealthEntry } from './health.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { Cached, CallOptions, Consistency, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

export interface QueryFailoverTarget { readonly Peer?: string, readonly Datacenter?: string }

/** As sent; what is left out has the server's default. */
export interface QueryBody {
  readonly Name?: string
  /** The query goes with this session. */
  readonly Session?: string
  /** Used when the query is executed, instead of the caller's. */
  readonly Token?: string
  readonly Template?: { readonly Type: 'name_prefix_match', readonly Regexp?: string, readonly RemoveEmptyTags?: boolean }
  readonly Service: {
    readonly Service: string
    readonly Failover?: { readonly NearestN?: number, readonly Datacenters?: readonly string[] | null, readonly Targets?: readonly QueryFailoverTarget[] | null }
    /** Leave out instances with a warning, too. */
    readonly OnlyPassing?: boolean
    readonly IgnoreCheckIDs?: readonly string[] | null
    /** Nearest first, seen from this node, `_agent` or `_ip`. */
    readonly Near?: string
    /** All of these; `!blue` means not blue. */
    readonly Tags?: readonly string[] | null
    readonly NodeMeta?: Readonly<Record<string, string>> | null
    readonly ServiceMeta?: Readonly<Record<string, string>> | null
    readonly Connect?: boolean
    readonly Peer?: string
  }
  readonly DNS?: { readonly TTL?: string }
}

export interface PreparedQuery extends QueryBody { readonly ID: string, readonly CreateIndex: number, readonly ModifyIndex: number }

export interface QueryResult {
  readonly Service: string
  readonly Nodes: readonly HealthEntry[]
  readonly DNS: { readonly TTL: string }
  /** That answered in the end. */
  readonly Datacenter: string
  readonly PeerName?: string
  /** How many others were asked before. */
  readonly Failovers: number
}

export interface QueryExecuteOptions extends CallOptions, Consistency, Cached {
  readonly near?: string
  /** At most so many instances; 0 or less: all. */
  readonly limit?: number
  readonly connect?: boolean
}

const queries = list(record<PreparedQuery>())

export const queryApi = (http: Transport) => ({
  /** Gives the new query's id. */
  create: async (body: QueryBody, options: CallOptions = {}): Promise<Answer<string>> => {
    const { value, meta } = await http.call({ method: 'POST', path: '/v1/query', body, decode: json(shaped<{ ID: string }>({ ID: text })) }, options)
    return { value: value.ID, meta }
  },
  /** Replaces the whole query. */
  update: (id: string, body: QueryBody, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: path`/v1/query/${id}`, body, idempotent: true, decode: nothing }, options),
  delete: (id: string, options: CallOptions = {}): Promise<Answer<void>> => http.call({ method: 'DELETE', path: path`/v1/query/${id}`, decode: nothing }, options),
  list: (options: ReadOptions = {}): Promise<Answer<readonly PreparedQuery[]>> => http.call({ method: 'GET', path: '/v1/query', decode: json(queries) }, options),
  /** By id. @throws NotFoundError */
  get: async (id: string, options: ReadOptions = {}): Promise<Answer<PreparedQuery>> => {
    const { value, meta } = await http.call({ method: 'GET', path: path`/v1/query/${id}`, decode: json(queries) }, options)
    return { value: value[0]!, meta }
  },
  /** By id or name. @throws NotFoundError for an unknown query; a query without instances is an answer */
  execute: (idOrName: string, { limit, connect, ...options }: QueryExecuteOptions = {}): Promise<Answer<QueryResult>> =>
    http.call({ method: 'GET', path: path`/v1/query/${idOrName}/execute`, query: { limit, connect: connect === undefined ? undefined : String(connect) }, decode: json(shaped<QueryResult>({ Nodes: list(healthEntry) })) }, options),
  /** The query as it would be executed under this name, templates filled in. */
  explain: async (idOrName: string, options: CallOptions & Consistency = {}): Promise<Answer<PreparedQuery>> => {
    const { value, meta } = await http.call({ method: 'GET', path: path`/v1/query/${idOrName}/explain`, decode: json(shaped<{ Query: PreparedQuery }>({ Query: record() })) }, options)
    return { value: value.Query, meta }
  },
})
