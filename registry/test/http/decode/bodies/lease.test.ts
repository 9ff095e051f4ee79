// Laws of the registry's own lease bodies, and of coordinate/update: strict keys, durations in Go's syntax, services without checks.
import t from 'tap'
import { decodeCoordinateUpdate } from '../../../../src/http/decode/bodies/coordinate.js'
import { decodeLease, decodeLeaseStatus } from '../../../../src/http/decode/bodies/lease.js'
import { bytesOf, refusal } from '../refusal.js'

t.test('a lease', async t => {
  const body = decodeLease(bytesOf({ TTL: '15s', DeregisterAfter: '60s', Node: 'n', Services: [{ Name: 'web', enable_tag_override: true }] }))
  t.match(body, { id: '', ttlMs: 15000, deregisterAfterMs: 60000, node: 'n', address: '', services: [{ name: 'web', enableTagOverride: true, check: null, checks: [] }] })
  t.match(decodeLease(bytesOf('{}')), { ttlMs: null, deregisterAfterMs: null, services: [] })
  t.match(decodeLease(bytesOf({ TTL: true })), { ttlMs: 0 }, 'what is no duration is not the default either')
})

t.test('what a lease refuses', async t => {
  for (const key of ['Check', 'Checks']) t.equal(refusal(decodeLease, { Services: [{ Name: 'web', [key]: {} }] }), `Request decode failed: json: unknown field "${key}"`)
  t.equal(refusal(decodeLease, { TTL: 'soon' }), 'Request decode failed: time: invalid duration "soon"')
  t.equal(refusal(decodeLease, { Ttl: '1s', Nope: 1 }), 'Request decode failed: json: unknown field "Nope"')
  t.equal(refusal(decodeLease, ''), 'Request decode failed: EOF')
})

t.test('the word of a process about itself', async t => {
  t.same(decodeLeaseStatus(bytesOf({ Status: 'critical', Output: 'draining' })), { status: 'critical', output: 'draining', serviceIds: null })
  t.same(decodeLeaseStatus(bytesOf({ Status: 'passing', ServiceIDs: ['a'] })).serviceIds, ['a'])
})

t.test('a coordinate', async t => {
  t.match(decodeCoordinateUpdate(bytesOf({ Node: 'n', Coord: { Vec: [1, 0.5], Error: 1.5, Height: 1e-5 } })), { node: 'n', segment: '', coord: { vec: [1, 0.5], error: 1.5, adjustment: 0, height: 1e-5 } })
  t.equal(decodeCoordinateUpdate(bytesOf({ Node: 'n' })).coord, null)
  for (const [body, why] of [['{', 'unexpected EOF'], ['', 'EOF'], [{ Node: 'far', Unknown: 1 }, 'json: unknown field "Unknown"']] as const) t.equal(refusal(decodeCoordinateUpdate, body), `Request decode failed: ${why}`)
})
