// tcp-route: to which service the connections of an API gateway's listener go.

import { always, shape } from '../../http/decode/weak/shape.js'
import { list } from '../../http/decode/weak/weak-lists.js'
import { text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import { references, status } from '../parts/references.js'
import { normalParents, parentProblems } from './http-route.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const fields = shape('structs.TCPRouteConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Parents: always(references),
  /** One at most. */
  Services: always(list(shape('structs.TCPService', { Name: always(text) }))),
  Status: always(status),
  ...COMMON,
})

export type TcpRoute = WeakValue<typeof fields>

function * problems (entry: TcpRoute): Iterable<string | undefined> {
  if ((entry.Services?.length ?? 0) > 1) yield 'tcp-route currently only supports one service'
  yield * parentProblems(entry.Parents)
  yield metaProblem(entry.Meta)
}

export const tcpRoute: EntryKind<TcpRoute> = {
  kind: 'tcp-route',
  shape: fields,
  normalize: entry => ({ ...entry, Parents: normalParents(entry.Parents) }),
  problem: entry => first(problems(entry)),
}
