// Laws of transactions: all or nothing, one revision, every refusal told, later operations see earlier ones, reads see what is folded.
import t from 'tap'
import { lockKey, setKey } from '../../src/kv/operations.js'
import { endSession } from '../../src/sessions/end.js'
import { decodeTxn } from '../../src/http/decode/bodies/txn.js'
import { operationsOf } from '../../src/txn/operation.js'
import { changeAll, readAll } from '../../src/txn/run.js'
import { rows } from '../support/rows.js'
import type { Test } from 'tap'
import type { Json } from '../../src/catalog/wire.js'
import type { TxnOutcome } from '../../src/txn/run.js'
import type { Rows } from '../support/rows.js'

const S = '11111111-2222-4333-8444-555555555555'
const kv = (Verb: string, Key: string, more: object = {}) => ({ KV: { Verb, Key, ...more } })
const parse = (body: unknown) => operationsOf(decodeTxn(Buffer.from(JSON.stringify(body))), 10_000)

async function table (t: Test): Promise<Rows & { txn: (body: unknown) => Promise<TxnOutcome>, read: (body: unknown) => TxnOutcome }> {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  await r.node('n')
  await r.session({ id: S, lockDelayNs: 5e9 })
  return {
    ...r,
    txn: async body => (await r.commit(changeAll(parse(body), { base: r.state.base, datacenter: 'dc1', isDelayed: (draft, key) => r.keeper.isDelayed(draft, key) }))).result,
    read: body => readAll(parse(body), r.state),
  }
}
const told = (outcome: TxnOutcome): string[] => outcome.errors?.map(({ op, what }) => `${op}: ${what}`) ?? []
const kvOf = (json: Json): Record<string, unknown> => json['KV'] as Record<string, unknown>

t.test('all of it in one revision', async t => {
  const r = await table(t)
  const before = r.events.length
  const outcome = await r.txn([
    kv('set', 'a', { Value: 'MQ==', Flags: 7 }), kv('lock', 'l', { Value: 'bA==', Session: S }),
    { Node: { Verb: 'set', Node: { Node: 'far', Address: '10.0.0.9' } } },
    { Service: { Verb: 'set', Node: 'far', Service: { ID: 'w1', Service: 'web', Port: 80, Tags: ['x'] } } },
    { Check: { Verb: 'set', Check: { Node: 'far', CheckID: 'c', Name: 'c', Status: 'passing', ServiceID: 'w1' } } },
  ])
  t.equal(r.events.length, before + 1)
  t.equal(outcome.errors, null)
  t.match(outcome.results, [
    { KV: { Key: 'a', Value: null, Flags: 7, ModifyIndex: r.state.revision } }, { KV: { Key: 'l', LockIndex: 1, Session: S } },
    { Node: { Node: 'far', CreateIndex: r.state.revision } }, { Service: { ID: 'w1', Tags: ['x'] } }, { Check: { CheckID: 'c', ServiceName: 'web', ServiceTags: ['x'] } },
  ])
  t.equal(r.state.checks.ofInstance('far', 'w1').length, 1)
})

t.test('nothing of it when one operation is refused, and every refusal is told', async t => {
  const r = await table(t)
  await r.change(d => setKey(d, { key: 'k', value: 'MQ==', flags: '0' }))
  const before = r.events.length
  const outcome = await r.txn([
    kv('set', 'new', { Value: 'eA==' }), kv('cas', 'k', { Index: 1 }), { Node: { Verb: 'set', Node: { Node: 'far', Address: 'x' } } }, kv('get', 'none'), kv('get', 'new'),
    { Service: { Verb: 'set', Node: 'nowhere', Service: { Service: 'x' } } }, { Check: { Verb: 'set', Check: { Node: 'n', Name: 'c', ServiceID: 'x' } } },
    kv('lock', 'k', { Session: 'nobody' }), kv('unlock', 'k', { Session: S }), kv('check-not-exists', 'k'), kv('delete-cas', 'k', { Index: 1 }), kv('check-session', 'k', { Session: S }),
  ])
  t.same(told(outcome), [
    '1: failed to set key "k", index is stale', '3: key "none" doesn\'t exist', '5: Missing node registration', '6: Missing service registration', '7: invalid session "nobody"',
    '8: failed to unlock key "k", lock isn\'t held, or is held by another session', '9: key "k" exists', '10: failed to delete key "k", index is stale',
    `11: failed session check for key "k", current session "" != "${S}"`,
  ])
  t.equal(outcome.results, null)
  t.equal(r.events.length, before)
  t.notOk(r.state.nodes.get('far'))
  t.notOk(r.state.kv.get('new'))
})

t.test('malformed operations alone are told, and nothing is tried', async t => {
  const r = await table(t)
  t.same(told(await r.txn([
    kv('set', ''), kv('explode', 'k'), kv('set', 'fine'), kv('get', 'none'), kv('get-tree', ''), { Node: { Verb: 'explode' } }, { Node: { Verb: 'set' } }, { Node: { Verb: 'set', Node: { Node: 'x', ID: 'short' } } },
    { Service: { Verb: 'explode' } }, { Service: { Verb: 'delete', Node: 'n', Service: { ID: 'x' } } }, { Service: { Verb: 'set', Node: 'n' } }, { Check: { Verb: 'explode' } }, kv('delete-tree', ''),
  ])), [
    '0: Must provide key', '1: unknown KV operation: explode', '4: Must provide key', '5: unknown node operation: explode', '6: Must provide node', '7: Bad node ID: uuid string is wrong length',
    '8: unknown service operation: explode', '9: Must provide service name (Service.Service) when service ID is provided',
    '10: service name (Service.Service) is required; both Service ID (Service.ID) and Service Name cannot be empty', '11: unknown check operation: explode',
  ])
})

t.test('later operations see earlier ones', async t => {
  const r = await table(t)
  const outcome = await r.txn([
    kv('set', 'é/🍕', { Value: 'MQ==' }), kv('set', 'é/\uff5e', { Value: 'Mg==' }), kv('get-tree', 'é/'), kv('delete', 'é/🍕'), kv('get-or-empty', 'é/🍕', { Flags: 3 }), kv('check-not-exists', 'é/🍕'),
    kv('delete-tree', 'é'), kv('get-tree', 'é'),
  ])
  t.same(outcome.results?.map(kvOf).map(({ Key, Value, ModifyIndex }) => `${String(Key)} ${String(Value)} ${ModifyIndex === 0 ? 'absent' : ''}`),
    ['é/🍕 null ', 'é/\uff5e null ', 'é/\uff5e Mg== ', 'é/🍕 MQ== ', 'é/🍕 null absent'])
  t.equal(r.state.kv.size, 0)
})

t.test('what is stale for one is not for the next that read it: indexes of a transaction are its own revision', async t => {
  const r = await table(t)
  r.state.base = 1000
  const [first] = (await r.txn([kv('set', 'k', { Value: 'MQ==' })])).results!.map(kvOf)
  t.equal(first!['ModifyIndex'], 1000 + r.state.revision)
  const next = 1000 + r.state.revision + 1
  const outcome = await r.txn([kv('cas', 'k', { Value: 'Mg==', Index: first!['ModifyIndex'] }), kv('check-index', 'k', { Index: next }), kv('cas', 'k', { Value: 'Mw==', Index: next })])
  t.same(told(outcome), [])
  t.equal(r.state.kv.get('k')!.modifyIndex, next)
})

t.test('a transaction that changes nothing writes nothing', async t => {
  const r = await table(t)
  await r.txn([kv('set', 'k', { Value: 'MQ==' })])
  const before = r.events.length
  t.same(told(await r.txn([kv('set', 'k', { Value: 'MQ==' }), kv('delete', 'none'), { Node: { Verb: 'delete', Node: { Node: 'none' } } }])), [])
  t.equal(r.events.length, before)
})

t.test('lock-delay: told before anything is tried', async t => {
  const r = await table(t)
  await r.change(d => { lockKey(d, { key: 'k', value: '', flags: '0' }, S) })
  await r.change(d => endSession(d, S))
  const other = S.replace('1', '2')
  await r.session({ id: other })
  t.same(told(await r.txn([kv('lock', 'k', { Session: other }), kv('get', 'none')])), ['0: failed to lock key "k" due to lock delay'])
  await r.clock.advance(5_000)
  t.same(told(await r.txn([kv('lock', 'k', { Session: other })])), [])
})

t.test('the end of a node inside a transaction ends its sessions, for later operations too', async t => {
  const r = await table(t)
  const outcome = await r.txn([
    kv('lock', 'k', { Session: S }), { Node: { Verb: 'delete', Node: { Node: 'N' } } }, kv('get', 'k'), kv('get', 'none'),
  ])
  t.same(told(outcome), ['3: key "none" doesn\'t exist'])
  const done = await r.txn([kv('lock', 'k', { Session: S }), { Node: { Verb: 'delete', Node: { Node: 'N' } } }, kv('get', 'k')])
  t.match(kvOf(done.results![1]!), { Key: 'k', LockIndex: 1 })
  t.notOk('Session' in kvOf(done.results![1]!))
  t.equal(r.state.sessions.size, 0)
})

t.test('reads: what is there, what is not, and ids by their beginning', async t => {
  const r = await table(t)
  const id = '40e4a748-2192-161a-0510-9bf59fe950b5'
  await r.txn([{ Node: { Verb: 'set', Node: { Node: 'byid', ID: id, Address: 'x' } } }, kv('set', 'b', { Value: 'MQ==' }), kv('set', 'a')])
  const get = (node: object) => { const o = r.read([{ Node: { Verb: 'get', Node: node } }]); return o.errors?.[0]?.what ?? (o.results![0]!['Node'] as Json)['Node'] }
  for (const prefix of [id, id.toUpperCase(), '40e4a748', '40e4-a7']) t.equal(get({ ID: prefix }), 'byid', prefix)
  t.equal(get({ ID: '50', Node: 'byid' }), 'node "byid" doesn\'t exist')
  t.equal(get({ ID: '4' }), 'node lookup by ID failed: index error: UUID (without hyphens) must be even length')
  t.equal(get({ ID: 'zz' }), "node lookup by ID failed: index error: invalid UUID: encoding/hex: invalid byte: U+007A 'z'")
  t.equal(get({ ID: id + 'aa' }), 'node lookup by ID failed: index error: Invalid UUID length. UUID have 36 characters; got 38')
  t.equal(get({ ID: '1-2-3-4-5-' }), 'node lookup by ID failed: index error: UUID should have maximum of 4 "-"; got 5')
  const outcome = r.read([kv('get-tree', ''), kv('get', 'b')])
  t.same(told(outcome), ['0: Must provide key'])
  t.same(r.read([kv('get', 'a'), kv('check-index', 'b', { Index: r.state.kv.get('b')!.modifyIndex })]).results?.map(kvOf).map(e => [e['Key'], e['Value']]), [['a', null], ['b', null]])
  t.match(r.read([kv('check-index', 'b', { Index: 1 }), kv('check-index', 'none'), kv('check-session', 'none')]), { malformed: false, errors: [{ op: 0 }, { op: 1, what: 'failed to check index, key "none" doesn\'t exist' }, { op: 2, what: 'failed to check session, key "none" doesn\'t exist' }] })
})

t.test('rows of the catalog: check-and-set, and what a missing name is called verb by verb', async t => {
  const r = await table(t)
  await r.txn([{ Service: { Verb: 'set', Node: 'n', Service: { Service: 'web' } } }, { Check: { Verb: 'set', Check: { Node: 'n', Name: 'c' } } }])
  const at = r.state.revision
  const node = r.state.nodes.get('n')!.modifyIndex
  t.same(told(await r.txn([
    { Node: { Verb: 'cas', Node: { Node: 'n', ModifyIndex: 0 } } }, { Service: { Verb: 'cas', Node: 'n', Service: { Service: 'web', ModifyIndex: 0 } } }, { Check: { Verb: 'cas', Check: { Node: 'n', Name: 'c', ModifyIndex: 0 } } },
    { Node: { Verb: 'delete-cas', Node: { Node: 'none' } } }, { Service: { Verb: 'delete-cas', Node: 'n', Service: { Service: 'none' } } }, { Check: { Verb: 'delete-cas', Check: { Node: 'n', Name: 'none' } } },
    { Check: { Verb: 'set', Check: { Node: 'n' } } }, { Check: { Verb: 'cas', Check: { Name: 'c' } } }, { Check: { Verb: 'delete', Check: { Node: 'n' } } }, { Check: { Verb: 'get', Check: { Node: 'n', Name: 'c' } } },
    { Service: { Verb: 'set', Node: 'n', Service: { Service: 'web', Meta: { 'a b': '' } } } },
  ])), [
    '0: failed to set node "n", index is stale', '1: failed to set service "web" on node "n", index is stale', '2: failed to set check "c" on node "n", index is stale',
    '3: failed to delete node "none", index is stale', '4: failed to delete service "none" on node "n", index is stale', '5: failed to delete check "none" on node "n", index is stale',
    '6: failed health check lookup: index error: object is missing a value for this index', '7: failed check lookup: index error: object is missing a value for this index',
    '8: check lookup failed: index error: object is missing a value for this index', '9: failed check lookup: index error: object is missing a value for this index',
    "10: Invalid Service Meta for node n and serviceID web: Couldn't load metadata pair ('a b', ''): Key contains invalid characters",
  ])
  t.same(told(await r.txn([
    { Service: { Verb: 'cas', Node: 'n', Service: { Service: 'web', Port: 9, ModifyIndex: at } } }, { Check: { Verb: 'delete-cas', Check: { Node: 'n', Name: 'c', ModifyIndex: at } } }, { Node: { Verb: 'cas', Node: { Node: 'n', Address: 'y', ModifyIndex: node } } },
  ])), [])
  t.equal(r.state.services.get('n', 'web')?.value.port, 9)
  t.equal(r.state.checks.get('n', 'c'), undefined)
  t.equal(r.state.nodes.get('n')?.value.address, 'y')
})
