// Certificates: who is who, signed by an authority. Source: RFC 5280 (profile), RFC 5480 (elliptic curve keys). Files and names are for the verbs.

import { createHash, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { bits, context, element, elements, integer, octets, oid, sequence, set, time, TRUE, utf8 } from './der.js'
import type { KeyObject } from 'node:crypto'

/** What is to stand in a certificate. */
export interface CertificateRequest {
  readonly commonName: string
  readonly organization?: string
  readonly publicKey: KeyObject
  /** From now on. */
  readonly days: number
  readonly serial: Buffer
  /** An authority may sign others. */
  readonly authority?: {
    /** Domains that it may sign names of, subdomains included; empty: any. */
    readonly permittedDomains: readonly string[]
  }
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
  readonly uris?: readonly string[]
  readonly usages?: ReadonlyArray<'server' | 'client'>
}

/** Who signs: an authority's certificate and key, or only a key when it signs itself. */
export interface Signer { readonly key: KeyObject, readonly certificate?: X509Certificate }

const OID = {
  commonName: '2.5.4.3', organization: '2.5.4.10', keyUsage: '2.5.29.15', basicConstraints: '2.5.29.19', subjectKeyId: '2.5.29.14', authorityKeyId: '2.5.29.35', altNames: '2.5.29.17', nameConstraints: '2.5.29.30', extendedKeyUsage: '2.5.29.37', server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2',
} as const

/** Signature algorithm by type of the signer's key; RSA's wants an explicit null. */
const ALGORITHMS: Readonly<Record<string, { readonly id: Buffer, readonly hash: string | null }>> = {
  ec: { id: sequence(oid('1.2.840.10045.4.3.2')), hash: 'sha256' },
  rsa: { id: sequence(oid('1.2.840.113549.1.1.11'), element(0x05)), hash: 'sha256' },
  ed25519: { id: sequence(oid('1.3.101.112')), hash: null },
}

const DAY_MS = 86_400_000
/** Bits of KeyUsage, from the left: digitalSignature 0, keyEncipherment 2, keyCertSign 5, cRLSign 6. */
const AUTHORITY_USAGE = bits(Buffer.from([0b1000_0110]), 1)
const LEAF_USAGE = bits(Buffer.from([0b1010_0000]), 5)

/** A positive number of 127 random bits: unique without asking anybody. */
export const randomSerial = (): Buffer => {
  const bytes = randomBytes(16)
  bytes[0]! &= 0x7f
  return bytes
}

/** @returns PEM @throws Error for a key of a type that cannot sign here */
export function signCertificate (request: CertificateRequest, signer: Signer, now: Date): string {
  const algorithm = ALGORITHMS[signer.key.asymmetricKeyType ?? '']
  if (algorithm === undefined) throw new Error(`unsupported key type ${signer.key.asymmetricKeyType}`)
  const begins = new Date(Math.floor(now.getTime() / 1000) * 1000)
  const subject = name(request)
  const body = sequence(
    context(0, true, integer(Buffer.from([2]))), // version 3
    integer(request.serial),
    algorithm.id,
    signer.certificate === undefined ? subject : subjectOf(signer.certificate),
    sequence(time(begins), time(new Date(begins.getTime() + request.days * DAY_MS))),
    subject,
    request.publicKey.export({ type: 'spki', format: 'der' }),
    context(3, true, sequence(...extensions(request, signer)))
  )
  const der = sequence(body, algorithm.id, bits(sign(algorithm.hash, body, signer.key)))
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}

function name ({ commonName, organization }: CertificateRequest): Buffer {
  const part = (type: string, text: string): Buffer => set(sequence(oid(type), utf8(text)))
  return sequence(...organization === undefined ? [] : [part(OID.organization, organization)], part(OID.commonName, commonName))
}

function extensions ({ authority, publicKey, usages = [], dnsNames = [], ipAddresses = [], uris = [] }: CertificateRequest, signer: Signer): Buffer[] {
  const critical = (type: string, value: Buffer): Buffer => sequence(oid(type), TRUE, octets(value))
  const plain = (type: string, value: Buffer): Buffer => sequence(oid(type), octets(value))
  const own = keyId(publicKey)
  const issuer = signer.certificate === undefined ? own : keyIdOf(signer.certificate)
  const names = [
    ...uris.map(uri => context(6, false, Buffer.from(uri, 'latin1'))),
    ...dnsNames.map(dns => context(2, false, Buffer.from(dns, 'latin1'))),
    ...ipAddresses.map(ip => context(7, false, ipBytes(ip))),
  ]
  return [
    critical(OID.keyUsage, authority === undefined ? LEAF_USAGE : AUTHORITY_USAGE),
    ...usages.length === 0 ? [] : [plain(OID.extendedKeyUsage, sequence(...usages.map(usage => oid(OID[usage]))))],
    critical(OID.basicConstraints, authority === undefined ? sequence() : sequence(TRUE)),
    plain(OID.subjectKeyId, octets(own)),
    ...issuer === undefined ? [] : [plain(OID.authorityKeyId, sequence(context(0, false, issuer)))],
    ...names.length === 0 ? [] : [plain(OID.altNames, sequence(...names))],
    ...authority === undefined || authority.permittedDomains.length === 0
      ? []
      : [critical(OID.nameConstraints, sequence(context(0, true, ...authority.permittedDomains.map(domain => sequence(context(2, false, Buffer.from(domain, 'latin1')))))))],
  ]
}

/** SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1): a name for it, not a secret. */
function keyId (key: KeyObject): Buffer {
  const [, keyBits] = elements(elements(key.export({ type: 'spki', format: 'der' }))[0]!.content)
  return createHash('sha1').update(keyBits!.content.subarray(1)).digest()
}

/** The parts of what an authority signed: version, serial, algorithm, issuer, validity, subject, key, extensions. */
const bodyOf = (certificate: X509Certificate): ReturnType<typeof elements> => elements(elements(elements(certificate.raw)[0]!.content)[0]!.content)

/** As its bytes are: an issuer is compared so. */
const subjectOf = (certificate: X509Certificate): Buffer => bodyOf(certificate)[5]!.whole

/** How the authority itself names its key; `undefined` when it does not. */
function keyIdOf (certificate: X509Certificate): Buffer | undefined {
  const extensions = bodyOf(certificate).find(({ tag }) => tag === 0xa3)
  if (extensions === undefined) return undefined
  const wanted = oid(OID.subjectKeyId)
  for (const { content } of elements(elements(extensions.content)[0]!.content)) {
    const parts = elements(content)
    if (parts[0]!.whole.equals(wanted)) return elements(parts.at(-1)!.content)[0]!.content
  }
  return undefined
}

/** 4 or 16 bytes. */
function ipBytes (ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number))
  if (!isIPv6(ip)) throw new Error(`not an IP address: ${ip}`)
  const [head = '', tail] = ip.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`).split('::')
  const groups = (text: string): string[] => text === '' ? [] : text.split(':')
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)]
  return Buffer.from([...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after].map(group => group.padStart(4, '0')).join(''), 'hex')
}
