// bound-api-gateway: which routes and certificates have bound to the listeners of an api-gateway. Only the server writes it (../bind-routes.ts).

import { goQuote } from '../../http/decode/go-text.js'
import { always, shape } from '../../http/decode/weak/shape.js'
import { list, mapOf } from '../../http/decode/weak/weak-lists.js'
import { text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first } from '../entry-kind.js'
import { references } from '../parts/references.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const fields = shape('structs.BoundAPIGatewayConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Listeners: always(list(shape('structs.BoundAPIGatewayListener', {
    Name: always(text),
    Routes: always(references),
    Certificates: always(references),
  }))),
  /** By service: the routes that lead to it. */
  Services: always(mapOf(references)),
  ...COMMON,
})

export type BoundApiGateway = WeakValue<typeof fields>

function * problems (entry: BoundApiGateway): Iterable<string | undefined> {
  for (const { Certificates, Routes } of entry.Listeners ?? []) {
    for (const { Kind, Name } of Certificates ?? []) {
      if (Kind !== 'inline-certificate') yield `unsupported certificate kind: ${goQuote(Kind)}, must be 'inline-certificate'`
      if (Name === '') yield 'certificate reference must have a name'
    }
    for (const { Kind, Name } of Routes ?? []) {
      if (Kind !== 'http-route' && Kind !== 'tcp-route') yield `unsupported route kind: ${goQuote(Kind)}, must be one of 'http-route', or 'tcp-route'`
      if (Name === '') yield 'route reference must have a name'
    }
  }
}

export const boundApiGateway: EntryKind<BoundApiGateway> = { kind: 'bound-api-gateway', shape: fields, problem: entry => first(problems(entry)), ownedByServer: true }
