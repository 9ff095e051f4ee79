// The body of POST query and PUT query/:id, a prepared query. What follows the `?` of a URL is not here but in ../query.ts.

import { bodyDecoder } from '../body.js'
import type { Value } from '../kind.js'
import { flag, int, text, textOf, uint64 } from '../scalar-kinds.js'
import { list, textMap, texts } from '../collection-kinds.js'
import { field, table, within } from '../table.js'

const failoverTarget = table({ name: 'QueryFailoverTarget', type: 'structs.QueryFailoverTarget' }, {
  peer: field('Peer', text),
  datacenter: field('Datacenter', text),
})

const failover = table({ name: 'QueryFailoverOptions', type: 'structs.QueryFailoverOptions' }, {
  nearestN: field('NearestN', int),
  datacenters: field('Datacenters', texts),
  targets: field('Targets', list(failoverTarget)),
})

const serviceQuery = table({ name: 'ServiceQuery', type: 'structs.ServiceQuery' }, {
  service: field('Service', text),
  samenessGroup: field('SamenessGroup', text),
  failover: field('Failover', failover),
  onlyPassing: field('OnlyPassing', flag),
  ignoreCheckIds: field('IgnoreCheckIDs', list(textOf('types.CheckID'))),
  near: field('Near', text),
  /** Required tags, and with a leading `!` forbidden ones. */
  tags: field('Tags', texts),
  nodeMeta: field('NodeMeta', textMap),
  serviceMeta: field('ServiceMeta', textMap),
  connect: field('Connect', flag),
  peer: field('Peer', text),
})

const template = table({ name: 'QueryTemplateOptions', type: 'structs.QueryTemplateOptions' }, {
  /** '' is no template, else name_prefix_match; not validated here. */
  type: field('Type', text),
  regexp: field('Regexp', text),
  removeEmptyTags: field('RemoveEmptyTags', flag),
})

const dns = table({ name: 'QueryDNSOptions', type: 'structs.QueryDNSOptions' }, {
  /** Duration as text; '' is the agent's own rule. */
  ttl: field('TTL', text),
})

export const preparedQuery = table({ name: 'PreparedQuery', type: 'structs.PreparedQuery' }, {
  id: field('ID', text),
  name: field('Name', text),
  session: field('Session', text),
  token: field('Token', text),
  template: field('Template', template),
  service: field('Service', serviceQuery),
  dns: field('DNS', dns),
  createIndex: within('RaftIndex', field('CreateIndex', uint64)),
  modifyIndex: within('RaftIndex', field('ModifyIndex', uint64)),
})

export type PreparedQueryBody = Value<typeof preparedQuery>

/** POST query. */
export const decodePreparedQuery = bodyDecoder(preparedQuery)

/** PUT query/:id, where an empty body is an empty object. */
export const decodePreparedQueryUpdate = (body: Uint8Array): PreparedQueryBody => body.length === 0 ? preparedQuery.zero() : decodePreparedQuery(body)
