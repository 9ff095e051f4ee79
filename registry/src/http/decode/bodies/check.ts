// Bodies that describe a check: PUT agent/check/register, and the check (or checks) inside a service body. Two tables, because the key of the id differs
// and so do a few others; what they mean alike is one definition, health/'s. Checks of catalog/register are rows, not tasks: catalog-check.ts.

import { flag, int, maybeFlag, text, texts, textsMap, textOf } from '../kind.js'
import { durationMs, field, table, type Row } from '../table.js'
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

// In the order in which Go looks at them: it decides which of two wrong durations is named.
const common = {
  intervalMs: field('Interval', durationMs),
  timeoutMs: field('Timeout', durationMs),
  ttlMs: field('TTL', durationMs),
  deregisterCriticalServiceAfterMs: field('DeregisterCriticalServiceAfter', durationMs, 'deregister_critical_service_after'),
  name: field('Name', text),
  notes: field('Notes', text),
  status: field('Status', text),
  args: field('ScriptArgs', texts, 'args', 'script_args'),
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
  h2pingUseTls: field('H2PingUseTLS', maybeFlag),
  h2pingUseTlsSnake: field('h2ping_use_tls', maybeFlag),
  osService: field('OSService', text),
  dockerContainerId: field('DockerContainerID', text, 'docker_container_id'),
  shell: field('Shell', text),
  aliasNode: field('AliasNode', text),
  aliasService: field('AliasService', text),
  tlsServerName: field('TLSServerName', text, 'tls_server_name'),
  tlsSkipVerify: field('TLSSkipVerify', flag, 'tls_skip_verify'),
  successBeforePassing: field('SuccessBeforePassing', int),
  failuresBeforeWarning: field('FailuresBeforeWarning', int),
  failuresBeforeCritical: field('FailuresBeforeCritical', int),
  outputMaxBytes: field('OutputMaxSize', int),
}

/** HTTP/2 pings use TLS unless told otherwise; without one, only the snake_case spelling turns it on. */
const usesTls = (row: { readonly h2ping: string, readonly h2pingUseTls: boolean | null, readonly h2pingUseTlsSnake: boolean | null }): boolean =>
  row.h2ping === ''
    ? row.h2pingUseTls === true || row.h2pingUseTlsSnake === true
    : row.h2pingUseTlsSnake !== false && row.h2pingUseTls !== false

const completed = (row: Row<typeof common>) => {
  const { h2pingUseTlsSnake, ...rest } = row
  return { ...rest, args: row.args ?? [], header: headersOf(row.header), h2pingUseTls: usesTls(row) }
}

const headersOf = (header: Record<string, string[] | null> | null): Record<string, string[]> => {
  const out = Object.create(null) as Record<string, string[]>
  for (const name of Object.keys(header ?? {})) out[name] = header![name] ?? []
  return out
}

/** `Check` and the members of `Checks` in a service body. */
export const serviceCheck = table({ name: '', type: 'structs.CheckType', own: 'strict', embed: 'Alias', beside: ['ServiceID', 'h2ping_use_tls'] }, {
  ...common,
  id: field('CheckID', textOf('types.CheckID')),
  disableRedirects: field('DisableRedirects', flag),
  proxyHttp: field('ProxyHTTP', text),
  proxyGrpc: field('ProxyGRPC', text),
  serviceId: field('ServiceID', text, 'service_id'),
}, ({ proxyHttp, proxyGrpc, id, disableRedirects, ...row }): CheckBody => ({ ...completed(row), id, disableRedirects, serviceId: '', token: '' }))

/** PUT agent/check/register. */
export const agentCheckRegister = table({ name: '', type: 'structs.CheckDefinition', own: 'strict', embed: 'Alias', beside: ['h2ping_use_tls'] }, {
  ...common,
  id: field('ID', textOf('types.CheckID')),
  disableRedirects: field('DisableRedirects', flag, 'disable_redirects'),
  serviceId: field('ServiceID', text, 'service_id'),
  token: field('Token', text),
}, ({ id, disableRedirects, serviceId, token, ...row }): CheckBody => ({ ...completed(row), id, disableRedirects, serviceId, token }))

/** PUT agent/check/update/:id. */
export const agentCheckUpdate = table({ name: 'checkUpdate', type: 'agent.checkUpdate' }, {
  /** passing, warning or critical; not validated here. */
  status: field('Status', text),
  output: field('Output', text),
})
