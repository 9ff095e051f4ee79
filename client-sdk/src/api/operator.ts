// The operator's view of the servers: raft peers, autopilot, keyring, usage (`/v1/operator/…`).

import { dictionary, flag, json, jsonAt, list, nothing, record, shaped } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions, Consistency } from './options.js'
import type { Transport } from './transport.js'

export interface RaftServer {
  readonly ID: string
  readonly Node: string
  readonly Address: string
  readonly Leader: boolean
  readonly ProtocolVersion: string
  readonly Voter: boolean
  readonly LastIndex: number
}

export interface RaftConfiguration { readonly Servers: readonly RaftServer[], readonly Index: number }

export interface AutopilotConfiguration {
  readonly CleanupDeadServers: boolean
  readonly LastContactThreshold: string
  readonly MaxTrailingLogs: number
  readonly MinQuorum: number
  readonly ServerStabilizationTime: string
  readonly RedundancyZoneTag: string
  readonly DisableUpgradeMigration: boolean
  readonly UpgradeVersionTag: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

export interface ServerHealth {
  readonly ID: string
  readonly Name: string
  readonly Address: string
  readonly SerfStatus: string
  readonly Version: string
  readonly Leader: boolean
  readonly LastContact: string
  readonly LastTerm: number
  readonly LastIndex: number
  readonly Healthy: boolean
  readonly Voter: boolean
  readonly StableSince: string
}

export interface AutopilotHealth { readonly Healthy: boolean, readonly FailureTolerance: number, readonly Servers: readonly ServerHealth[] }

/** Health and role of each server by id, and who leads. */
export interface AutopilotState {
  readonly Healthy: boolean
  readonly FailureTolerance: number
  readonly OptimisticFailureTolerance: number
  readonly Servers: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly ID: string, readonly Name: string, readonly Address: string, readonly Status: string, readonly Healthy: boolean }>>
  readonly Leader: string
  readonly Voters: readonly string[] | null
}

export interface ServiceUsage {
  readonly Nodes: number
  readonly Services: number
  readonly ServiceInstances: number
  readonly ConnectServiceInstances: Readonly<Record<string, number>>
  readonly BillableServiceInstances: number
}

export interface KeyringAnswer {
  readonly WAN: boolean
  readonly Datacenter: string
  readonly Segment: string
  readonly Keys: Readonly<Record<string, number>> | null
  readonly PrimaryKeys: Readonly<Record<string, number>> | null
  readonly NumNodes: number
}

export type RaftPeer = { readonly id: string } | { readonly address: string }

const usage = shaped<{ Usage: Readonly<Record<string, ServiceUsage>> }>({ Usage: dictionary(record<ServiceUsage>()) })

export const operatorApi = (http: Transport) => ({
  raftConfiguration: (options: CallOptions & Consistency = {}): Promise<Answer<RaftConfiguration>> =>
    http.call({ method: 'GET', path: '/v1/operator/raft/configuration', decode: json(shaped<RaftConfiguration>({ Servers: list(record<RaftServer>()) })) }, options),
  raftRemovePeer: (peer: RaftPeer, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'DELETE', path: '/v1/operator/raft/peer', query: { ...peer }, decode: nothing }, options),
  /** Without `id` the most suitable server becomes leader. */
  raftTransferLeader: ({ id, ...options }: CallOptions & { readonly id?: string } = {}): Promise<Answer<{ readonly Success: boolean }>> =>
    http.call({ method: 'POST', path: '/v1/operator/raft/transfer-leader', query: { id }, decode: json(record<{ readonly Success: boolean }>()) }, options),
  autopilotConfiguration: (options: CallOptions & Consistency = {}): Promise<Answer<AutopilotConfiguration>> =>
    http.call({ method: 'GET', path: '/v1/operator/autopilot/configuration', decode: json(record<AutopilotConfiguration>()) }, options),
  /** Fields that are left out get their defaults. `false`: `cas` is not the current ModifyIndex. */
  setAutopilotConfiguration: (body: Partial<Omit<AutopilotConfiguration, 'CreateIndex' | 'ModifyIndex'>>, { cas, ...options }: CallOptions & { readonly cas?: number } = {}): Promise<Answer<boolean>> =>
    http.call({ method: 'PUT', path: '/v1/operator/autopilot/configuration', query: { cas }, body, idempotent: cas === undefined, decode: json(flag) }, options),
  /** Not healthy (429 on the wire) is an answer. */
  autopilotHealth: (options: CallOptions = {}): Promise<Answer<AutopilotHealth>> =>
    // The unhealthy answer is JSON that calls itself text.
    http.call({ method: 'GET', path: '/v1/operator/autopilot/health', accept: jsonAt(429), decode: json(shaped<AutopilotHealth>({ Servers: list(record<ServerHealth>()) }), { anyType: true }) }, options),
  autopilotState: (options: CallOptions = {}): Promise<Answer<AutopilotState>> =>
    http.call({ method: 'GET', path: '/v1/operator/autopilot/state', decode: json(shaped<AutopilotState>({ Servers: dictionary(record()) })) }, options),
  /** Counts by datacenter. */
  usage: async ({ global, ...options }: CallOptions & Consistency & { readonly global?: boolean } = {}): Promise<Answer<Readonly<Record<string, ServiceUsage>>>> => {
    const { value, meta } = await http.call({ method: 'GET', path: '/v1/operator/usage', query: { global }, decode: json(usage) }, options)
    return { value: value.Usage, meta }
  },
  /** Gossip keys of each pool. @param relayFactor 0 to 5 */
  keyring: ({ relayFactor, localOnly, ...options }: CallOptions & { readonly relayFactor?: number, readonly localOnly?: boolean } = {}): Promise<Answer<readonly KeyringAnswer[]>> =>
    http.call({ method: 'GET', path: '/v1/operator/keyring', query: { 'relay-factor': relayFactor, 'local-only': localOnly === undefined ? undefined : String(localOnly) }, decode: json(list(record<KeyringAnswer>())) }, options),
  keyringInstall: (key: string, options: CallOptions = {}): Promise<Answer<void>> => keyring(http, 'POST', key, options),
  keyringUse: (key: string, options: CallOptions = {}): Promise<Answer<void>> => keyring(http, 'PUT', key, options),
  keyringRemove: (key: string, options: CallOptions = {}): Promise<Answer<void>> => keyring(http, 'DELETE', key, options),
})

const keyring = (http: Transport, method: 'POST' | 'PUT' | 'DELETE', Key: string, options: CallOptions): Promise<Answer<void>> =>
  http.call({ method, path: '/v1/operator/keyring', body: { Key }, idempotent: true, decode: nothing }, options)
