// Laws of a transaction's body: the compatible refusals under their own prefix, 64 bits, bytes, and both spellings of a check's durations.
import t from 'tap'
import { decodeTxn } from '../../../../src/http/decode/bodies/txn.js'
import { bytesOf, refusal } from '../refusal.js'

const decode = (body: unknown) => decodeTxn(bytesOf(body)) ?? []
const kv = (of: object) => [{ KV: { Verb: 'set', Key: 'a', ...of } }]

t.test('refusals', async t => {
  const cannot = (rest: string): string => `json: cannot unmarshal ${rest}`
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [
    ['', 'EOF'], ['{', 'unexpected EOF'], ['{}', cannot('object into Go value of type api.TxnOps')], ['"x"', cannot('string into Go value of type api.TxnOps')], ['[1]', cannot('number into Go value of type api.TxnOp')], [[{ Key: 'a' }], 'json: unknown field "Key"'], [[{ KV: 'set' }], cannot('string into Go struct field TxnOp.KV of type api.KVTxnOp')],
    [kv({ Value: 'not base64!' }), 'illegal base64 data at input byte 3'], [kv({ Value: 5 }), cannot('number into Go struct field KVTxnOp.KV.Value of type []uint8')], [kv({ Value: 'eA' }), 'illegal base64 data at input byte 0'], [kv({ Flags: -1 }), cannot('number -1 into Go struct field KVTxnOp.KV.Flags of type uint64')], [kv({ Flags: '1' }), cannot('string into Go struct field KVTxnOp.KV.Flags of type uint64')],
    [kv({ Index: 1.5 }), cannot('number 1.5 into Go struct field KVTxnOp.KV.Index of type uint64')], [kv({ Unknown: 1 }), 'json: unknown field "Unknown"'], [kv({ Verb: 1 }), cannot('number into Go struct field KVTxnOp.KV.Verb of type api.KVOp')], [[{ Session: {} }], 'json: unknown field "Session"'],
    [[{ Service: { Service: { enable_tag_override: true } } }], 'json: unknown field "enable_tag_override"'], [[{ Check: { Check: { Definition: { Interval: 'soon' } } } }], 'time: invalid duration "soon"'], [[{ Check: { Check: { Definition: { TimeoutDuration: '10' } } } }], 'time: missing unit in duration "10"'],
    [[{ Check: { Check: { Definition: { Interval: true } } } }], 'strconv.ParseFloat: parsing "true": invalid syntax'], [[{ Service: { Service: { Connect: { SidecarService: { Nope: 1 } } } } }], 'json: unknown field "Nope"'],
  ]
  for (const [body, why] of cases) t.equal(refusal(decodeTxn, body), `Failed to parse body: ${why}`, JSON.stringify(body))
})

t.test('operations', async t => {
  t.equal(decodeTxn(bytesOf('null')), null)
  t.same(decode('[]'), [])
  const [op] = decode('[{"KV":{"Verb":"cas","Key":"a","Value":"aGVsbG8=","Flags":18446744073709551615,"Index":9007199254740993,"Namespace":"x"}}]')
  t.match(op, { kv: { verb: 'cas', key: 'a', flags: 18446744073709551615n, index: 9007199254740993n, session: '' }, node: null, service: null, check: null })
  t.equal(op?.kv?.value?.toString(), 'hello')
  t.equal(decode(kv({}))[0]?.kv?.value, null)
  t.match(decode([{}]), [{ kv: null }])
  t.equal(refusal(decodeTxn, [null, {}]), 'Failed to parse body: an operation is an object, not null')
})

t.test('what a service operation keeps', async t => {
  const [op] = decode([{ Service: { Verb: 'set', Node: 'n', Service: { ID: 's', Service: 'web', Port: 1, Weights: { Passing: 2 }, Ports: [{ Name: 'x', Port: 1 }], Connect: { Native: true }, Proxy: { DestinationServiceName: 'd', Mode: 'direct', TransparentProxy: null }, ContentHash: 'h', ModifyIndex: 5 } } }])
  t.match(op?.service, { verb: 'set', node: 'n', service: { id: 's', service: 'web', port: 1, weights: { passing: 2, warning: 0 }, modifyIndex: 5n, proxy: { DestinationServiceName: 'd', TransparentProxy: { OutboundListenerPort: 0 } } } })
  t.notOk('connect' in (op?.service?.service ?? {}))
})

t.test('durations of a check: either spelling, the long one first', async t => {
  const definition = (of: object) => decode([{ Check: { Verb: 'set', Check: { Node: 'n', Definition: of } } }])[0]?.check?.check.definition
  t.match(definition({ Interval: '10s', Timeout: 5e9 }), { intervalMs: 10000, timeoutMs: 5000, deregisterCriticalServiceAfterMs: 0 })
  t.match(definition({ IntervalDuration: '20s', Interval: '10s', Bogus: 1 }), { intervalMs: 20000 })
})
