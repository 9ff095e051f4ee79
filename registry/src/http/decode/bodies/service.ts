// The body of PUT agent/service/register, which is also that of a sidecar inside it and, without checks, of a service in a lease. A service of
// catalog/register is a row, not a definition: catalog.ts.

import { bodyDecoder } from '../body.js'
import type { JsonSchema, Kind } from '../kind.js'
import { flag, int, text, textOf } from '../scalar-kinds.js'
import { list, listOrEmpty, mapOf, optional, textMap, texts } from '../collection-kinds.js'
import { computed, field, table, type Table } from '../table.js'
import { serviceCheck, type CheckBody } from './check.js'
import { proxy, type ProxyBody } from './proxy.js'

export interface AddressBody { readonly address: string, readonly port: number }
export interface PortBody { readonly name: string, readonly port: number, readonly default: boolean }
export interface WeightsBody { readonly passing: number, readonly warning: number }
export interface LocalityBody { readonly region: string, readonly zone: string }

/** A service as registered at the agent. Nothing is validated or defaulted beyond types. */
export interface ServiceBody {
  /** '' is an ordinary service. */
  readonly kind: string
  /** '' when absent: the name stands in. */
  readonly id: string
  readonly name: string
  /** null when absent. */
  readonly tags: readonly string[] | null
  readonly address: string
  readonly taggedAddresses: Readonly<Record<string, AddressBody>> | null
  readonly meta: Readonly<Record<string, string>> | null
  readonly port: number
  readonly ports: readonly PortBody[] | null
  readonly socketPath: string
  /** The single `Check`; null when absent or empty (an empty member of `Checks` is not dropped). */
  readonly check: CheckBody | null
  readonly checks: readonly CheckBody[]
  readonly weights: WeightsBody | null
  /** ACL token that its sync uses. */
  readonly token: string
  readonly enableTagOverride: boolean
  readonly locality: LocalityBody | null
  readonly proxy: ProxyBody | null
  readonly connect: ConnectBody | null
}

export interface ConnectBody {
  readonly native: boolean
  readonly sidecarService: ServiceBody | null
}

export const serviceAddress = table({ name: 'ServiceAddress', type: 'structs.ServiceAddress' }, { address: field('Address', text), port: field('Port', int) })

export const servicePort = table({ name: 'ServicePort', type: 'structs.ServicePort' }, { name: field('Name', text), port: field('Port', int), default: field('Default', flag) })

export const weights = table({ name: 'Weights', type: 'structs.Weights' }, { passing: field('Passing', int), warning: field('Warning', int) })

export const locality = table({ name: 'Locality', type: 'structs.Locality' }, { region: field('Region', text), zone: field('Zone', text) })

const peerMeta = table({ name: 'PeeringServiceMeta', type: 'structs.PeeringServiceMeta' }, {
  sni: field('SNI', texts),
  spiffeId: field('SpiffeID', texts),
  protocol: field('Protocol', text),
})

/** A service may hold a sidecar, which is a service: the table is looked up only when it is needed. */
const nestedService: Kind<ServiceBody> = {
  goType: 'structs.ServiceDefinition',
  zero: () => agentServiceRegister.zero(),
  isZero: () => false,
  read: (node, pass, current) => agentServiceRegister.read(node, pass, current),
  schema: (): JsonSchema => ({ $ref: '#' }),
}

/** `Connect` ignores what it does not know, unlike the body around it and the sidecar inside. */
export const connect: Table<ConnectBody> = table({ name: '', type: 'structs.ServiceConnect', own: 'tolerant', embed: 'Alias' }, {
  native: field('Native', flag),
  sidecarService: field('SidecarService', optional(nestedService), 'sidecar_service'),
}, {
  peerMeta: field('PeerMeta', optional(peerMeta)),
})

const common = {
  kind: field('Kind', textOf('structs.ServiceKind')),
  id: field('ID', text),
  name: field('Name', text),
  tags: field('Tags', texts),
  address: field('Address', text),
  taggedAddresses: field('TaggedAddresses', mapOf(serviceAddress), 'tagged_addresses'),
  meta: field('Meta', textMap),
  port: field('Port', int),
  ports: field('Ports', list(servicePort, 'structs.ServicePorts')),
  socketPath: field('SocketPath', text),
  weights: field('Weights', optional(weights)),
  token: field('Token', text),
  enableTagOverride: field('EnableTagOverride', flag, 'enable_tag_override'),
  locality: field('Locality', optional(locality)),
  proxy: field('Proxy', optional(proxy)),
  connect: field('Connect', optional(connect)),
}

const spec = { name: '', type: 'structs.ServiceDefinition', own: 'strict', embed: 'Alias' } as const

/** PUT agent/service/register. */
export const agentServiceRegister: Table<ServiceBody> = table(spec, {
  ...common,
  check: field('Check', optional(serviceCheck)),
  checks: field('Checks', listOrEmpty(serviceCheck, 'structs.CheckTypes')),
}, {}, row => {
  if (row.check !== null && serviceCheck.isZero(row.check)) row.check = null
})

export const decodeAgentServiceRegister = bodyDecoder(agentServiceRegister)

/** A service in a lease: `Check` and `Checks` are unknown fields there, because the lease itself is the proof of life. */
export const leaseService: Table<ServiceBody> = table(spec, { ...common, check: computed(optional(serviceCheck)), checks: computed(listOrEmpty(serviceCheck)) })
