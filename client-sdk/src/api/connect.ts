// Certificates of the mesh: authorities, leaves, and whether a certificate may call (`/v1/connect/ca/…`, `/v1/agent/connect/…`). Rules of who may call whom: intentions.ts.

import { flag, json, list, nothing, plainText, record, shaped } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

export interface CaRoot {
  readonly ID: string
  readonly Name: string
  readonly SerialNumber: number
  readonly SigningKeyID: string
  readonly ExternalTrustDomain: string
  readonly NotBefore: string
  readonly NotAfter: string
  /** PEM. */
  readonly RootCert: string
  readonly IntermediateCerts: readonly string[] | null
  readonly Active: boolean
  readonly PrivateKeyType: string
  readonly PrivateKeyBits: number
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

export interface CaRoots { readonly ActiveRootID: string, readonly TrustDomain: string, readonly Roots: readonly CaRoot[] }

export interface CaLeaf {
  readonly SerialNumber: string
  readonly CertPEM: string
  readonly PrivateKeyPEM: string
  readonly Service: string
  /** `spiffe://<trust domain>/ns/default/dc/<dc>/svc/<service>` */
  readonly ServiceURI: string
  readonly ValidAfter: string
  readonly ValidBefore: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

export interface CaConfiguration {
  readonly Provider: string
  readonly Config: Readonly<Record<string, unknown>>
  readonly State?: Readonly<Record<string, string>> | null
  readonly ForceWithoutCrossSigning?: boolean
  readonly CreateIndex?: number
  readonly ModifyIndex?: number
}

/** A connection as the called service sees it. */
export interface AuthorizeBody { readonly Target: string, readonly ClientCertURI: string, readonly ClientCertSerial: string }
export interface Authorization { readonly Authorized: boolean, readonly Reason: string }

const roots = shaped<CaRoots>({ Roots: list(record<CaRoot>()) })

export const connectApi = (http: Transport) => ({
  /** Authorities of the mesh, as the servers know them. */
  caRoots: (options: ReadOptions = {}): Promise<Answer<CaRoots>> => http.call({ method: 'GET', path: '/v1/connect/ca/roots', decode: json(roots) }, options),
  /** The same as one PEM text. */
  caRootsPem: (options: CallOptions = {}): Promise<Answer<string>> => http.call({ method: 'GET', path: '/v1/connect/ca/roots', query: { pem: 'true' }, decode: plainText }, options),
  /** The same from the agent's cache, which it keeps fresh. */
  agentCaRoots: (options: ReadOptions = {}): Promise<Answer<CaRoots>> => http.call({ method: 'GET', path: '/v1/agent/connect/ca/roots', decode: json(roots) }, options),
  /** Certificate and key of a service; wait with `index` for the next one. */
  caLeaf: (service: string, options: ReadOptions = {}): Promise<Answer<CaLeaf>> => http.call({ method: 'GET', path: path`/v1/agent/connect/ca/leaf/${service}`, decode: json(record<CaLeaf>()) }, options),
  caConfiguration: (options: CallOptions = {}): Promise<Answer<CaConfiguration>> => http.call({ method: 'GET', path: '/v1/connect/ca/configuration', decode: json(record<CaConfiguration>()) }, options),
  setCaConfiguration: (body: CaConfiguration, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: '/v1/connect/ca/configuration', body, idempotent: true, decode: nothing }, options),
  /** May this certificate call the target? */
  authorize: (body: AuthorizeBody, options: CallOptions = {}): Promise<Answer<Authorization>> =>
    http.call({ method: 'POST', path: '/v1/agent/connect/authorize', body, idempotent: true, decode: json(shaped<Authorization>({ Authorized: flag })) }, options),
  /** Addresses of one's own choice for a service, beside those that are given out. */
  setVirtualIps: (service: string, ManualVIPs: readonly string[], options: CallOptions = {}): Promise<Answer<{ readonly Found: boolean, readonly UnassignedFrom: ReadonlyArray<{ readonly ServiceName: { readonly Name: string }, readonly Peer?: string }> }>> =>
    http.call({
      method: 'PUT',
      path: '/v1/internal/service-virtual-ip',
      body: { Service: service, ManualVIPs },
      idempotent: true,
      decode: json(shaped<{ Found: boolean, UnassignedFrom: ReadonlyArray<{ ServiceName: { Name: string }, Peer?: string }> }>({ Found: flag, UnassignedFrom: list(record()) })),
    }, options),
})
