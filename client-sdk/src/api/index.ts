// The typed floor: every endpoint of the registry as one method, by noun. `createApi` makes the whole; the files beside this one have a noun each, with its types.

import { aclApi } from './acl.js'
import { agentApi } from './agent.js'
import { catalogApi } from './catalog.js'
import { configApi } from './config.js'
import { connectApi } from './connect.js'
import { coordinateApi } from './coordinate.js'
import { discoveryChainApi } from './discovery-chain.js'
import { eventApi } from './event.js'
import { explainApi } from './explain.js'
import { healthApi } from './health.js'
import { historyApi } from './history.js'
import { intentionsApi } from './intentions.js'
import { kvApi } from './kv.js'
import { leaseApi } from './lease.js'
import { metricsApi } from './metrics.js'
import { operatorApi } from './operator.js'
import { peeringApi } from './peering.js'
import { queryApi } from './query.js'
import { sessionApi } from './session.js'
import { snapshotApi } from './snapshot.js'
import { statusApi } from './status.js'
import { Transport } from './transport.js'
import type { TransportOptions } from './transport.js'
import { txnApi } from './txn.js'
import { uiApi } from './ui.js'
import { watchApi } from './watch.js'
import { watchersApi } from './watchers.js'

/** The nouns, in the order in which the reference shows them. A new one is a file and a line here. */
const nouns = {
  agent: agentApi,
  catalog: catalogApi,
  health: healthApi,
  kv: kvApi,
  session: sessionApi,
  txn: txnApi,
  query: queryApi,
  event: eventApi,
  coordinate: coordinateApi,
  status: statusApi,
  snapshot: snapshotApi,
  operator: operatorApi,
  config: configApi,
  discoveryChain: discoveryChainApi,
  intentions: intentionsApi,
  connect: connectApi,
  acl: aclApi,
  peering: peeringApi,
  ui: uiApi,
  lease: leaseApi,
  watch: watchApi,
  watchers: watchersApi,
  explain: explainApi,
  history: historyApi,
  metrics: metricsApi,
}

type Nouns = { readonly [N in keyof typeof nouns]: ReturnType<(typeof nouns)[N]> }

export interface RosterApi extends Nouns {
  /** For what has no method (yet): any exchange, with the same bounds and errors. */
  readonly transport: Transport
  /** Ends every socket at once; what is under way is rejected with ClosedError. Afterwards nothing keeps the process from ending. */
  close (): Promise<void>
}

/**
 * A client of one registry, on one server or several. Connects at the first call, not before.
 *
 * @example const api = createApi({ address: 'http://127.0.0.1:8500' }); const { value, meta } = await api.health.service('web', { passing: true })
 * @throws InvalidOptionError for an option, address, file or environment variable that cannot be used
 */
export function createApi (options: TransportOptions = {}, env: NodeJS.ProcessEnv = process.env): RosterApi {
  const transport = new Transport(options, env)
  const made = Object.fromEntries(Object.entries(nouns).map(([noun, make]) => [noun, make(transport)])) as unknown as Nouns
  return { ...made, transport, close: () => transport.close() }
}

export type * from './acl.js'
export type { Address, AddressOptions, Settings, TlsOptions } from './address.js'
export { parseAddress, readTlsFiles, resolveSettings } from './address.js'
export type * from './agent.js'
export { memberStatus } from './agent.js'
export { blockingTimeout, DEFAULT_WAIT_MS, MAX_WAIT_MS, nextIndex } from './blocking.js'
export type * from './catalog.js'
export type * from './check-definition.js'
export type * from './config-entries.js'
export type * from './connect.js'
export type * from './coordinate.js'
export { distance } from './coordinate.js'
export type * from './discovery-chain.js'
export * from './errors.js'
export type * from './event.js'
export type * from './explain.js'
export type * from './health.js'
export type * from './history.js'
export type * from './intentions.js'
export type * from './kv.js'
export { kvBytes, kvPath, kvText } from './kv.js'
export type * from './lease.js'
export type { Answer, GuardState, Meta } from './meta.js'
export type * from './operator.js'
export type { AnyOptions, Blocking, Cached, CallOptions, Consistency, Filtered, Near, NodeMeta, ReadOptions } from './options.js'
export type * from './peering.js'
export type * from './query.js'
export type * from './service-definition.js'
export type * from './session.js'
export type * from './status.js'
export type { Exchange, Streamed, Transport, TransportOptions } from './transport.js'
export type * from './txn.js'
export { txnValue } from './txn.js'
export type * from './ui.js'
export type { Subscriber, Subscription, WatchConnection, WatchOptions } from './watch.js'
export * from './watch-protocol.js'
export type * from './watchers.js'
