// Which TLS versions and cipher suites a config entry may ask for. Names of suites are IANA's, those that Envoy knows.

const VERSIONS: readonly string[] = ['TLS_AUTO', 'TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3']
/** Versions that can be compared, oldest first. */
const NUMBERED: readonly string[] = ['TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3']

const SUITES: readonly string[] = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
]

const versionProblem = (version: string): string | undefined =>
  version === '' || VERSIONS.includes(version) ? undefined : `no matching TLS version found for ${version}, please specify one of [${VERSIONS.join(', ')}]`

/** '' and an empty list leave the choice to the proxy. */
export function tlsProblem (min: string, max: string, suites: readonly string[] | null): string | undefined {
  const bad = versionProblem(min) ?? versionProblem(max)
  if (bad !== undefined) return bad
  const [least, most] = [NUMBERED.indexOf(min), NUMBERED.indexOf(max)]
  if (least >= 0 && most >= 0 && most < least) return `configuring max version ${max} less than the configured min version ${min} is invalid`
  if (suites === null || suites.length === 0) return undefined
  if (min === 'TLSv1_3') return `configuring CipherSuites is only applicable to connections negotiated with TLS 1.2 or earlier, TLSMinVersion is set to ${min}`
  const unknown = suites.filter(suite => !SUITES.includes(suite))
  return unknown.length === 0 ? undefined : `no matching Envoy TLS cipher suite found for ${unknown.join(',')}`
}
