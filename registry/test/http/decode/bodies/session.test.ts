// Laws of a session body: lenient keys, an empty body, lock-delays in seconds when they are too small to be meant, and which checks a session has.
import t from 'tap'
import { decodeSessionCreate } from '../../../../src/http/decode/bodies/session.js'
import { bytesOf, refusal } from '../refusal.js'

const decode = (body: unknown) => decodeSessionCreate(bytesOf(body))

t.test('refusals', async t => {
  const cannot = (rest: string): string => `json: cannot unmarshal ${rest}`
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [
    ['{', 'unexpected EOF'], [' ', 'EOF'], ['[]', cannot('array into Go value of type struct { LockDelay interface {}; *structs.Alias }')], ['"text"', cannot('string into Go value of type struct { LockDelay interface {}; *structs.Alias }')], [{ Name: 5 }, cannot('number into Go struct field .Alias.Name of type string')], [{ TTL: 30 }, cannot('number into Go struct field .Alias.TTL of type string')],
    [{ LockDelay: 'soon' }, 'time: invalid duration "soon"'], [{ NodeChecks: 'serfHealth' }, cannot('string into Go struct field .Alias.NodeChecks of type []string')], [{ ServiceChecks: ['x'] }, cannot('string into Go struct field .Alias.ServiceChecks of type structs.ServiceCheck')],
  ]
  for (const [body, why] of cases) t.equal(refusal(decodeSessionCreate, body), `Request decode failed: ${why}`, JSON.stringify(body))
  for (const body of ['', '{}', 'null', { Namespace: 'team' }, { Unknown: 'kept quiet', ID: 'x' }]) t.equal(refusal(decodeSessionCreate, body), 'ok', JSON.stringify(body))
})

t.test('defaults are told from what was said', async t => {
  const defaults = { name: '', node: undefined, lockDelayMs: null, behavior: undefined, ttl: '', nodeChecks: ['serfHealth'], serviceChecks: null, checks: null }
  for (const body of ['', '{}', 'null', { Node: null, LockDelay: null }]) t.same(decode(body), defaults, JSON.stringify(body))
  t.match(decode({ name: 'lower', lockdelay: '90s', ttl: '1h', nodechecks: [], Node: '' }), { name: 'lower', lockDelayMs: 90000, ttl: '1h', nodeChecks: [], node: '' })
})

t.test('lock-delay: below a microsecond it was meant in seconds', async t => {
  for (const [sent, ms] of [[20, 20000], [999, 999000], [1000, 0.001], [15000000000, 15000], [0, 0], ['1.5s', 1500], ['500ns', 500000], [-1, -1000], [0.5, 0], [true, 0]] as const) t.equal(decode({ LockDelay: sent }).lockDelayMs, ms, JSON.stringify(sent))
})

t.test('checks: the old list and the new one', async t => {
  const cases: ReadonlyArray<readonly [body: object, nodeChecks: readonly string[] | null, checks: readonly string[] | null]> = [
    [{ NodeChecks: ['a'] }, ['a'], null], [{ NodeChecks: [] }, [], null], [{ Checks: [] }, [], null], [{ Checks: ['serfHealth'], NodeChecks: null }, null, null], [{ Checks: ['serfHealth', 'b'] }, ['serfHealth'], ['serfHealth', 'b']], [{ Checks: ['b'], NodeChecks: [] }, [], null], [{ Checks: null, NodeChecks: ['a'] }, [], null],
  ]
  for (const [body, nodeChecks, checks] of cases) t.match(decode(body), { nodeChecks, checks }, JSON.stringify(body))
})
