// The JSON shape of a prepared query, as clients know it.

import type { Json } from '../catalog/wire.js'
import type { QueryEntry } from '../state/queries.js'

export function queryJson ({ value: q, createIndex, modifyIndex }: QueryEntry): Json {
  const { service: s } = q
  return {
    ID: q.id,
    Name: q.name,
    Session: q.session,
    Token: q.token,
    Template: { Type: q.template.type, Regexp: q.template.regexp, RemoveEmptyTags: q.template.removeEmptyTags },
    Service: {
      Service: s.service,
      SamenessGroup: '',
      Failover: {
        NearestN: s.failover.nearestN,
        Datacenters: s.failover.datacenters,
        Targets: s.failover.targets?.map(({ peer, datacenter }) => ({ Peer: peer, Datacenter: datacenter })) ?? null,
      },
      OnlyPassing: s.onlyPassing,
      IgnoreCheckIDs: s.ignoreCheckIds,
      Near: s.near,
      Tags: s.tags,
      NodeMeta: s.nodeMeta,
      ServiceMeta: s.serviceMeta,
      Connect: s.connect,
      Peer: s.peer,
    },
    DNS: { TTL: q.dns.ttl },
    CreateIndex: createIndex,
    ModifyIndex: modifyIndex,
  }
}
