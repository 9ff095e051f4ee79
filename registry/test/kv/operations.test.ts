// Laws of keys: flags, check-and-set, locks; what changes nothing is not written.
import t from 'tap'
import type { Test } from 'tap'
import { casKey, deleteKey, deleteKeyCas, deleteTree, lockKey, setKey, unlockKey } from '../../src/kv/operations.js'
import { keys } from '../../src/state/keys.js'
import { rows } from '../support/rows.js'
import type { Draft } from '../../src/engine/draft.js'
import type { Rows } from '../support/rows.js'

const input = (value: string, flags = '0', key = 'k') => ({ key, value, flags })
const S1 = '11111111-2222-4333-8444-000000000001'
const S2 = '11111111-2222-4333-8444-000000000002'

async function table (t: Test): Promise<Rows & { now: (key?: string) => unknown }> {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  await r.node('n')
  for (const id of [S1, S2]) await r.session({ id })
  return {
    ...r,
    now: (key = 'k') => {
      const entry = r.state.kv.get(key)
      return entry === undefined ? undefined : `${entry.value.value}/${entry.value.flags} lock ${entry.value.lockIndex} ${entry.value.session === '' ? 'free' : entry.value.session === S1 ? 'S1' : 'S2'}`
    },
  }
}

t.test('the same value and flags are no change', async t => {
  const r = await table(t)
  await r.change(d => setKey(d, input('a')))
  const { modifyIndex, createIndex } = r.state.kv.get('k')!
  await r.change(d => setKey(d, input('a')))
  t.equal(r.state.kv.get('k')!.modifyIndex, modifyIndex)
  await r.change(d => setKey(d, input('a', '7')))
  t.ok(r.state.kv.get('k')!.modifyIndex > modifyIndex)
  t.equal(r.state.kv.get('k')!.createIndex, createIndex)
  t.equal(r.now(), 'a/7 lock 0 free')
})

t.test('changed and changed back within one transaction is a change', async t => {
  const r = await table(t)
  await r.change(d => setKey(d, input('a')))
  const { modifyIndex } = r.state.kv.get('k')!
  await r.change(d => {
    setKey(d, input('b'))
    setKey(d, input('a'))
  })
  t.ok(r.state.kv.get('k')!.modifyIndex > modifyIndex)
})

t.test('check-and-set: only at this index; 0 only when there is none', async t => {
  const r = await table(t)
  t.equal(await r.change(d => casKey(d, 0, input('a'), 5n)), false, 'absent')
  t.equal(await r.change(d => casKey(d, 0, input('a'), 0n)), true)
  t.equal(await r.change(d => casKey(d, 0, input('b'), 0n)), false, 'present')
  const index = BigInt(r.state.kv.get('k')!.modifyIndex)
  t.equal(await r.change(d => casKey(d, 0, input('b'), index + 1n)), false)
  t.equal(await r.change(d => casKey(d, 0, input('b'), index)), true)
  t.equal(await r.change(d => casKey(d, 0, input('c'), index)), false, 'the index has moved')
  t.equal(await r.change(d => casKey(d, 100, input('c'), 100n + BigInt(r.state.kv.get('k')!.modifyIndex))), true, 'indexes of clients carry the base')
  t.equal(await r.change(d => casKey(d, 0, input('c'), 2n ** 64n - 1n)), false)
})

t.test('delete by index: true for what is not there', async t => {
  const r = await table(t)
  t.equal(await r.change(d => deleteKeyCas(d, 0, 'k', 99n)), true)
  await r.change(d => setKey(d, input('a')))
  t.equal(await r.change(d => deleteKeyCas(d, 0, 'k', 0n)), false)
  t.equal(await r.change(d => deleteKeyCas(d, 0, 'k', BigInt(r.state.kv.get('k')!.modifyIndex))), true)
  t.equal(r.now(), undefined)
})

t.test('a lock: LockIndex counts new holders, only the holder gives back, and what it sends is stored', async t => {
  const r = await table(t)
  const lock = (value: string, session: string) => r.change(d => lockKey(d, input(value), session))
  const unlock = (value: string, session: string) => r.change(d => unlockKey(d, input(value), session))
  t.equal(await lock('a', S1), true)
  t.equal(r.now(), 'a/0 lock 1 S1')
  t.equal(await lock('b', S2), false)
  t.equal(await unlock('b', S2), false)
  t.equal(await lock('again', S1), true)
  t.equal(r.now(), 'again/0 lock 1 S1')
  t.equal(await unlock('left', S1), true)
  t.equal(r.now(), 'left/0 lock 1 free')
  t.equal(await unlock('twice', S1), false)
  t.equal(await lock('b', S2), true)
  t.equal(r.now(), 'b/0 lock 2 S2')
  await r.change(d => setKey(d, input('by nobody')))
  t.equal(r.now(), 'by nobody/0 lock 0 S2', 'a plain write passes the lock')
  t.equal(await unlock('', S2), true)
  t.equal(await lock('', S1), true)
  t.equal(r.now(), '/0 lock 1 S1')
  await r.change(d => deleteKey(d, 'k'))
  t.equal(await lock('x', S2), true)
  t.equal(r.now(), 'x/0 lock 1 S2', 'a deleted key starts over')
  await t.rejects(lock('x', ''), { message: 'missing session' })
  await t.rejects(unlock('x', ''), { message: 'missing session' })
  await t.rejects(lock('x', 'no"body'), { message: 'invalid session "no\\"body"' })
})

t.test('a session points to all it holds and to nothing else', async t => {
  const r = await table(t)
  const held = (session: string) => r.change((d: Draft) => d.range<{ key: string }>(keys.heldBy(session)).map(([, { key }]) => key))
  await r.change(d => { for (const key of ['a', 'a/b', 'c']) lockKey(d, input('v', '0', key), S1) })
  t.same(await held(S1), ['a', 'a/b', 'c'])
  await r.change(d => { unlockKey(d, input('v', '0', 'a'), S1) })
  await r.change(d => deleteTree(d, 'a/'))
  t.same(await held(S1), ['c'])
  await r.change(d => { deleteKey(d, 'c') })
  t.same(await held(S1), [])
})
