// terminating-gateway: which services outside of the mesh are called through a gateway, and with which certificates.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list } from '../../http/decode/weak/weak-lists.js'
import { flag, text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const fields = shape('structs.TerminatingGatewayConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Services: always(list(shape('structs.LinkedService', {
    /** `*` for all services that no proxy speaks for. */
    Name: filled(text),
    CAFile: filled(text, 'ca_file'),
    CertFile: filled(text, 'cert_file'),
    KeyFile: filled(text, 'key_file'),
    SNI: filled(text),
    DisableAutoHostRewrite: filled(flag),
  }))),
  ...COMMON,
})

export type TerminatingGateway = WeakValue<typeof fields>

function * problems (entry: TerminatingGateway): Iterable<string | undefined> {
  yield metaProblem(entry.Meta)
  const seen = new Set<string>()
  for (const { Name, CAFile, CertFile, KeyFile } of entry.Services ?? []) {
    if (Name === '') yield 'Service name cannot be blank.'
    if (seen.has(Name)) yield `Service ${goQuote(Name)} was specified more than once within a namespace`
    seen.add(Name)
    if ((CertFile !== '' || KeyFile !== '') && [CAFile, CertFile, KeyFile].includes('')) yield `Service ${goQuote(Name)} must have a CertFile, CAFile, and KeyFile specified for TLS origination`
  }
}

export const terminatingGateway: EntryKind<TerminatingGateway> = { kind: 'terminating-gateway', shape: fields, problem: entry => first(problems(entry)) }
