// Laws of the table of keys: lists by bytes, graves count in the index until they are forgotten.
import t from 'tap'
import { Kv } from '../../src/state/kv.js'
import { State } from '../../src/state/state.js'
import { topics } from '../../src/state/topic-names.js'

const entry = (key: string, index: number) => ({ value: { key, value: '', flags: '0', lockIndex: 0, session: '' }, createIndex: index, modifyIndex: index })

t.test('lists are sorted by bytes, and end where the prefix does', async t => {
  const kv = new Kv()
  const all = ['b', 'a/🍕', 'a/\uff5e', 'a', 'a/z', 'B']
  all.forEach((key, i) => kv.put(key, entry(key, i + 1)))
  t.same([...kv.below('')].map(e => e.value.key), ['B', 'a', 'a/z', 'a/\uff5e', 'a/🍕', 'b'])
  t.same([...kv.below('a/')].map(e => e.value.key), ['a/z', 'a/\uff5e', 'a/🍕'])
  t.equal(kv.get('a/🍕')?.modifyIndex, 2)
})

t.test('what was deleted counts until it is forgotten', async t => {
  const kv = new Kv()
  kv.put('p/1', entry('p/1', 11))
  kv.put('p/2', entry('p/2', 12))
  kv.bury('p/2', 7)
  t.equal(kv.newestBelow('p/', 10), 7, 'entries carry the base, graves do not')
  kv.forget('p/2')
  t.equal(kv.newestBelow('p/', 10), 1)
  kv.bury('p/1', 9)
  kv.put('p/1', entry('p/1', 20))
  t.equal(kv.newestBelow('p/', 10), 10, 'a key that came back has no grave')
})

t.test('a purge is folded: neither grave nor topic is left', async t => {
  const state = new State()
  state.started(0)
  state.event({ revision: 1, rows: [{ key: 'kv/a', value: entry('a', 1).value, created: 1, revision: 1 }], purges: [] })
  state.event({ revision: 2, rows: [{ key: 'kv/a', value: undefined, created: 1, revision: 2 }], purges: [] })
  t.equal(state.topics.revision(topics.kv('a')), 2)
  t.equal(state.kv.newestBelow('', 0), 2)
  state.event({ revision: 3, rows: [], purges: ['kv/a'] })
  t.equal(state.topics.revision(topics.kv('a')), 0)
  t.equal(state.kv.newestBelow('', 0), 0)
})
