// Laws of prefixes: the index of one is its newest change or deletion below, kept from its first reading on; only readers of a key's prefixes wake; the
// memory is bounded, and what somebody waits for is never forgotten.
import t from 'tap'
import fc from 'fast-check'
import { Kv } from '../../src/state/kv.js'
import { KvPrefixes } from '../../src/state/kv-prefixes.js'
import { Topics } from '../../src/watch/topics.js'
import { topics as names } from '../../src/state/topic-names.js'

function table (max?: number) {
  const kv = new Kv()
  const topics = new Topics()
  const prefixes = new KvPrefixes(kv, topics, max)
  let revision = 0
  const touch = (key: string): void => { for (const name of [names.kvAll, names.kv(key), ...prefixes.above(key)]) topics.touch(name, revision) }
  return {
    kv,
    topics,
    prefixes,
    put (key: string): void {
      revision++
      kv.put(key, { value: { key, value: '', flags: '0', lockIndex: 0, session: '' }, createIndex: revision, modifyIndex: revision })
      touch(key)
    },
    delete (key: string): void {
      revision++
      kv.bury(key, revision)
      touch(key)
    },
    wake: () => topics.wake(),
    revisionOf: (prefix: string): number => topics.revision(prefixes.topic(prefix, 0)),
  }
}

const key = fc.constantFrom('a', 'a/', 'a/b', 'a/b/c', 'ab', 'b', 'b/c', 'é/🍕', 'é/~')
const prefix = fc.constantFrom('', 'a', 'a/', 'a/b', 'b', 'é', 'é/🍕', 'zz')

t.test('the index of a prefix is the newest of what is and was below it', async () => {
  const step = fc.record({ do: fc.constantFrom('put', 'delete', 'read'), key, prefix })
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, max) => {
    const real = table(max)
    const newest = new Map<string, number>()
    let revision = 0
    for (const step of steps) {
      if (step.do === 'read') real.revisionOf(step.prefix)
      else if (step.do === 'put' || real.kv.get(step.key) !== undefined) {
        real[step.do](step.key)
        newest.set(step.key, ++revision)
      }
    }
    return ['a', 'a/', 'a/b', 'b', 'é', 'zz'].every(p => real.revisionOf(p) === Math.max(0, ...[...newest].filter(([k]) => k.startsWith(p)).map(([, r]) => r)))
  }), { seed: 3, numRuns: 300 })
})

t.test('a write wakes the readers of its prefixes and nobody else', async t => {
  const real = table()
  const woken: string[] = []
  for (const p of ['a/', 'a/b', 'b/', 'ab']) real.topics.subscribe([real.prefixes.topic(p, 0)], () => woken.push(p))
  real.put('a/b/c')
  real.wake()
  t.same(woken.sort(), ['a/', 'a/b'])
})

t.test('10,000 readers of other prefixes cost a write a few look-ups, not one each', async t => {
  const real = table()
  let woken = 0
  for (let i = 0; i < 10_000; i++) real.topics.subscribe([real.prefixes.topic(`app/${String(i).padStart(5, '0')}/`, 0)], () => woken++)
  t.same(real.prefixes.above('app/00007/x'), [names.kvBelow('app/00007/')])
  real.put('app/00007/x')
  real.wake()
  t.equal(woken, 1)
})

t.test('beyond the bound the least lately read is forgotten, unless somebody waits for it', async t => {
  const real = table(3)
  let woken = false
  real.put('p0/x')
  real.topics.subscribe([real.prefixes.topic('p0/', 0)], () => { woken = true })
  for (let i = 1; i <= 20; i++) real.revisionOf(`p${i}/`)
  t.equal(real.prefixes.size, 3)
  t.same(real.prefixes.above('p1/x'), [], 'forgotten')
  t.equal(real.revisionOf('p0/'), 1)
  real.put('p0/y')
  real.wake()
  t.ok(woken, 'still told')
})

t.test('a prefix of any length costs a write no more than a long one', async t => {
  const real = table()
  const long = 'x'.repeat(5000)
  real.put(long + '1')
  t.equal(real.revisionOf(long), 1)
  t.same(real.prefixes.above(long + '2'), [names.kvBelow('x'.repeat(1024))])
})
