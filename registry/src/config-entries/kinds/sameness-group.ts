// sameness-group: known by name, and refused: services that are the same in several clusters belong to the enterprise edition.

import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list } from '../../http/decode/weak/weak-lists.js'
import { flag, text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON } from '../entry-kind.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const fields = shape('structs.SamenessGroupConfigEntry', {
  Name: always(text),
  DefaultForFailover: filled(flag, 'default_for_failover'),
  IncludeLocal: filled(flag, 'include_local'),
  Members: always(list(shape('structs.SamenessGroupMember', { Partition: filled(text), Peer: filled(text) }))),
  ...COMMON,
})

export const samenessGroup: EntryKind<WeakValue<typeof fields>> = { kind: 'sameness-group', shape: fields, problem: () => 'sameness-groups are an enterprise-only feature' }
