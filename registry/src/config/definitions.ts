// Services and checks as configuration files define them: plain records, durations in ms, absent where the file says nothing.
// They differ from what the HTTP API registers in a few habits of the files, noted at the fields; what both mean alike is spelled alike.

/** A service that the agent offers for as long as its file says so. */
export interface ServiceDefinition {
  /** '' is an ordinary service; else `connect-proxy`, `mesh-gateway`, `terminating-gateway`, `ingress-gateway`, `api-gateway`. */
  readonly kind: string
  /** Never empty: the name stands in where the file names none. */
  readonly id: string
  readonly name: string
  readonly tags: readonly string[]
  readonly address: string
  readonly taggedAddresses: Readonly<Record<string, TaggedAddress>>
  readonly meta: Readonly<Record<string, string>>
  readonly port: number
  readonly ports: readonly NamedPort[]
  readonly socketPath: string
  readonly weights: Weights | undefined
  readonly token: string
  readonly enableTagOverride: boolean
  readonly locality: Locality | undefined
  readonly proxy: ProxyDefinition | undefined
  readonly connect: ConnectDefinition | undefined
  /** `checks` first, `check` after them, as they are numbered. */
  readonly checks: readonly CheckDefinition[]
}

export interface TaggedAddress { readonly address: string, readonly port: number }
export interface NamedPort { readonly name: string, readonly port: number, readonly default: boolean }
export interface Weights { readonly passing: number, readonly warning: number }
export interface Locality { readonly region: string, readonly zone: string }

export interface ConnectDefinition {
  readonly native: boolean
  readonly sidecarService: ServiceDefinition | undefined
}

export interface ProxyDefinition {
  readonly destinationServiceName: string
  readonly destinationServiceId: string
  readonly localServiceAddress: string
  readonly localServicePort: number
  readonly localServiceSocketPath: string
  /** '', `direct` or `transparent`. */
  readonly mode: string
  readonly transparentProxy: { readonly outboundListenerPort: number, readonly dialedDirectly: boolean }
  /** Free settings, kept as written. */
  readonly config: Readonly<Record<string, unknown>>
  readonly upstreams: readonly UpstreamDefinition[]
  /** '', `none`, `local` or `remote`. */
  readonly meshGatewayMode: string
  readonly expose: { readonly checks: boolean, readonly paths: readonly ExposedPath[] }
}

export interface UpstreamDefinition {
  /** `service` or `prepared_query`. */
  readonly destinationType: string
  readonly destinationNamespace: string
  readonly destinationPartition: string
  readonly destinationPeer: string
  readonly destinationName: string
  readonly datacenter: string
  readonly localBindAddress: string
  readonly localBindPort: number
  readonly localBindSocketPath: string
  readonly localBindSocketMode: string
  readonly config: Readonly<Record<string, unknown>>
  readonly meshGatewayMode: string
}

export interface ExposedPath {
  readonly listenerPort: number
  readonly path: string
  readonly protocol: string
  readonly localPathPort: number
}

/** A check: of a service if `serviceId` is set or if it stands within one, else of the node. */
export interface CheckDefinition {
  /** '' where the file names none: the agent then makes one from the name, or from the service. */
  readonly id: string
  readonly name: string
  readonly notes: string
  readonly serviceId: string
  readonly token: string
  /** '' starts critical. */
  readonly status: string
  readonly args: readonly string[]
  readonly http: string
  readonly header: Readonly<Record<string, readonly string[]>>
  readonly method: string
  readonly body: string
  readonly disableRedirects: boolean
  readonly tcp: string
  readonly tcpUseTls: boolean
  readonly udp: string
  readonly grpc: string
  readonly grpcUseTls: boolean
  readonly h2ping: string
  /** True where h2ping is set and the file says nothing. */
  readonly h2pingUseTls: boolean
  readonly osService: string
  readonly dockerContainerId: string
  readonly shell: string
  readonly aliasNode: string
  readonly aliasService: string
  readonly tlsServerName: string
  readonly tlsSkipVerify: boolean
  /** ms, 0 where unset. */
  readonly intervalMs: number
  /** ms, 0 where unset (the kind's own default counts). */
  readonly timeoutMs: number
  /** ms, 0 where unset. */
  readonly ttlMs: number
  readonly deregisterCriticalServiceAfterMs: number
  readonly successBeforePassing: number
  readonly failuresBeforeWarning: number
  readonly failuresBeforeCritical: number
  /** Bytes; may only lower `checks.outputMaxBytes`. */
  readonly outputMaxBytes: number
}
