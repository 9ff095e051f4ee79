// What one may say about a check when registering it: with a service, alone at the agent, or in the catalog. The check with its result is HealthCheck (health.ts).

import type { CheckStatus } from './health.js'

/** A duration as Go writes it (`10s`, `1h30m`), or nanoseconds as a number. */
export type GoDuration = string | number

/** How a check finds out; exactly one trigger, several of these fields together make one check of the first kind that applies. */
export interface CheckBody {
  readonly Name?: string
  readonly Status?: CheckStatus
  readonly Notes?: string
  /** The owner must report at least this often. */
  readonly TTL?: GoDuration
  readonly HTTP?: string
  readonly Method?: string
  readonly Header?: Readonly<Record<string, readonly string[]>>
  readonly Body?: string
  readonly DisableRedirects?: boolean
  /** `host:port` */
  readonly TCP?: string
  readonly TCPUseTLS?: boolean
  readonly UDP?: string
  /** `host:port[/service]` */
  readonly GRPC?: string
  readonly GRPCUseTLS?: boolean
  readonly H2PING?: string
  readonly H2PingUseTLS?: boolean
  /** Command and arguments; only where the agent allows scripts. */
  readonly Args?: readonly string[]
  readonly DockerContainerID?: string
  readonly Shell?: string
  readonly AliasNode?: string
  readonly AliasService?: string
  readonly OSService?: string
  readonly TLSServerName?: string
  readonly TLSSkipVerify?: boolean
  readonly Interval?: GoDuration
  readonly Timeout?: GoDuration
  readonly OutputMaxSize?: number
  readonly SuccessBeforePassing?: number
  readonly FailuresBeforeWarning?: number
  readonly FailuresBeforeCritical?: number
  /** Remove the service when it has been critical for this long; at least a minute. */
  readonly DeregisterCriticalServiceAfter?: GoDuration
}

/** A check inside a service's registration. */
export interface ServiceCheckBody extends CheckBody { readonly CheckID?: string }

/** A check registered on its own at the agent. */
export interface AgentCheckBody extends CheckBody {
  readonly ID?: string
  readonly Name: string
  /** Service of this agent that it belongs to; absent: the node's. */
  readonly ServiceID?: string
}

/** What the catalog keeps of how a check is made; nobody runs it, it is there for external monitors. Unset fields are absent. */
export interface CheckDefinition {
  readonly HTTP?: string
  readonly TLSServerName?: string
  readonly TLSSkipVerify?: boolean
  readonly Header?: Readonly<Record<string, readonly string[]>>
  readonly Method?: string
  readonly Body?: string
  readonly DisableRedirects?: boolean
  readonly TCP?: string
  readonly TCPUseTLS?: boolean
  readonly UDP?: string
  readonly GRPC?: string
  readonly GRPCUseTLS?: boolean
  readonly H2PING?: string
  readonly H2PingUseTLS?: boolean
  readonly OSService?: string
  readonly AliasNode?: string
  readonly AliasService?: string
  readonly TTL?: GoDuration
  readonly Interval?: GoDuration
  readonly Timeout?: GoDuration
  readonly DeregisterCriticalServiceAfter?: GoDuration
}
