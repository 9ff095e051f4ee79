// Laws of a prepared query's body: the compatible refusals, and an empty body where a query is replaced.
import t from 'tap'
import { decodePreparedQuery, decodePreparedQueryUpdate } from '../../../../src/http/decode/bodies/query.js'
import { bytesOf, refusal } from '../refusal.js'

t.test('refusals', async t => {
  const of = { Service: 'web' }
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [
    ['', 'EOF'], ['{', 'unexpected EOF'], ['[]', 'json: cannot unmarshal array into Go value of type structs.PreparedQuery'], [{ Service: 'web' }, 'json: cannot unmarshal string into Go struct field PreparedQuery.Service of type structs.ServiceQuery'], [{ Service: of, Unknown: 1 }, 'json: unknown field "Unknown"'],
    [{ Service: { ...of, only_passing: true } }, 'json: unknown field "only_passing"'], [{ Service: { ...of, OnlyPassing: 'yes' } }, 'json: cannot unmarshal string into Go struct field ServiceQuery.Service.OnlyPassing of type bool'], [{ Service: of, DNS: { TTL: 10 } }, 'json: cannot unmarshal number into Go struct field QueryDNSOptions.DNS.TTL of type string'],
  ]
  for (const [body, why] of cases) t.equal(refusal(decodePreparedQuery, body), `Request decode failed: ${why}`, JSON.stringify(body))
})

t.test('rows are complete', async t => {
  t.match(decodePreparedQuery(bytesOf({ Name: 'q', Service: { service: 'web', Tags: ['!a'], Failover: { Targets: [{ Peer: 'p' }] } } })), {
    name: 'q', session: '', template: { type: '', regexp: '', removeEmptyTags: false }, dns: { ttl: '' }, service: { service: 'web', tags: ['!a'], onlyPassing: false, near: '', nodeMeta: null, ignoreCheckIds: null, failover: { nearestN: 0, datacenters: null, targets: [{ peer: 'p', datacenter: '' }] } },
  })
  t.equal(decodePreparedQueryUpdate(bytesOf('')).service.service, '')
  t.equal(refusal(decodePreparedQueryUpdate, '{'), 'Request decode failed: unexpected EOF')
})
