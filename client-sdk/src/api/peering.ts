// Peering: services shared with clusters that are governed apart (`/v1/peering…`, `/v1/exported-services`).

import { json, list, nothing, record, shaped, text } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

export interface Peering {
  readonly ID: string
  readonly Name: string
  readonly Partition?: string
  readonly State: string
  readonly Meta?: Readonly<Record<string, string>> | null
  readonly PeerID?: string
  readonly PeerServerName?: string
  readonly PeerServerAddresses?: readonly string[] | null
  readonly StreamStatus?: { readonly ImportedServices: readonly string[] | null, readonly ExportedServices: readonly string[] | null, readonly LastHeartbeat?: string | null, readonly LastReceive?: string | null, readonly LastSend?: string | null }
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A service and who may see it. */
export interface ExportedService { readonly Service: string, readonly Consumers: { readonly Peers?: readonly string[] | null, readonly Partitions?: readonly string[] | null } }

export const peeringApi = (http: Transport) => ({
  list: (options: ReadOptions = {}): Promise<Answer<readonly Peering[]>> => http.call({ method: 'GET', path: '/v1/peerings', decode: json(list(record<Peering>())) }, options),
  /** @throws NotFoundError */
  get: (name: string, options: ReadOptions = {}): Promise<Answer<Peering>> => http.call({ method: 'GET', path: path`/v1/peering/${name}`, decode: json(record<Peering>()) }, options),
  delete: (name: string, options: CallOptions = {}): Promise<Answer<void>> => http.call({ method: 'DELETE', path: path`/v1/peering/${name}`, idempotent: true, decode: nothing }, options),
  /** A token to hand to the other cluster. */
  generateToken: async (body: { readonly PeerName: string, readonly ServerExternalAddresses?: readonly string[], readonly Meta?: Readonly<Record<string, string>> }, options: CallOptions = {}): Promise<Answer<string>> => {
    const { value, meta } = await http.call({ method: 'POST', path: '/v1/peering/token', body, decode: json(shaped<{ PeeringToken: string }>({ PeeringToken: text })) }, options)
    return { value: value.PeeringToken, meta }
  },
  /** Joins the cluster that gave the token. */
  establish: (body: { readonly PeerName: string, readonly PeeringToken: string, readonly Meta?: Readonly<Record<string, string>> }, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'POST', path: '/v1/peering/establish', body, decode: nothing }, options),
  exportedServices: (options: ReadOptions = {}): Promise<Answer<readonly ExportedService[]>> => http.call({ method: 'GET', path: '/v1/exported-services', decode: json(list(record<ExportedService>())) }, options),
})
