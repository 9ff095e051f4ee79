// What an agent makes of a proxy's or gateway's settings before it registers them: the mesh gateway mode reaches every upstream that names none, and a
// transparent proxy with one gets an upstream that stands for all. Config entries, where there are any, will be laid under what is said here.

import { isGateway } from '../catalog/service-rules.js'
import type { ProxyBody, UpstreamBody } from '../http/decode/bodies/proxy.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'

/** Proxies and gateways take settings from config entries, so what only those may hold is not taken from a registration. */
export const isCentrallyConfigured = (kind: string): boolean => kind === 'connect-proxy' || isGateway(kind)

/** The settings to register; those of an ordinary service stay as they were sent, but for the type of its upstreams. */
export function withCentralConfig ({ kind, proxy }: ServiceBody): ProxyBody | null {
  if (proxy === null) return null
  const upstreams = proxy.Upstreams?.map(upstream => upstream.DestinationType === '' ? { ...upstream, DestinationType: 'service' } : upstream) ?? null
  if (!isCentrallyConfigured(kind)) return { ...proxy, Upstreams: upstreams }
  const mode = proxy.MeshGateway.Mode
  const reached = upstreams?.map(upstream => upstream.MeshGateway.Mode === '' ? { ...upstream, MeshGateway: { Mode: mode } } : upstream) ?? null
  return {
    ...proxy,
    EnvoyExtensions: null,
    Upstreams: proxy.Mode === 'transparent' && mode !== '' ? [...reached ?? [], upstreamOfAll(mode)] : reached,
  }
}

const upstreamOfAll = (mode: string): UpstreamBody => ({
  DestinationType: '',
  DestinationNamespace: 'default',
  DestinationPartition: 'default',
  DestinationPeer: '',
  DestinationName: '*',
  Datacenter: '',
  LocalBindAddress: '',
  LocalBindPort: 0,
  LocalBindSocketPath: '',
  LocalBindSocketMode: '',
  Config: { mesh_gateway: { Mode: mode } },
  MeshGateway: { Mode: mode },
  CentrallyConfigured: true,
})
