// The config entries that SDK and sidecar read or write, as JSON in Go's case; the endpoints are in config.ts. Kinds that only a mesh of proxies needs are the general ConfigEntry.

export type ConfigKind =
  | 'service-defaults' | 'proxy-defaults' | 'service-router' | 'service-splitter' | 'service-resolver' | 'service-intentions' | 'mesh' | 'exported-services'
  | 'ingress-gateway' | 'terminating-gateway' | 'api-gateway' | 'bound-api-gateway' | 'http-route' | 'tcp-route'
  | 'inline-certificate' | 'file-system-certificate' | 'jwt-provider'

/** Any entry as written; `Kind` and `Name` say which one. */
export interface ConfigEntry {
  readonly Kind: string
  /** Not for `mesh`, which there is one of. */
  readonly Name?: string
  readonly Meta?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** What the server adds. */
export interface Stored {
  /** Of the content: equal content, equal hash. */
  readonly Hash?: number
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

export type StoredConfigEntry = ConfigEntry & Stored

export interface ServiceDefaults extends ConfigEntry {
  readonly Kind: 'service-defaults'
  readonly Name: string
  /** `tcp` (default), `http`, `http2`, `grpc`; the L7 kinds want one of the last three. */
  readonly Protocol?: string
  readonly BalanceInboundConnections?: string
  readonly MaxInboundConnections?: number
  readonly LocalConnectTimeoutMs?: number
  readonly LocalRequestTimeoutMs?: number
  readonly ExternalSNI?: string
  readonly UpstreamConfig?: Readonly<Record<string, unknown>>
}

/** One version of a service, chosen by an expression over its instances. */
export interface ResolverSubset { readonly Filter?: string, readonly OnlyPassing?: boolean }

export interface ResolverFailover {
  readonly Service?: string
  readonly ServiceSubset?: string
  readonly Datacenters?: readonly string[]
  readonly Targets?: ReadonlyArray<{ readonly Service?: string, readonly ServiceSubset?: string, readonly Datacenter?: string, readonly Peer?: string }>
}

export interface LoadBalancer {
  readonly Policy?: '' | 'random' | 'round_robin' | 'least_request' | 'ring_hash' | 'maglev'
  readonly RingHashConfig?: { readonly MinimumRingSize?: number, readonly MaximumRingSize?: number }
  readonly LeastRequestConfig?: { readonly ChoiceCount?: number }
  readonly HashPolicies?: ReadonlyArray<{
    readonly Field?: 'header' | 'cookie' | 'query_parameter'
    readonly FieldValue?: string
    readonly CookieConfig?: { readonly Session?: boolean, readonly TTL?: string, readonly Path?: string }
    readonly SourceIP?: boolean
    readonly Terminal?: boolean
  }>
}

export interface ServiceResolver extends ConfigEntry {
  readonly Kind: 'service-resolver'
  readonly Name: string
  readonly DefaultSubset?: string
  readonly Subsets?: Readonly<Record<string, ResolverSubset>>
  readonly Redirect?: { readonly Service?: string, readonly ServiceSubset?: string, readonly Datacenter?: string, readonly Peer?: string }
  /** By subset, `*` for all. */
  readonly Failover?: Readonly<Record<string, ResolverFailover>>
  readonly PrioritizeByLocality?: { readonly Mode?: string }
  readonly ConnectTimeout?: string
  readonly RequestTimeout?: string
  readonly LoadBalancer?: LoadBalancer
}

export interface HeaderModifiers { readonly Add?: Readonly<Record<string, string>>, readonly Set?: Readonly<Record<string, string>>, readonly Remove?: readonly string[] }

/** Weights are per cent with two places; all splits together 100. */
export interface ServiceSplit {
  readonly Weight: number
  readonly Service?: string
  readonly ServiceSubset?: string
  readonly RequestHeaders?: HeaderModifiers
  readonly ResponseHeaders?: HeaderModifiers
}

export interface ServiceSplitter extends ConfigEntry { readonly Kind: 'service-splitter', readonly Name: string, readonly Splits: readonly ServiceSplit[] }

/** One way to match a header or query parameter. */
export interface ValueMatch { readonly Name: string, readonly Present?: boolean, readonly Exact?: string, readonly Prefix?: string, readonly Suffix?: string, readonly Contains?: string, readonly Regex?: string, readonly Invert?: boolean, readonly IgnoreCase?: boolean }

/** All that is given must hold. */
export interface ServiceRouteMatch {
  readonly HTTP?: {
    readonly PathExact?: string
    readonly PathPrefix?: string
    readonly PathRegex?: string
    readonly CaseInsensitive?: boolean
    readonly Header?: readonly ValueMatch[]
    readonly QueryParam?: readonly ValueMatch[]
    readonly Methods?: readonly string[]
  } | null
}

export interface RouteDestination {
  readonly Service?: string
  readonly ServiceSubset?: string
  readonly PrefixRewrite?: string
  readonly RequestTimeout?: string
  readonly IdleTimeout?: string
  readonly NumRetries?: number
  readonly RetryOnConnectFailure?: boolean
  readonly RetryOn?: readonly string[]
  readonly RetryOnStatusCodes?: readonly number[]
  readonly RequestHeaders?: HeaderModifiers
  readonly ResponseHeaders?: HeaderModifiers
}

export interface ServiceRoute { readonly Match?: ServiceRouteMatch | null, readonly Destination?: RouteDestination | null }

/** First match wins; what matches none goes to the service itself. */
export interface ServiceRouter extends ConfigEntry { readonly Kind: 'service-router', readonly Name: string, readonly Routes: readonly ServiceRoute[] }

/** Entry type by kind; kinds not named here are the general one. */
export interface ConfigEntryByKind {
  readonly 'service-defaults': ServiceDefaults
  readonly 'service-resolver': ServiceResolver
  readonly 'service-splitter': ServiceSplitter
  readonly 'service-router': ServiceRouter
}

export type EntryOf<K extends string> = (K extends keyof ConfigEntryByKind ? ConfigEntryByKind[K] : ConfigEntry) & Stored
