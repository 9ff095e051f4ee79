// The watch stream's frames, subprotocol `roster.v1` of WebSocket `GET /v1/watch`: what both ends say, and nothing else. Both the server's door and watch.ts stand on these types.
// Within `roster.v1` fields and kinds are only added: a reader passes over what it does not know.

import type { CatalogNode, NodeService } from './catalog.js'
import type { StoredConfigEntry } from './config-entries.js'
import type { DiscoveryChain } from './discovery-chain.js'
import type { UserEvent } from './event.js'
import type { HealthCheck, HealthEntry } from './health.js'
import type { Intention } from './intentions.js'
import type { KvPair } from './kv.js'
import type { PreparedQuery } from './query.js'
import type { Session } from './session.js'

export const WATCH_PROTOCOL = 'roster.v1'
export const WATCH_PATH = '/v1/watch'

/** Parameters have the names and meanings of the HTTP query of the same question: texts, lists of texts, switches. `node-meta` is `key:value` each. */
interface RowParams { readonly filter?: string, readonly 'node-meta'?: readonly string[] }

/** A service in few words: how many instances, by their worst check. */
export interface ServiceSummary { readonly Name: string, readonly Kind: string, readonly Tags: readonly string[], readonly Instances: number, readonly Passing: number, readonly Warning: number, readonly Critical: number }

/** One part of a node: the node itself, an instance or a check. */
export type NodePart = { readonly Node: CatalogNode } | { readonly Service: NodeService } | { readonly Check: HealthCheck }

export interface LeaseRow { readonly ID: string, readonly Node: string, readonly TTLMs: number, readonly DeregisterAfterMs: number, readonly Lapsed: boolean, readonly ServiceIDs: readonly string[] }

/** Whether removals are held back, how many, why and until when (RFC 3339, `null` while it does not). */
export interface GuardRow { readonly Active: boolean, readonly Kept: number, readonly Reason: string, readonly Since: string | null, readonly Until: string | null }

/** What can be watched: the question's parameters and one row of its answer. */
export interface WatchKinds {
  /** Instances of a service with their checks, critical ones too unless `passing`; with `connect` its proxies and mesh-native instances. */
  readonly health: { readonly params: RowParams & { readonly service: string, readonly passing?: boolean, readonly tag?: readonly string[], readonly connect?: boolean }, readonly row: HealthEntry }
  readonly services: { readonly params: object, readonly row: ServiceSummary }
  readonly nodes: { readonly params: RowParams, readonly row: CatalogNode }
  readonly node: { readonly params: { readonly node: string }, readonly row: NodePart }
  /** Checks of a service, in a state, or all. */
  readonly checks: { readonly params: { readonly service?: string, readonly state?: string, readonly filter?: string }, readonly row: HealthCheck }
  readonly leases: { readonly params: { readonly node?: string }, readonly row: LeaseRow }
  /** One row. */
  readonly guard: { readonly params: object, readonly row: GuardRow }
  /** One key, or all below a prefix. */
  readonly kv: { readonly params: { readonly key: string } | { readonly prefix: string }, readonly row: KvPair }
  readonly sessions: { readonly params: { readonly node?: string }, readonly row: Session }
  readonly queries: { readonly params: object, readonly row: PreparedQuery }
  readonly config: { readonly params: { readonly kind?: string, readonly name?: string }, readonly row: StoredConfigEntry }
  /** One row. */
  readonly chain: { readonly params: { readonly service: string, readonly datacenter?: string }, readonly row: { readonly Chain: DiscoveryChain } }
  readonly intentions: { readonly params: { readonly source?: string, readonly destination?: string }, readonly row: Intention }
  readonly events: { readonly params: { readonly name?: string }, readonly row: UserEvent }
  readonly edges: { readonly params: { readonly service?: string }, readonly row: Readonly<Record<string, unknown>> }
}

export type WatchKind = keyof WatchKinds

// === from the client ===

/** `since`: an index that the client has seen and from which it would rather go on than begin anew. */
export interface SubscribeFrame<K extends WatchKind = WatchKind> { readonly op: 'sub', readonly id: string, readonly kind: K, readonly params: WatchKinds[K]['params'], readonly since?: number }
export interface UnsubscribeFrame { readonly op: 'unsub', readonly id: string }
/** The client acts on everything up to `index`. */
export interface AckFrame { readonly op: 'ack', readonly id: string, readonly index: number }
export type ClientFrame = SubscribeFrame | UnsubscribeFrame | AckFrame

// === from the server ===

/** A row and its key; the key is opaque, unique within the subscription, and stays the same for as long as the row is there. `removes` are such keys. */
export type Upsert<Row> = Row & { readonly Key: string }

/**
 * - `snapshot`: all there is; forget what you had. The first frame, unless `since` could be honoured.
 * - `change`: lay `upserts` over what you have, take `removes` away.
 * - `resync`: all there is, once more, because you were too slow.
 */
export interface RowsFrame<Row> { readonly id: string, readonly type: 'snapshot' | 'change' | 'resync', readonly index: number, readonly upserts: ReadonlyArray<Upsert<Row>>, readonly removes: readonly string[] }
/** Nothing of this subscription changed up to `index`. Also the first frame when `since` was honoured and nothing has happened since. */
export interface ProgressFrame { readonly id: string, readonly type: 'progress', readonly index: number }
/** The subscription is over, or never began. Without `id`, or with an empty one: the client said something that cannot be understood. */
export interface ErrorFrame { readonly id?: string, readonly type: 'error', readonly error: string }
export type ServerFrame<Row = unknown> = RowsFrame<Row> | ProgressFrame | ErrorFrame
