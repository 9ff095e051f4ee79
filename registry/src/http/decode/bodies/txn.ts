// The body of PUT txn: a list of operations. The structures are those of the client library, not of the single endpoints: no snake_case anywhere,
// `Namespace` and `Partition` are known, and much of a service that may be sent is dropped (txn-service.ts).

import { bodyDecoder } from '../body.js'
import { maybeDurationMs, readableDurationMs } from '../duration-kind.js'
import { DecodeError } from '../kind.js'
import type { Value } from '../kind.js'
import { bytes, flag, int, text, textOf, uint64 } from '../scalar-kinds.js'
import { list, optional, textMap, texts, textsMap } from '../collection-kinds.js'
import { computed, field, table } from '../table.js'
import { txnLocality, txnService } from './txn-service.js'

const elsewhere = { namespace: field('Namespace', text), partition: field('Partition', text) }

const kv = table({ name: 'KVTxnOp', type: 'api.KVTxnOp' }, {
  /** set, cas, lock, …; not validated here. */
  verb: field('Verb', textOf('api.KVOp')),
  key: field('Key', text),
  /** null when absent. */
  value: field('Value', bytes),
  flags: field('Flags', uint64),
  index: field('Index', uint64),
  session: field('Session', text),
  ...elsewhere,
})

const node = table({ name: 'Node', type: 'api.Node' }, {
  id: field('ID', text),
  node: field('Node', text),
  address: field('Address', text),
  /** '' when absent: the agent's own. */
  datacenter: field('Datacenter', text),
  taggedAddresses: field('TaggedAddresses', textMap),
  meta: field('Meta', textMap),
  peerName: field('PeerName', text),
  partition: field('Partition', text),
  modifyIndex: field('ModifyIndex', uint64),
}, {
  createIndex: field('CreateIndex', uint64),
  locality: field('Locality', optional(txnLocality)),
})

/** Both spellings of the three durations are known; the one without `Duration` counts unless it is zero. */
const definition = table({ name: '', type: 'api.HealthCheckDefinition', own: 'tolerant', embed: 'Alias' }, {
  http: field('HTTP', text),
  header: field('Header', textsMap),
  method: field('Method', text),
  body: field('Body', text),
  tlsServerName: field('TLSServerName', text),
  tlsSkipVerify: field('TLSSkipVerify', flag),
  tcp: field('TCP', text),
  tcpUseTls: field('TCPUseTLS', flag),
  grpc: field('GRPC', text),
  grpcUseTls: field('GRPCUseTLS', flag),
  osService: field('OSService', text),
  intervalMs: computed(readableDurationMs),
  timeoutMs: computed(readableDurationMs),
  deregisterCriticalServiceAfterMs: computed(readableDurationMs),
}, {
  udp: field('UDP', text),
  sessionName: field('SessionName', text),
  interval: field('Interval', readableDurationMs),
  timeout: field('Timeout', readableDurationMs),
  deregister: field('DeregisterCriticalServiceAfter', readableDurationMs),
  intervalDuration: field('IntervalDuration', maybeDurationMs),
  timeoutDuration: field('TimeoutDuration', maybeDurationMs),
  deregisterDuration: field('DeregisterCriticalServiceAfterDuration', maybeDurationMs),
}, (row, extras) => {
  row.intervalMs = extras.intervalDuration ?? extras.interval
  row.timeoutMs = extras.timeoutDuration ?? extras.timeout
  row.deregisterCriticalServiceAfterMs = extras.deregisterDuration ?? extras.deregister
})

const check = table({ name: 'HealthCheck', type: 'api.HealthCheck' }, {
  node: field('Node', text),
  checkId: field('CheckID', text),
  name: field('Name', text),
  status: field('Status', text),
  notes: field('Notes', text),
  output: field('Output', text),
  serviceId: field('ServiceID', text),
  serviceName: field('ServiceName', text),
  serviceTags: field('ServiceTags', texts),
  type: field('Type', text),
  exposedPort: field('ExposedPort', int),
  peerName: field('PeerName', text),
  definition: field('Definition', definition),
  ...elsewhere,
  modifyIndex: field('ModifyIndex', uint64),
}, { createIndex: field('CreateIndex', uint64) })

/** One operation: the first of the four that is not null counts. All null is an operation that does nothing. */
const op = table({ name: 'TxnOp', type: 'api.TxnOp' }, {
  kv: field('KV', optional(kv)),
  node: field('Node', optional(table({ name: 'NodeTxnOp', type: 'api.NodeTxnOp' }, { verb: field('Verb', textOf('api.NodeOp')), node: field('Node', node) }))),
  service: field('Service', optional(table({ name: 'ServiceTxnOp', type: 'api.ServiceTxnOp' }, {
    verb: field('Verb', textOf('api.ServiceOp')),
    /** Name of the node. */
    node: field('Node', text),
    service: field('Service', txnService),
  }))),
  check: field('Check', optional(table({ name: 'CheckTxnOp', type: 'api.CheckTxnOp' }, { verb: field('Verb', textOf('api.CheckOp')), check: field('Check', check) }))),
})

/** A null in the list is no operation. (Consul ends with it.) */
const presentOp: typeof op = {
  ...op,
  read (node, pass, current) {
    if (node !== null) return op.read(node, pass, current)
    pass.save(new DecodeError('an operation is an object, not null'))
    return current
  },
}

/** PUT txn. null (also for `null`) is a transaction without operations. */
export const txn = list(presentOp, 'api.TxnOps')

export type TxnOpBody = Value<typeof op>
export type TxnKvBody = NonNullable<TxnOpBody['kv']>
export type TxnNodeBody = NonNullable<TxnOpBody['node']>
export type TxnServiceBody = NonNullable<TxnOpBody['service']>
export type TxnCheckBody = NonNullable<TxnOpBody['check']>

export const decodeTxn = bodyDecoder(txn, { prefix: 'Failed to parse body: ' })
