// inline-certificate and file-system-certificate: what the listeners of an API gateway prove themselves with, as text or as files of the gateway's machine.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { goQuote } from '../../http/decode/go-text.js'
import { always, shape } from '../../http/decode/weak/shape.js'
import { text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON } from '../entry-kind.js'
import { isDomainName } from '../parts/domain-name.js'
import { metaProblem } from '../parts/meta-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const fieldsOf = (goType: string) => shape(goType, {
  Kind: always(text),
  Name: always(text),
  Certificate: always(text),
  PrivateKey: always(text),
  ...COMMON,
})

const inlineFields = fieldsOf('structs.InlineCertificateConfigEntry')
export type Certificate = WeakValue<typeof inlineFields>

/** Bits of an RSA key below which Envoy takes none. */
const MIN_RSA_BITS = 2048

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n(?:[^:\n]+:[^\n]*\n)*\r?\n?[A-Za-z0-9+/=\r\n]+-----END \1-----/

function keyProblem (pem: string): string | undefined {
  const type = PEM.exec(pem)?.[1]
  if (type === undefined) return 'failed to parse private key PEM'
  if (type !== 'RSA PRIVATE KEY') return undefined
  try {
    const bits = createPrivateKey(pem).asymmetricKeyDetails?.modulusLength ?? 0
    return bits < MIN_RSA_BITS ? 'key length must be at least 2048 bits' : undefined
  } catch (error) {
    return `failed to parse private key: ${(error as Error).message}`
  }
}

/** Names for which a certificate stands: its subject's, then those beside it. */
function hostsOf (certificate: X509Certificate): string[] {
  const common = /(?:^|\n)CN=([^\n]*)/.exec(certificate.subject ?? '')?.[1] ?? ''
  const others = (certificate.subjectAltName ?? '').split(', ').flatMap(name => /^(?:DNS|IP Address):(.*)$/.exec(name)?.[1] ?? [])
  return [common, ...others]
}

function inlineProblem ({ Certificate: pem, PrivateKey, Meta }: Certificate): string | undefined {
  const before = metaProblem(Meta) ?? keyProblem(PrivateKey)
  if (before !== undefined) return before
  if (!PEM.test(pem)) return 'failed to parse certificate PEM'
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(pem)
  } catch {
    return 'failed to parse certificate: x509: malformed certificate'
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(PrivateKey))) return 'tls: private key does not match public key'
  } catch {
    return 'tls: failed to parse private key'
  }
  const bad = hostsOf(certificate).find(host => !isDomainName(host))
  return bad === undefined ? undefined : `host ${goQuote(bad)} must be a valid DNS hostname`
}

export const inlineCertificate: EntryKind<Certificate> = { kind: 'inline-certificate', shape: inlineFields, problem: inlineProblem }

export const fileSystemCertificate: EntryKind<Certificate> = {
  kind: 'file-system-certificate',
  shape: fieldsOf('structs.FileSystemCertificateConfigEntry'),
  problem: entry => metaProblem(entry.Meta),
}
