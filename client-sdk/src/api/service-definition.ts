// What one may say about a service when registering it at the agent or with a lease, and the parts that registrations and answers share.

import type { ServiceCheckBody } from './check-definition.js'

export type ServiceKind = '' | 'connect-proxy' | 'mesh-gateway' | 'terminating-gateway' | 'ingress-gateway' | 'api-gateway'

/** Share of the traffic by health; Passing from 1, Warning from 0, to 65,535. Default 1 and 1. */
export interface Weights { readonly Passing: number, readonly Warning: number }

export interface ServiceAddress { readonly Address: string, readonly Port: number }

/** One port of a service that has several; exactly one of them is the default. */
export interface ServicePort { readonly Name: string, readonly Port: number, readonly Default?: boolean }

export interface Locality { readonly Region?: string, readonly Zone?: string }

export interface Upstream {
  readonly DestinationType?: 'service' | 'prepared_query'
  readonly DestinationName?: string
  readonly DestinationNamespace?: string
  readonly DestinationPartition?: string
  readonly DestinationPeer?: string
  readonly Datacenter?: string
  readonly LocalBindAddress?: string
  readonly LocalBindPort?: number
  readonly LocalBindSocketPath?: string
  readonly LocalBindSocketMode?: string
  readonly Config?: Readonly<Record<string, unknown>>
  readonly MeshGateway?: { readonly Mode?: string }
}

/** What a proxy stands in front of and how; empty for ordinary services. */
export interface ProxyConfig {
  readonly DestinationServiceName?: string
  readonly DestinationServiceID?: string
  readonly LocalServiceAddress?: string
  readonly LocalServicePort?: number
  readonly LocalServiceSocketPath?: string
  readonly Mode?: string
  readonly TransparentProxy?: { readonly OutboundListenerPort?: number, readonly DialedDirectly?: boolean }
  readonly Config?: Readonly<Record<string, unknown>> | null
  readonly Upstreams?: readonly Upstream[]
  readonly MeshGateway?: { readonly Mode?: string }
  readonly Expose?: { readonly Checks?: boolean, readonly Paths?: ReadonlyArray<{ readonly ListenerPort?: number, readonly Path?: string, readonly LocalPathPort?: number, readonly Protocol?: string, readonly ParsedFromCheck?: boolean }> }
  readonly AccessLogs?: Readonly<Record<string, unknown>>
  readonly MutualTLSMode?: string
}

/** How a service takes part in the mesh; empty for ordinary services. */
export interface ConnectConfig { readonly Native?: boolean }

/** Body of a registration, at the agent or in a lease. */
export interface ServiceBody {
  readonly Kind?: ServiceKind
  /** Unique on the agent. Default: the name. */
  readonly ID?: string
  readonly Name: string
  readonly Tags?: readonly string[]
  /** Default: the node's address. */
  readonly Address?: string
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>
  readonly Meta?: Readonly<Record<string, string>>
  readonly Port?: number
  /** Instead of Port. */
  readonly Ports?: readonly ServicePort[]
  readonly SocketPath?: string
  readonly Weights?: Weights
  readonly EnableTagOverride?: boolean
  readonly Locality?: Locality
  readonly Proxy?: ProxyConfig
  readonly Connect?: ConnectConfig & { readonly SidecarService?: Omit<AgentServiceBody, 'Name' | 'ID'> & { readonly Name?: string } }
}

/** At the agent a service may bring checks and a token of its own. */
export interface AgentServiceBody extends ServiceBody {
  readonly Check?: ServiceCheckBody
  readonly Checks?: readonly ServiceCheckBody[]
  readonly Token?: string
}
