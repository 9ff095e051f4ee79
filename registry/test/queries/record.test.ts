// Laws of what a query's body is refused for, by itself.
import t from 'tap'
import { RosterError } from '../../src/errors.js'
import { queryRecord } from '../../src/queries/record.js'
import { bodyOf } from './support.js'

const ok = { Service: 'web' }

function refusal (json: object): string {
  try {
    queryRecord(bodyOf(json), 'id')
    return ''
  } catch (error) {
    if (!(error instanceof RosterError)) throw error
    return `${error.status} ${error.message}`
  }
}

t.test('refusals', async t => {
  const table: ReadonlyArray<readonly [object, string]> = [
    [{}, 'Must be bound to a session'],
    [{ Service: ok }, 'Must be bound to a session'],
    [{ Name: 'a' }, 'Must provide a Service name to query'],
    [{ Name: 'a', Service: { ...ok, Failover: { NearestN: -1 } } }, "Bad NearestN '-1', must be >= 0"],
    [{ Name: 'a', Service: { ...ok, Failover: { NearestN: 1, Targets: [{ Datacenter: 'dc2' }] } } }, 'Targets cannot be populated with NearestN or Datacenters'],
    [{ Name: 'a', Service: { ...ok, Failover: { Datacenters: ['dc2'], Targets: [{ Peer: 'p' }] } } }, 'Targets cannot be populated with NearestN or Datacenters'],
    [{ Name: 'a', Service: { ...ok, NodeMeta: { 'bad key': 'x' } } }, "Couldn't load metadata pair ('bad key', 'x'): Key contains invalid characters"],
    [{ Name: 'a', Service: { ...ok, SamenessGroup: 'g' } }, 'sameness-groups are an enterprise-only feature'],
    [{ Name: 'a', Service: ok, DNS: { TTL: '10' } }, 'Bad DNS TTL \'10\': time: missing unit in duration "10"'],
    [{ Name: 'a', Service: ok, DNS: { TTL: '-1s' } }, "DNS TTL '-1000000000', must be >=0"],
    [{ Name: 'a', Service: ok, Token: '<hidden>' }, "Bad Token '<hidden>', it looks like a query definition with a redacted token was submitted"],
  ]
  for (const [json, expected] of table) t.equal(refusal(json), `500 Invalid prepared query: ${expected}`, JSON.stringify(json))
})

t.test('what is taken: reserved metadata of nodes, any metadata of services, templates and session-bound queries without a name', async t => {
  for (const json of [
    { Name: 'a', Service: { ...ok, NodeMeta: { 'consul-version': '1' } } },
    { Name: 'a', Service: { ...ok, ServiceMeta: { '': 'x' } } },
    { Template: { Type: 'name_prefix_match' }, Service: ok },
    { Session: 's', Service: ok },
    { Name: 'a', Service: ok, DNS: { TTL: '0s' } },
  ]) t.equal(refusal(json), '', JSON.stringify(json))
})

t.test('the record is what was sent, under the id that it gets', async t => {
  const record = queryRecord(bodyOf({ ID: 'ignored', Name: 'a', Service: { ...ok, Tags: ['a', '!b'] } }), 'mine')
  t.match(record, { id: 'mine', name: 'a', service: { service: 'web', tags: ['a', '!b'], nodeMeta: null }, dns: { ttl: '' } })
  t.notOk('samenessGroup' in record.service)
})
