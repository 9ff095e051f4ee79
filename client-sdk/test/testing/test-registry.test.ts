// Laws of the testing kit: what it shows is what a real registry would show, in virtual time, and the same seed is the same run.
import t from 'tap'
import type { Test } from 'tap'
import { createTestRegistry } from '../../src/testing/index.js'
import type { TestRegistryOptions } from '../../src/testing/index.js'

const make = (t: Test, options: TestRegistryOptions = {}) => {
  const registry = createTestRegistry(options)
  const roster = registry.client()
  t.teardown(() => roster.close())
  return { registry, roster, payments: roster.service('payments') }
}
const ids = (instances: ReadonlyArray<{ id: string }>) => instances.map(({ id }) => id).sort().join('')

t.test('changes are seen at once; a failing instance is left; the same seed gives the same picks', async t => {
  const run = async (seed: number) => {
    const { registry, payments } = make(t, { seed })
    registry.set('payments', [{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    await payments.ready()
    const picks: string[] = []
    for (let i = 0; i < 200; i++) {
      const it = payments.pick()
      picks.push(it.instance.id)
      registry.clock.advance(10)
      it.done({ ok: it.instance.id !== 'b' })
    }
    return picks
  }
  const first = await run(7)
  t.same(await run(7), first)
  t.notSame(await run(8), first)
  t.ok(first.slice(100).filter(id => id === 'b').length < 10, 'the failing one is left')
})

t.test('partition: calls go on and the age grows; heal: all is seen', async t => {
  const { registry, payments, roster } = make(t)
  registry.add('payments', { id: 'a', port: 4000 })
  registry.partition(roster)
  registry.add('payments', { id: 'b' })
  registry.clock.advance(60_000)
  t.equal(ids(payments.snapshot().instances), 'a')
  t.equal(payments.snapshot().ageMs, 60_000)
  t.equal(payments.pick().port, 4000)
  const other = registry.client()
  t.teardown(() => other.close())
  t.equal(ids(other.service('payments').snapshot().instances), 'ab', 'others are not concerned')
  registry.heal()
  t.equal(ids(payments.snapshot().instances), 'ab')
})

t.test('a registry that lost its memory empties no list before its time; a true end is seen at once', async t => {
  const { registry, payments } = make(t)
  registry.set('payments', [{ id: 'a' }, { id: 'b' }])
  registry.loseMemory()
  t.equal(ids(payments.snapshot().instances), 'ab')
  registry.add('payments', { id: 'a' })
  t.equal(ids(payments.snapshot().instances), 'ab')
  registry.clock.advance(30_000)
  t.equal(ids(payments.snapshot().instances), 'a')
  registry.remove('payments', 'a')
  t.throws(() => payments.pick(), { code: 'ROSTER_NO_INSTANCES' })
})

t.test('a call that comes before the registry is reached waits by the virtual clock', async t => {
  const { registry, roster } = make(t)
  registry.partition()
  const waiting = roster.service('slow').ready({ timeout: 1000 }).then(() => 'ready', (error: { code: string }) => error.code)
  await registry.clock.run(1000)
  t.equal(await waiting, 'ROSTER_NOT_READY')
})

t.test('with latency changes overtake one another, and the newest stands', async t => {
  for (let seed = 1; seed <= 20; seed++) {
    const { registry, payments } = make(t, { seed, latencyMs: [1, 50] })
    registry.script([[0, () => registry.add('payments', { id: 'a' })], [5, () => registry.add('payments', { id: 'b' })], [10, () => registry.remove('payments', 'a')]])
    await registry.clock.run(200)
    t.equal(ids(payments.snapshot().instances), 'b', `seed ${seed}`)
  }
})

t.test('watch gives each list in turn', async t => {
  const { registry, payments, roster } = make(t)
  registry.add('payments', { id: 'a' })
  const seen: string[] = []
  for await (const instances of payments.watch()) {
    seen.push(ids(instances))
    if (seen.length === 1) registry.add('payments', { id: 'b' })
    else break
  }
  t.same(seen, ['a', 'ab'])
  await roster.close()
})
