// Services and checks of files, in the shape that the HTTP API's bodies have, so that one path registers both. Laws that are about a service as a whole
// are in catalog/; here is what files alone have.

import { serviceMetaError } from '../../catalog/meta.js'
import { readDuration, type Context } from '../context.js'
import type { CheckBody } from '../../http/decode/bodies/check.js'
import type { ProxyBody, UpstreamBody } from '../../http/decode/bodies/proxy.js'
import type { ServiceBody } from '../../http/decode/bodies/service.js'
import type { Fragment } from '../keys/key.js'
import type { checkKeys } from '../keys/check.js'
import type { serviceKeys, sidecarKeys } from '../keys/service.js'

type CheckFragment = Fragment<typeof checkKeys>
type SidecarFragment = Fragment<typeof sidecarKeys>
type ServiceFragment = Fragment<typeof serviceKeys>
type ProxyFragment = NonNullable<ServiceFragment['proxy']>
type UpstreamFragment = NonNullable<ProxyFragment['upstreams']>[number]

export function buildCheck (context: Context, check: CheckFragment): CheckBody {
  const id = check.id ?? ''
  return placed(context, check, checkBody(context, check, id))
}

function checkBody (context: Context, check: CheckFragment, id: string): CheckBody {
  const duration = (key: 'interval' | 'timeout' | 'ttl' | 'deregister_critical_service_after'): number =>
    check[key] === undefined ? 0 : readDuration(context, `check[${id}].${key}`, check[key], context.places.of(check, key))
  return {
    id,
    name: check.name ?? '',
    notes: check.notes ?? '',
    serviceId: check.service_id ?? '',
    token: check.token ?? '',
    status: check.status ?? '',
    args: check.args ?? [],
    http: check.http ?? '',
    header: check.header ?? {},
    method: check.method ?? '',
    body: check.body ?? '',
    disableRedirects: check.disable_redirects ?? false,
    tcp: check.tcp ?? '',
    tcpUseTls: check.tcp_use_tls ?? false,
    udp: check.udp ?? '',
    intervalMs: duration('interval'),
    dockerContainerId: check.docker_container_id ?? '',
    shell: check.shell ?? '',
    grpc: check.grpc ?? '',
    grpcUseTls: check.grpc_use_tls ?? false,
    tlsServerName: check.tls_server_name ?? '',
    tlsSkipVerify: check.tls_skip_verify ?? false,
    aliasNode: check.alias_node ?? '',
    aliasService: check.alias_service ?? '',
    timeoutMs: duration('timeout'),
    ttlMs: duration('ttl'),
    h2ping: check.h2ping ?? '',
    // A ping uses TLS unless told otherwise.
    h2pingUseTls: check.h2ping_use_tls ?? (check.h2ping ?? '') !== '',
    osService: check.os_service ?? '',
    successBeforePassing: check.success_before_passing ?? 0,
    failuresBeforeWarning: check.failures_before_warning ?? 0,
    failuresBeforeCritical: check.failures_before_critical ?? 0,
    deregisterCriticalServiceAfterMs: duration('deregister_critical_service_after'),
    outputMaxBytes: check.output_max_size ?? 0,
  }
}

export function buildService (context: Context, service: ServiceFragment): ServiceBody {
  const { native = false, sidecar_service: sidecar } = service.connect ?? {}
  return placed(context, service, {
    ...ownParts(context, service),
    connect: service.connect === undefined ? null : { native, sidecarService: sidecar === undefined ? null : buildSidecar(context, sidecar) },
  })
}

/** What is built stands where its fragment stood. */
function placed<T extends object> (context: Context, fragment: object, built: T): T {
  const at = context.places.block(fragment)
  if (at !== undefined) context.places.note(built, '', at)
  return built
}

function buildSidecar (context: Context, sidecar: SidecarFragment): ServiceBody {
  if ((sidecar.id ?? '') !== '') context.problem("sidecar_service can't specify an ID", context.places.of(sidecar, 'id'))
  if (sidecar.connect?.sidecar_service !== undefined) context.problem("sidecar_service can't have a nested sidecar_service", context.places.of(sidecar, 'connect'))
  return { ...ownParts(context, sidecar), connect: sidecar.connect === undefined ? null : { native: sidecar.connect.native ?? false, sidecarService: null } }
}

function ownParts (context: Context, service: SidecarFragment | ServiceFragment): Omit<ServiceBody, 'connect'> {
  const { name = '', socket_path: socketPath = '', address = '', port = 0, meta } = service
  const at = (key: string): string | undefined => context.places.of(service, key)
  const checks = [...service.checks ?? [], ...service.check === undefined ? [] : [service.check]].map(check => placed(context, check, { ...buildCheck(context, check), serviceId: '', token: '' }))
  const metaWrong = serviceMetaError(service.kind ?? '', meta ?? null)
  if (metaWrong !== undefined) context.problem(`invalid meta for service ${name}: ${metaWrong}`, at('meta'))
  const weights = service.weights === undefined ? null : { passing: service.weights.passing ?? 1, warning: service.weights.warning ?? 1 }
  const weightsWrong = weights === null ? undefined : weightsError(weights)
  if (weightsWrong !== undefined) context.problem(`Invalid weight definition for service ${name}: ${weightsWrong}`, at('weights'))
  if (socketPath !== '' && (port !== 0 || address !== '')) context.problem(`service ${name} cannot have both socket path ${socketPath} and address/port`, at('socket_path'))
  return {
    kind: service.kind ?? '',
    id: service.id ?? '',
    name,
    tags: service.tags ?? [],
    address,
    taggedAddresses: service.tagged_addresses === undefined ? null : mapValues(service.tagged_addresses, tagged => ({ address: tagged.address ?? '', port: tagged.port ?? 0 })),
    meta: meta ?? null,
    port,
    ports: service.ports?.map(named => ({ name: named.name ?? '', port: named.port ?? 0, default: named.default ?? false })) ?? null,
    socketPath,
    check: null,
    checks,
    weights,
    token: service.token ?? '',
    enableTagOverride: service.enable_tag_override ?? false,
    locality: service.locality === undefined ? null : { region: service.locality.region ?? '', zone: service.locality.zone ?? '' },
    proxy: service.proxy === undefined ? null : buildProxy(context, service.proxy),
  }
}

function weightsError ({ passing, warning }: { readonly passing: number, readonly warning: number }): string | undefined {
  if (passing < 1) return 'Passing must be greater than 0'
  if (warning < 0) return 'Warning must be greater or equal than 0'
  return passing > 65535 || warning > 65535 ? 'DNS Weight must be between 0 and 65535' : undefined
}

function buildProxy (context: Context, proxy: ProxyFragment): ProxyBody {
  const mode = proxy.mode ?? ''
  if (!['', 'direct', 'transparent'].includes(mode)) context.problem(`Invalid Proxy Mode: "${mode}"`, context.places.of(proxy, 'mode'))
  return {
    EnvoyExtensions: null,
    DestinationServiceName: proxy.destination_service_name ?? '',
    DestinationServiceID: proxy.destination_service_id ?? '',
    LocalServiceAddress: proxy.local_service_address ?? '',
    LocalServicePort: proxy.local_service_port ?? 0,
    LocalServiceSocketPath: proxy.local_service_socket_path ?? '',
    Mode: mode,
    Config: proxy.config ?? null,
    Upstreams: proxy.upstreams?.map(upstream => buildUpstream(context, upstream)) ?? null,
    MeshGateway: { Mode: gatewayMode(context, proxy.mesh_gateway) },
    Expose: {
      Checks: proxy.expose?.checks ?? false,
      Paths: proxy.expose?.paths?.map(path => ({
        ListenerPort: path.listener_port ?? 0, Path: path.path ?? '', LocalPathPort: path.local_path_port ?? 0, Protocol: path.protocol ?? '', ParsedFromCheck: false,
      })) ?? null,
    },
    TransparentProxy: { OutboundListenerPort: proxy.transparent_proxy?.outbound_listener_port ?? 0, DialedDirectly: proxy.transparent_proxy?.dialed_directly ?? false },
    AccessLogs: { Enabled: false, DisableListenerLogs: false, Type: '', Path: '', JSONFormat: '', TextFormat: '' },
  }
}

function buildUpstream (context: Context, upstream: UpstreamFragment): UpstreamBody {
  const mode = upstream.local_bind_socket_mode ?? ''
  if (!/^[0-7]*$/.test(mode)) context.problem(`local_bind_socket_mode: invalid mode: ${mode}`, context.places.of(upstream, 'local_bind_socket_mode'))
  return {
    DestinationType: upstream.destination_type ?? 'service',
    DestinationNamespace: upstream.destination_namespace ?? '',
    DestinationPartition: upstream.destination_partition ?? '',
    DestinationPeer: upstream.destination_peer ?? '',
    DestinationName: upstream.destination_name ?? '',
    Datacenter: upstream.datacenter ?? '',
    LocalBindAddress: upstream.local_bind_address ?? '',
    LocalBindPort: upstream.local_bind_port ?? 0,
    LocalBindSocketPath: upstream.local_bind_socket_path ?? '',
    LocalBindSocketMode: mode,
    Config: upstream.config ?? null,
    MeshGateway: { Mode: gatewayMode(context, upstream.mesh_gateway) },
    CentrallyConfigured: false,
  }
}

function gatewayMode (context: Context, gateway: { readonly mode?: string } | undefined): string {
  const mode = gateway?.mode ?? ''
  if (!['', 'none', 'local', 'remote'].includes(mode)) context.problem(`Invalid Mesh Gateway Mode: "${mode}"`, gateway && context.places.of(gateway, 'mode'))
  return mode
}

function mapValues<V, W> (map: Readonly<Record<string, V>>, to: (value: V) => W): Record<string, W> {
  const out = Object.create(null) as Record<string, W>
  for (const [key, value] of Object.entries(map)) out[key] = to(value)
  return out
}
