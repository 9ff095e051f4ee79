// Prepared queries for tests: a body or a record with what matters said, the rest as it is when nothing is sent.
import { decodePreparedQuery } from '../../src/http/decode/bodies/query.js'
import type { PreparedQueryBody } from '../../src/http/decode/bodies/query.js'
import type { QueryRecord, ServiceQuery } from '../../src/state/queries.js'

export const bodyOf = (json: object): PreparedQueryBody => decodePreparedQuery(Buffer.from(JSON.stringify(json)))

const SERVICE: ServiceQuery = {
  service: 'web', failover: { nearestN: 0, datacenters: null, targets: null }, onlyPassing: false, ignoreCheckIds: null, near: '', tags: null, nodeMeta: null, serviceMeta: null, connect: false, peer: '',
}

export const queryOf = ({ service, template, ...more }: Partial<Omit<QueryRecord, 'service' | 'template'>> & { readonly service?: Partial<ServiceQuery>, readonly template?: Partial<QueryRecord['template']> }): QueryRecord => ({
  id: '00000000-0000-4000-8000-000000000001',
  name: 'q',
  session: '',
  token: '',
  dns: { ttl: '' },
  ...more,
  template: { type: '', regexp: '', removeEmptyTags: false, ...template },
  service: { ...SERVICE, ...service },
})

export const templateOf = (name: string, service: Partial<ServiceQuery>, template: Partial<QueryRecord['template']> = {}): QueryRecord => queryOf({ name, service, template: { type: 'name_prefix_match', ...template } })
