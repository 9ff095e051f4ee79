// exported-services: which services other clusters may call. There is one, `default`.

import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list } from '../../http/decode/weak/weak-lists.js'
import { text } from '../../http/decode/weak/weak-scalars.js'
import { ANY, COMMON, first } from '../entry-kind.js'
import { metaProblem } from '../parts/meta-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

const fields = shape('structs.ExportedServicesConfigEntry', {
  Name: always(text),
  Services: filled(list(shape('structs.ExportedService', {
    /** `*` for all. */
    Name: always(text),
    Namespace: filled(text),
    Consumers: filled(list(shape('structs.ServiceConsumer', {
      Partition: filled(text),
      Peer: filled(text, 'peer_name'),
      SamenessGroup: filled(text, 'sameness_group'),
    }))),
  }))),
  ...COMMON,
})

export type ExportedServices = WeakValue<typeof fields>

/** Sameness groups are refused before anything else about a service is looked at. */
function * groupProblems (services: ExportedServices['Services']): Iterable<string | undefined> {
  for (const [i, { Consumers }] of (services ?? []).entries()) {
    const j = Consumers?.findIndex(consumer => consumer.SamenessGroup !== '') ?? -1
    if (j >= 0) yield `Services[${i}].Consumers[${j}]: sameness-groups are an enterprise-only feature`
  }
}

function * serviceProblems (services: ExportedServices['Services']): Iterable<string | undefined> {
  for (const [i, { Name, Consumers }] of (services ?? []).entries()) {
    if (Name === '') yield `Services[${i}]: service name cannot be empty`
    if (Consumers === null || Consumers.length === 0) yield `Services[${i}]: must have at least one consumer`
    for (const [j, { Peer, Partition }] of (Consumers ?? []).entries()) {
      const at = `Services[${i}].Consumers[${j}]`
      if (Peer !== '' && Partition !== '') yield `${at}: must define at most one of Peer, Partition, or SamenessGroup`
      if (Partition === ANY) yield `${at}: exporting to all partitions (wildcard) is not supported`
      if (Peer === ANY) yield `${at}: exporting to all peers (wildcard) is not supported`
    }
  }
}

export const exportedServices: EntryKind<ExportedServices> = {
  kind: 'exported-services',
  shape: fields,
  // There is one namespace, which needs no name.
  normalize: entry => ({ ...entry, Services: entry.Services?.map(service => ({ ...service, Namespace: '' })) ?? null }),
  problem: entry => entry.Name === 'default'
    ? metaProblem(entry.Meta) ?? first(groupProblems(entry.Services)) ?? first(serviceProblems(entry.Services))
    : 'exported-services Name must be "default"',
}
