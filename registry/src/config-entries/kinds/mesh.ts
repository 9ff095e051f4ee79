// mesh: what holds for the mesh as a whole. There is one, which has no name to give.

import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, optional } from '../../http/decode/weak/weak-lists.js'
import { flag, textOf } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import { tlsProblem } from '../parts/tls-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

export const tlsVersion = textOf('types.TLSVersion')
export const cipherSuites = list(textOf('types.TLSCipherSuite'))

const directionalTls = shape('structs.MeshDirectionalTLSConfig', {
  TLSMinVersion: filled(tlsVersion, 'tls_min_version'),
  TLSMaxVersion: filled(tlsVersion, 'tls_max_version'),
  CipherSuites: filled(cipherSuites, 'cipher_suites'),
})

const requestNormalization = shape('structs.RequestNormalizationMeshConfig', {
  InsecureDisablePathNormalization: always(flag, 'insecure_disable_path_normalization'),
  MergeSlashes: always(flag, 'merge_slashes'),
  PathWithEscapedSlashesAction: always(textOf('structs.PathWithEscapedSlashesAction'), 'path_with_escaped_slashes_action'),
  HeadersWithUnderscoresAction: always(textOf('structs.HeadersWithUnderscoresAction'), 'headers_with_underscores_action'),
})

const fields = shape('structs.MeshConfigEntry', {
  TransparentProxy: always(shape('structs.TransparentProxyMeshConfig', { MeshDestinationsOnly: always(flag, 'mesh_destinations_only') }), 'transparent_proxy'),
  AllowEnablingPermissiveMutualTLS: filled(flag, 'allow_enabling_permissive_mutual_tls'),
  ValidateClusters: filled(flag, 'validate_clusters'),
  TLS: filled(optional(shape('structs.MeshTLSConfig', { Incoming: filled(optional(directionalTls)), Outgoing: filled(optional(directionalTls)) }))),
  HTTP: filled(optional(shape('structs.MeshHTTPConfig', {
    SanitizeXForwardedClientCert: always(flag, 'sanitize_x_forwarded_client_cert'),
    Incoming: filled(optional(shape('structs.MeshDirectionalHTTPConfig', { RequestNormalization: filled(optional(requestNormalization), 'request_normalization') }))),
  }))),
  Peering: filled(optional(shape('structs.PeeringMeshConfig', { PeerThroughMeshGateways: always(flag, 'peer_through_mesh_gateways') }))),
  ...COMMON,
})

export type Mesh = WeakValue<typeof fields>

const SLASHES: readonly string[] = ['IMPLEMENTATION_SPECIFIC_DEFAULT', 'KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD']
const UNDERSCORES: readonly string[] = ['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER']

const wordProblem = (what: string, word: string, words: readonly string[]): string | undefined =>
  word === '' || words.includes(word) ? undefined : `no matching ${what} value found for ${word}, please specify one of [${words.join(', ')}]`

function normalizationProblem (mesh: Mesh): string | undefined {
  const rules = mesh.HTTP?.Incoming?.RequestNormalization
  if (rules == null) return undefined
  const problem = wordProblem('PathWithEscapedSlashesAction', rules.PathWithEscapedSlashesAction, SLASHES) ?? wordProblem('HeadersWithUnderscoresAction', rules.HeadersWithUnderscoresAction, UNDERSCORES)
  return problem === undefined ? undefined : `error in HTTP incoming request normalization configuration: ${problem}`
}

function directionProblem (direction: 'incoming' | 'outgoing', tls: WeakValue<typeof directionalTls> | null | undefined): string | undefined {
  const problem = tls == null ? undefined : tlsProblem(tls.TLSMinVersion, tls.TLSMaxVersion, tls.CipherSuites)
  return problem === undefined ? undefined : `error in ${direction} TLS configuration: ${problem}`
}

export const mesh: EntryKind<Mesh> = {
  kind: 'mesh',
  shape: fields,
  onlyName: 'mesh',
  problem: entry => first([metaProblem(entry.Meta), directionProblem('incoming', entry.TLS?.Incoming), directionProblem('outgoing', entry.TLS?.Outgoing), normalizationProblem(entry)]),
}
