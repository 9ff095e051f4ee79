// Transactions: up to 128 operations on keys, nodes, services and checks, all or none (`PUT /v1/txn`).

import type { CatalogCheckBody, CatalogNode, CatalogServiceBody, NodeService } from './catalog.js'
import { json, jsonAt, list, record, shaped } from './decode.js'
import type { HealthCheck } from './health.js'
import type { KvPair } from './kv.js'
import type { Answer } from './meta.js'
import type { CallOptions, Consistency } from './options.js'
import type { Transport } from './transport.js'

export type KvVerb =
  | 'set' | 'cas' | 'lock' | 'unlock' | 'get' | 'get-or-empty' | 'get-tree' | 'check-index' | 'check-session' | 'check-not-exists' | 'delete' | 'delete-tree' | 'delete-cas'
export type CatalogVerb = 'set' | 'cas' | 'get' | 'delete' | 'delete-cas'

/** `Value` is base64, see `txnValue`. `Index` is what `cas`, `check-index` and `delete-cas` compare with. */
export interface TxnKv { readonly Verb: KvVerb, readonly Key: string, readonly Value?: string | null, readonly Flags?: number, readonly Index?: number, readonly Session?: string }

/** A node as an operation writes it. `ModifyIndex` is what `cas` compares with. */
export type TxnNode = Partial<CatalogNode> & { readonly Node: string }

/** One operation; exactly one of the four. */
export type TxnOperation =
  | { readonly KV: TxnKv }
  | { readonly Node: { readonly Verb: CatalogVerb, readonly Node: TxnNode } }
  | { readonly Service: { readonly Verb: CatalogVerb, readonly Node: string, readonly Service: Partial<CatalogServiceBody> & { readonly ModifyIndex?: number } } }
  | { readonly Check: { readonly Verb: CatalogVerb, readonly Check: CatalogCheckBody & { readonly ModifyIndex?: number } } }

/** What an operation gave; writes of keys come back without their value, deletes give nothing. */
export interface TxnResult { readonly KV?: KvPair, readonly Node?: CatalogNode, readonly Service?: NodeService, readonly Check?: HealthCheck }

/** Why an operation did not fit. */
export interface TxnError { readonly OpIndex: number, readonly What: string }

/** `committed: false` means that nothing happened; `errors` names every operation that did not fit. */
export interface TxnOutcome { readonly committed: boolean, readonly results: readonly TxnResult[], readonly errors: readonly TxnError[] }

export const txnValue = (value: string | Uint8Array): string => Buffer.from(value).toString('base64')

interface Wire { readonly Results: readonly TxnResult[], readonly Errors: readonly TxnError[] }

export const txnApi = (http: Transport) => ({
  /** An operation that does not fit is an answer, not an error. Only-reading transactions may be `stale` or `consistent`. */
  run: (operations: readonly TxnOperation[], options: CallOptions & Consistency = {}): Promise<Answer<TxnOutcome>> => {
    const shape = shaped<Wire>({ Results: list(record<TxnResult>()), Errors: list(record<TxnError>()) })
    return http.call({
      method: 'PUT',
      path: '/v1/txn',
      body: operations,
      accept: jsonAt(409),
      decode: answer => {
        const { Results, Errors } = json(shape)(answer)
        return { committed: answer.status !== 409, results: Results, errors: Errors }
      },
    }, options)
  },
})
