// api-gateway: the listeners of a gateway to which routes (http-route, tcp-route) bind themselves. What has bound is told in bound-api-gateway.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, optional } from '../../http/decode/weak/weak-lists.js'
import { int, text, textOf, uint32 } from '../../http/decode/weak/weak-scalars.js'
import { ANY, COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import { references, status } from '../parts/references.js'
import { tlsProblem } from '../parts/tls-rules.js'
import { cipherSuites, tlsVersion } from './mesh.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const policy = shape('structs.APIGatewayPolicy', { JWT: filled(optional(shape('structs.APIGatewayJWTRequirement', {}))) })

const listener = shape('structs.APIGatewayListener', {
  Name: always(text),
  /** '' for any; `*.example.org` for one label more. */
  Hostname: always(text),
  Port: always(int),
  /** http or tcp. */
  Protocol: always(textOf('structs.APIGatewayListenerProtocol')),
  TLS: always(shape('structs.APIGatewayTLSConfiguration', {
    Certificates: always(references),
    MaxVersion: always(tlsVersion),
    MinVersion: always(tlsVersion),
    CipherSuites: always(cipherSuites),
  })),
  Override: filled(optional(policy)),
  Default: filled(optional(policy)),
  MaxRequestHeadersKB: filled(optional(uint32)),
})

const fields = shape('structs.APIGatewayConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Listeners: always(list(listener)),
  Status: always(status),
  ...COMMON,
})

export type ApiGateway = WeakValue<typeof fields>
export type ApiListener = WeakValue<typeof listener>

const CERTIFICATES: readonly string[] = ['file-system-certificate', 'inline-certificate']
const LISTENER_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const normalListener = (of: ApiListener): ApiListener => ({
  ...of,
  Protocol: of.Protocol.toLowerCase(),
  TLS: { ...of.TLS, Certificates: of.TLS.Certificates?.map(certificate => certificate.Kind === '' ? { ...certificate, Kind: 'inline-certificate' } : certificate) ?? null },
})

function * nameProblems (listeners: readonly ApiListener[]): Iterable<string | undefined> {
  const seen = new Set<string>()
  for (const { Name } of listeners) {
    if (!LISTENER_NAME.test(Name)) yield `listener name ${goQuote(Name)} is invalid, must be at least 1 character and contain only letters, numbers, or dashes`
    if (seen.has(Name)) yield `found multiple listeners with the name ${goQuote(Name)}`
    seen.add(Name)
  }
}

/** Listeners on one port have to be alike. */
function * portProblems (listeners: readonly ApiListener[]): Iterable<string | undefined> {
  const byPort = new Map<number, ApiListener>()
  for (const of of listeners) {
    const other = byPort.get(of.Port)
    if (other !== undefined && (other.Hostname !== of.Hostname || other.Protocol !== of.Protocol)) yield `listeners ${goQuote(other.Name)} and ${goQuote(of.Name)} cannot be merged`
    byPort.set(of.Port, of)
  }
}

function * listenerProblems ({ Protocol, Hostname, Port, TLS }: ApiListener): Iterable<string | undefined> {
  if (Protocol !== 'http' && Protocol !== 'tcp') yield `unsupported listener protocol ${goQuote(Protocol)}, must be one of 'tcp', or 'http'`
  if (Protocol === 'tcp' && Hostname !== '') yield 'hostname specification is not supported when using TCP'
  if (Port <= 0 || Port > 65535) yield `listener port ${Port} not in the range 1-65535`
  if (Hostname.replace(/^\*\./, '').includes(ANY)) yield `host ${goQuote(Hostname)} is not valid, a wildcard specifier is only allowed as the left-most label`
  for (const certificate of TLS.Certificates ?? []) {
    if (!CERTIFICATES.includes(certificate.Kind)) yield `unsupported certificate kind: ${goQuote(certificate.Kind)}, must be 'file-system-certificate' or 'inline-certificate'`
    if (certificate.Name === '') yield 'certificate reference must have a name'
  }
  yield tlsProblem(TLS.MinVersion, TLS.MaxVersion, TLS.CipherSuites)
}

function * problems (entry: ApiGateway): Iterable<string | undefined> {
  yield metaProblem(entry.Meta)
  const listeners = entry.Listeners ?? []
  if (listeners.length === 0) yield 'api gateway must have at least one listener'
  yield * nameProblems(listeners)
  yield * portProblems(listeners)
  for (const of of listeners) yield * listenerProblems(of)
}

export const apiGateway: EntryKind<ApiGateway> = {
  kind: 'api-gateway',
  shape: fields,
  normalize: entry => ({ ...entry, Listeners: entry.Listeners?.map(normalListener) ?? null }),
  problem: entry => first(problems(entry)),
}
