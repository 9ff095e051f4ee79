// Laws of the list of operations: how many, how large, which kind counts, and what makes the whole a read.
import t from 'tap'
import { decodeTxn } from '../../src/http/decode/bodies/txn.js'
import { isWrite, operationsOf } from '../../src/txn/operation.js'

const operations = (body: unknown, max = 1000) => operationsOf(decodeTxn(Buffer.from(JSON.stringify(body))), max)

t.test('of several kinds in one operation the first counts; one without any is left out', async t => {
  const found = operations([{}, { KV: { Verb: 'set', Key: 'k' }, Node: { Verb: 'get' } }, { KV: null }, { Service: { Verb: 'get' }, Check: { Verb: 'set' } }, { Check: { Verb: 'set' } }])
  t.same(found.map(op => op.kind), ['kv', 'service', 'check'])
  t.same(operations(null), [])
})

t.test('bounds', async t => {
  const many = (n: number): object[] => Array.from({ length: n }, () => ({ KV: { Verb: 'get', Key: 'k' } }))
  t.equal(operations(many(128)).length, 128)
  t.throws(() => operations(many(129)), { message: 'Transaction contains too many operations (129 > 128)', status: 413 })
  t.throws(() => operations([{ KV: { Verb: 'set', Key: 'k"', Value: Buffer.alloc(21).toString('base64') } }], 20), { message: 'Value for key "k\\"" is too large (21 > 20 bytes)', status: 413 })
})

t.test('what writes: keys by their verb, everything else unless it gets', async t => {
  const verbs = (kind: 'KV' | 'Node' | 'Service' | 'Check', names: readonly string[]) => operations(names.map(Verb => ({ [kind]: { Verb } }))).map(isWrite)
  t.same(verbs('KV', ['set', 'cas', 'lock', 'unlock', 'delete', 'delete-cas', 'delete-tree']), Array(7).fill(true))
  t.same(verbs('KV', ['get', 'get-or-empty', 'get-tree', 'check-index', 'check-session', 'check-not-exists', 'explode', 'SET']), Array(8).fill(false))
  for (const kind of ['Node', 'Service', 'Check'] as const) t.same(verbs(kind, ['get', 'set', 'explode']), [false, true, true])
})

t.test('a null among the operations is refused', async t => {
  t.throws(() => operations([null]), { status: 400, message: 'Failed to parse body: an operation is an object, not null' })
  t.throws(() => operations([{ KV: { Verb: 'set', Key: 'k' } }, null]), { message: /not null$/ })
})

t.test('flags and indexes keep all their digits', async t => {
  const [op] = operations([JSON.parse('{"KV":{"Verb":"cas","Key":"k"}}')])
  t.match(op, { flags: '0', index: 0n })
  const exact = operationsOf(decodeTxn(Buffer.from('[{"KV":{"Verb":"cas","Key":"k","Flags":18446744073709551615,"Index":18446744073709551614}}]')), 1)
  t.match(exact[0], { flags: '18446744073709551615', index: 18446744073709551614n })
})
