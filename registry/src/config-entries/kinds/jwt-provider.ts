// jwt-provider: who signs the tokens (JSON Web Tokens, RFC 7519) that intentions may ask for, where his keys are and where a request carries its token.

import { severalErrors } from '../../catalog/service-rules.js'
import { parseGoUrl } from '../../health/kinds/http/go-url.js'
import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { listOfSome, optional, texts } from '../../http/decode/weak/weak-lists.js'
import { bytes, durationNs, flag, int, text, textOf } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first, given } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const cluster = shape('structs.JWKSCluster', {
  DiscoveryType: filled(textOf('structs.ClusterDiscoveryType'), 'discovery_type'),
  TLSCertificates: filled(optional(shape('structs.JWKSTLSCertificate', {
    CaCertificateProviderInstance: filled(optional(shape('structs.JWKSTLSCertProviderInstance', {
      InstanceName: filled(text, 'instance_name'),
      CertificateName: filled(text, 'certificate_name'),
    })), 'ca_certificate_provider_instance'),
    TrustedCA: filled(optional(shape('structs.JWKSTLSCertTrustedCA', {
      Filename: filled(text),
      EnvironmentVariable: filled(text, 'environment_variable'),
      InlineString: filled(text, 'inline_string'),
      InlineBytes: filled(bytes, 'inline_bytes'),
    })), 'trusted_ca'),
  })), 'tls_certificates'),
  ConnectTimeout: filled(durationNs, 'connect_timeout'),
})

const remote = shape('structs.RemoteJWKS', {
  URI: filled(text),
  RequestTimeoutMs: filled(int, 'request_timeout_ms'),
  CacheDuration: filled(durationNs, 'cache_duration'),
  FetchAsynchronously: filled(flag, 'fetch_asynchronously'),
  UseSNI: filled(flag, 'use_sni'),
  RetryPolicy: filled(optional(shape('structs.JWKSRetryPolicy', {
    NumRetries: filled(int, 'num_retries'),
    RetryPolicyBackOff: filled(optional(shape('structs.RetryPolicyBackOff', {
      BaseInterval: filled(durationNs, 'base_interval'),
      MaxInterval: filled(durationNs, 'max_interval'),
    })), 'retry_policy_back_off'),
  })), 'retry_policy'),
  JWKSCluster: filled(optional(cluster), 'jwks_cluster'),
})

const local = shape('structs.LocalJWKS', { JWKS: filled(text), Filename: filled(text) })

const location = shape('structs.JWTLocation', {
  Header: filled(optional(shape('structs.JWTLocationHeader', { Name: filled(text), ValuePrefix: filled(text, 'value_prefix'), Forward: filled(flag) }))),
  QueryParam: filled(optional(shape('structs.JWTLocationQueryParam', { Name: filled(text) })), 'query_param'),
  Cookie: filled(optional(shape('structs.JWTLocationCookie', { Name: filled(text) }))),
})

const fields = shape('structs.JWTProviderConfigEntry', {
  Kind: filled(text),
  Name: filled(text),
  JSONWebKeySet: filled(optional(shape('structs.JSONWebKeySet', { Local: filled(optional(local)), Remote: filled(optional(remote)) })), 'json_web_key_set'),
  Issuer: filled(text),
  Audiences: filled(texts),
  Locations: filled(listOfSome(location)),
  Forwarding: filled(optional(shape('structs.JWTForwardingConfig', {
    HeaderName: filled(text, 'header_name'),
    PadForwardPayloadHeader: always(flag, 'pad_forward_payload_header'),
  }))),
  ClockSkewSeconds: filled(int, 'clock_skew_seconds'),
  CacheConfig: filled(optional(shape('structs.JWTCacheConfig', { Size: filled(int) })), 'cache_config'),
  ...COMMON,
})

export type JwtProvider = WeakValue<typeof fields>

const CLOCK_SKEW_SECONDS = 30
const DISCOVERY: readonly string[] = ['', 'STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST']
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Not relative: a scheme or a path from the root. */
function uriProblem (uri: string): string | undefined {
  try {
    const url = parseGoUrl(uri)
    return url.scheme === '' && !uri.startsWith('/') ? `parse ${goQuote(uri)}: invalid URI for request` : undefined
  } catch (error) {
    return (error as Error).message
  }
}

function localProblem ({ JWKS, Filename }: WeakValue<typeof local>): string | undefined {
  if (given(JWKS, Filename) !== 1) return 'must specify exactly one of String or filename for local keyset'
  return BASE64.test(JWKS.replace(/[\r\n]/g, '')) ? undefined : 'JWKS must be valid base64 encoded string'
}

function clusterProblem ({ DiscoveryType, TLSCertificates }: WeakValue<typeof cluster>): string | undefined {
  if (!DISCOVERY.includes(DiscoveryType)) return `unsupported jwks cluster discovery type: ${goQuote(DiscoveryType)}`
  if (TLSCertificates === null) return undefined
  const { CaCertificateProviderInstance, TrustedCA } = TLSCertificates
  if (given(CaCertificateProviderInstance !== null, TrustedCA !== null) !== 1) return "must specify exactly one of: CaCertificateProviderInstance or TrustedCA for JKWS' TLSCertificates"
  return TrustedCA !== null && given(TrustedCA.Filename, TrustedCA.EnvironmentVariable, TrustedCA.InlineString, TrustedCA.InlineBytes ?? '') !== 1
    ? "must specify exactly one of: Filename, EnvironmentVariable, InlineString or InlineBytes for JWKS' TrustedCA"
    : undefined
}

function remoteProblem ({ URI, RetryPolicy, JWKSCluster }: WeakValue<typeof remote>): string | undefined {
  if (URI === '') return 'Remote JWKS URI is required'
  const wrong = uriProblem(URI)
  if (wrong !== undefined) return `Remote JWKS URI is invalid: ${wrong}, uri: ${URI}`
  const backOff = RetryPolicy?.RetryPolicyBackOff
  if (backOff != null && backOff.MaxInterval !== 0 && backOff.BaseInterval > backOff.MaxInterval) return "retry policy backoff's MaxInterval should be greater or equal to BaseInterval"
  return JWKSCluster === null ? undefined : clusterProblem(JWKSCluster)
}

function keySetProblem (set: JwtProvider['JSONWebKeySet']): string | undefined {
  if (set === null) return 'JSONWebKeySet is required'
  const { Local, Remote } = set
  if (Local !== null && Remote === null) return localProblem(Local)
  return Remote !== null && Local === null ? remoteProblem(Remote) : 'must specify exactly one of Local or Remote JSON Web key set'
}

function locationProblem ({ Header, QueryParam, Cookie }: WeakValue<typeof location>): string | undefined {
  if (given(Header !== null, QueryParam !== null, Cookie !== null) !== 1) return 'must set exactly one of: JWT location header, query param or cookie'
  const [what, { Name }] = Header !== null ? ['header', Header] as const : Cookie !== null ? ['cookie', Cookie] as const : ['query param', QueryParam!] as const
  return Name === '' ? `JWT location ${what} name must be specified` : undefined
}

function locationsProblem (locations: JwtProvider['Locations']): string | undefined {
  const found = (locations ?? []).map(locationProblem).filter(problem => problem !== undefined)
  return found.length === 0 ? undefined : severalErrors(found)
}

export const jwtProvider: EntryKind<JwtProvider> = {
  kind: 'jwt-provider',
  shape: fields,
  normalize: entry => ({ ...entry, ClockSkewSeconds: entry.ClockSkewSeconds === 0 ? CLOCK_SKEW_SECONDS : entry.ClockSkewSeconds }),
  problem: entry => entry.Name === ''
    ? 'Name is required'
    : first([
      metaProblem(entry.Meta),
      keySetProblem(entry.JSONWebKeySet),
      locationsProblem(entry.Locations),
      entry.Forwarding !== null && entry.Forwarding.HeaderName === '' ? 'Header name required for forwarding config' : undefined,
    ]),
}
