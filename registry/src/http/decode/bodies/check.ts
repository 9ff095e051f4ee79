// Bodies that describe a check: PUT agent/check/register, and the check (or checks) inside a service body. Two tables, because the key of the id differs
// and so do a few others; what they mean alike is one definition, health/'s. Checks of catalog/register are rows, not tasks: catalog-check.ts.

import { bodyDecoder } from '../body.js'
import { durationMs } from '../duration-kind.js'
import type { Value } from '../kind.js'
import { flag, int, maybeFlag, text, textOf } from '../scalar-kinds.js'
import { listOrEmpty, textsMap } from '../collection-kinds.js'
import { beside, computed, field, table, type Row, type Table } from '../table.js'
import type { CheckDefinition } from '../../../health/definition.js'

/** A check as registered at the agent. */
export interface CheckBody extends CheckDefinition {
  /** `ID` in check/register, `CheckID` inside a service; '' when absent. */
  readonly id: string
  readonly name: string
  readonly notes: string
  /** Status to start with; '' when absent. Not validated here. */
  readonly status: string
  /** Service of the agent that it belongs to; always '' inside a service body, where the key is read and ignored. */
  readonly serviceId: string
  /** ACL token that its sync uses; '' inside a service body. */
  readonly token: string
}

// Durations stand in the order in which Go looks at them: it decides which of two wrong ones is named.
const common = {
  name: field('Name', text),
  notes: field('Notes', text),
  status: field('Status', text),
  args: field('ScriptArgs', listOrEmpty(text), 'args', 'script_args'),
  http: field('HTTP', text),
  header: field('Header', textsMap),
  method: field('Method', text),
  body: field('Body', text),
  tcp: field('TCP', text),
  tcpUseTls: field('TCPUseTLS', flag, 'tcp_use_tls'),
  udp: field('UDP', text),
  grpc: field('GRPC', text),
  grpcUseTls: field('GRPCUseTLS', flag, 'grpc_use_tls'),
  h2ping: field('H2PING', text),
  h2pingUseTls: computed(flag),
  osService: field('OSService', text),
  dockerContainerId: field('DockerContainerID', text, 'docker_container_id'),
  shell: field('Shell', text),
  aliasNode: field('AliasNode', text),
  aliasService: field('AliasService', text),
  tlsServerName: field('TLSServerName', text, 'tls_server_name'),
  tlsSkipVerify: field('TLSSkipVerify', flag, 'tls_skip_verify'),
  intervalMs: field('Interval', durationMs),
  timeoutMs: field('Timeout', durationMs),
  ttlMs: field('TTL', durationMs),
  deregisterCriticalServiceAfterMs: field('DeregisterCriticalServiceAfter', durationMs, 'deregister_critical_service_after'),
  successBeforePassing: field('SuccessBeforePassing', int),
  failuresBeforeWarning: field('FailuresBeforeWarning', int),
  failuresBeforeCritical: field('FailuresBeforeCritical', int),
  outputMaxBytes: field('OutputMaxSize', int),
}

const extras = { useTls: field('H2PingUseTLS', maybeFlag), useTlsSnake: beside('h2ping_use_tls', maybeFlag) }

/** HTTP/2 pings use TLS unless either spelling says no; without a ping, a yes is kept as it is. */
const finish = (row: Row<typeof common>, { useTls, useTlsSnake }: Row<typeof extras>): void => {
  row.h2pingUseTls = row.h2ping === '' ? useTls === true || useTlsSnake === true : useTls !== false && useTlsSnake !== false
}

/** `Check` and the members of `Checks` in a service body. */
export const serviceCheck: Table<CheckBody> = table({ name: '', type: 'structs.CheckType', own: 'strict', embed: 'Alias' }, {
  ...common,
  id: field('CheckID', textOf('types.CheckID')),
  disableRedirects: field('DisableRedirects', flag),
  serviceId: computed(text),
  token: computed(text),
}, {
  ...extras,
  // Read, and of no effect here.
  proxyHttp: field('ProxyHTTP', text),
  proxyGrpc: field('ProxyGRPC', text),
  serviceId: beside('ServiceID', text),
  serviceIdSnake: beside('service_id', text),
}, finish)

/** PUT agent/check/register. */
export const agentCheckRegister: Table<CheckBody> = table({ name: '', type: 'structs.CheckDefinition', own: 'strict', embed: 'Alias' }, {
  ...common,
  id: field('ID', textOf('types.CheckID')),
  disableRedirects: field('DisableRedirects', flag, 'disable_redirects'),
  serviceId: field('ServiceID', text, 'service_id'),
  token: field('Token', text),
}, extras, finish)

export const decodeAgentCheckRegister = bodyDecoder(agentCheckRegister)

/** PUT agent/check/update/:id. */
export const agentCheckUpdate = table({ name: 'checkUpdate', type: 'agent.checkUpdate' }, {
  /** passing, warning or critical; not validated here. */
  status: field('Status', text),
  output: field('Output', text),
})

export type CheckUpdateBody = Value<typeof agentCheckUpdate>

export const decodeAgentCheckUpdate = bodyDecoder(agentCheckUpdate)
