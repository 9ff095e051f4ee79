// A definition out of a file as the body that registers it over HTTP. Pure; what the fields mean stands with the body's decoder.

import { formatDuration, MILLISECOND_NS } from '../../http/decode/duration.js'
import type { AgentServiceBody, ServiceCheckBody } from '@roster/client/api'
import type { CheckBody } from '../../http/decode/bodies/check.js'
import type { ServiceBody } from '../../http/decode/bodies/service.js'

export function serviceBody (service: ServiceBody): AgentServiceBody {
  const { connect, checks, weights, taggedAddresses, ports, locality } = service
  return filled({
    Kind: service.kind,
    ID: service.id,
    Name: service.name,
    Tags: service.tags ?? [],
    Address: service.address,
    TaggedAddresses: taggedAddresses === null ? undefined : Object.fromEntries(Object.entries(taggedAddresses).map(([tag, { address, port }]) => [tag, { Address: address, Port: port }])),
    Meta: service.meta ?? undefined,
    Port: service.port,
    Ports: ports?.map(port => ({ Name: port.name, Port: port.port, Default: port.default })),
    SocketPath: service.socketPath,
    Weights: weights === null ? undefined : { Passing: weights.passing, Warning: weights.warning },
    EnableTagOverride: service.enableTagOverride,
    Locality: locality === null ? undefined : { Region: locality.region, Zone: locality.zone },
    Proxy: service.proxy ?? undefined,
    Connect: connect === null ? undefined : { Native: connect.native, ...connect.sidecarService === null ? {} : { SidecarService: serviceBody(connect.sidecarService) } },
    Checks: checks.map(checkBody),
    Token: service.token,
  }) as unknown as AgentServiceBody
}

const checkBody = (check: CheckBody): ServiceCheckBody => filled({
  CheckID: check.id,
  Name: check.name,
  Status: check.status,
  Notes: check.notes,
  TTL: duration(check.ttlMs),
  HTTP: check.http,
  Method: check.method,
  Header: check.header,
  Body: check.body,
  DisableRedirects: check.disableRedirects,
  TCP: check.tcp,
  TCPUseTLS: check.tcpUseTls,
  UDP: check.udp,
  GRPC: check.grpc,
  GRPCUseTLS: check.grpcUseTls,
  H2PING: check.h2ping,
  H2PingUseTLS: check.h2ping === '' ? undefined : check.h2pingUseTls,
  Args: check.args,
  DockerContainerID: check.dockerContainerId,
  Shell: check.shell,
  AliasNode: check.aliasNode,
  AliasService: check.aliasService,
  OSService: check.osService,
  TLSServerName: check.tlsServerName,
  TLSSkipVerify: check.tlsSkipVerify,
  Interval: duration(check.intervalMs),
  Timeout: duration(check.timeoutMs),
  OutputMaxSize: check.outputMaxBytes,
  SuccessBeforePassing: check.successBeforePassing,
  FailuresBeforeWarning: check.failuresBeforeWarning,
  FailuresBeforeCritical: check.failuresBeforeCritical,
  DeregisterCriticalServiceAfter: duration(check.deregisterCriticalServiceAfterMs),
}) as ServiceCheckBody

const duration = (ms: number): string => ms === 0 ? '' : formatDuration(ms * MILLISECOND_NS)

/** Without what says nothing: a body shows what the file said. */
const filled = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(fields).filter(([key, value]) => {
  if (value === undefined || value === null || value === '' || value === 0 || (value === false && key !== 'H2PingUseTLS')) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}))
