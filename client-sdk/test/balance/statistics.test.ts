// Laws of what is seen of an instance: peaks at once, calm slowly; no failure looks fast; long calls and the caller's own lag are nobody's fault; nothing is lost by leaving the list.
import fc from 'fast-check'
import t from 'tap'
import { outstanding } from '../../src/balance/load/outstanding.js'
import { peakEwma, TAU_MS } from '../../src/balance/load/peak-ewma.js'
import { noLag } from '../../src/balance/loop-lag.js'
import { InstanceStatistics, ServiceStatistics, Statistics } from '../../src/balance/statistics.js'

const make = () => { const service = new ServiceStatistics(); return { service, one: new InstanceStatistics(service, noLag), other: new InstanceStatistics(service, noLag) } }

t.test('a slow answer counts at once, fast ones bring it down slowly', async t => {
  const { one, other } = make()
  other.observe(true, 10, true, 0)
  one.observe(true, 10, true, 0)
  one.observe(true, 500, true, 1)
  t.equal(one.costMs(1), 500)
  one.observe(true, 10, true, 2)
  t.ok(one.costMs(2) > 400)
  for (let now = 3; now < 60_000; now += 100) one.observe(true, 10, true, now)
  t.ok(one.costMs(60_000) < 20)
})

t.test('an instance nobody calls fades to what is usual, not below', async t => {
  const { one, service } = make()
  one.observe(true, 1000, true, 0)
  for (let now = 0; now < 60_000; now += 50) service.observe(10, now)
  t.ok(one.costMs(TAU_MS) < 400)
  t.ok(Math.abs(one.costMs(20 * TAU_MS) - service.typicalMs) < 0.01)
})

t.test('an instance that is not known counts as a usual one', async t => {
  const { one, other } = make()
  t.equal(one.costMs(0), 0)
  other.observe(true, 40, true, 0)
  t.equal(one.costMs(0), 40)
})

t.test('no failure makes an instance look better, however fast', async () => {
  const call = fc.record({ ok: fc.boolean(), ms: fc.integer({ min: 0, max: 5000 }), pause: fc.integer({ min: 0, max: 2000 }) })
  fc.assert(fc.property(fc.array(call, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 5000 }), (calls, ms) => {
    const { one } = make()
    let now = 0
    for (const { ok, ms, pause } of calls) { now += pause; one.observe(ok, ms, true, now) }
    const before = peakEwma(one, 1, now)
    const cost = one.costMs(now)
    one.observe(false, ms, true, now)
    return one.costMs(now) >= cost && peakEwma(one, 1, now) > before * 1.05 - 1e-9
  }), { seed: 18, numRuns: 200 })
})

t.test('an instance that has only failed is not the fastest of all, even if it failed before anybody answered', async t => {
  const { one, other } = make()
  one.observe(false, 0.2, true, 0)
  for (let now = 1; now < 1000; now++) other.observe(true, 20, true, now)
  t.equal(one.costMs(1000), 20)
  one.observe(true, 3, true, 1000)
  t.ok(one.costMs(1000) <= 20, 'once it has answered it may be faster than usual')
})

t.test('load rises with every call in progress, less where more are meant to be, and falls when they end', async () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.1, max: 10, noNaN: true }), (calls, weight) => {
    const { one } = make()
    one.observe(true, 20, true, 0)
    for (const metric of [peakEwma, outstanding]) {
      const idle = metric(one, weight, 0)
      const flights = []
      let last = idle
      for (let i = 0; i < calls; i++) {
        flights.push(one.begin(0, false))
        const load = metric(one, weight, 0)
        if (load <= last || load > metric(one, weight / 2, 0)) return false
        last = load
      }
      for (const flight of flights) one.end(flight)
      if (metric(one, weight, 0) !== idle) return false
    }
    return true
  }), { seed: 19, numRuns: 50 })
})

t.test('callers who wait are a time to show: the oldest call in progress counts', async t => {
  const { one } = make()
  one.observe(true, 5, true, 0)
  const first = one.begin(0, false)
  one.begin(400, false)
  t.equal(one.oldestMs(500), 500)
  t.ok(peakEwma(one, 1, 500) >= 500 * 3)
  one.end(first)
  t.equal(one.oldestMs(500), 100)
})

t.test('long calls are not work in progress for times, but they are for outstanding', async t => {
  const { one } = make()
  one.observe(true, 5, true, 0)
  const load = peakEwma(one, 1, 0)
  const flight = one.begin(0, true)
  t.equal(peakEwma(one, 1, 60_000), load)
  t.equal(outstanding(one, 1, 0), 2)
  one.end(flight)
  t.equal(outstanding(one, 1, 0), 1)
})

t.test('what the caller itself was too busy for is not held against the instance', async t => {
  let blocked = 0
  const one = new InstanceStatistics(new ServiceStatistics(), { ...noLag, blockedMs: () => blocked })
  const flight = one.begin(0, false)
  blocked = 300
  t.equal(one.elapsedMs(flight, 310), 10)
  t.equal(one.oldestMs(310), 10)
  blocked = 900
  t.equal(one.elapsedMs(flight, 310), 0, 'and never less than nothing')
})

t.test('success fades back to 1 while nothing is heard', async t => {
  const { one } = make()
  for (let i = 0; i < 30; i++) one.observe(false, 1, true, 0)
  t.ok(one.success(0) < 0.05)
  t.ok(one.success(5 * TAU_MS) > 0.99)
})

t.test('statistics outlive the list, two lists share them, and what is remembered is bounded', async t => {
  const store = new Statistics(noLag)
  store.enter('n/a', 'web')
  store.of('n/a').observe(true, 70, true, 0)
  store.leave('n/a', 0)
  store.enter('n/a', 'web')
  t.equal(store.of('n/a').costMs(0), 70, 'met as the one it was')
  store.enter('n/a', 'web')
  store.leave('n/a', 0)
  store.leave('n/b', 700_000)
  t.equal(store.of('n/a').costMs(0), 70, 'still in one list')
  store.leave('n/a', 700_000)
  store.enter('n/c', 'web')
  store.leave('n/c', 1_400_000)
  t.throws(() => store.of('n/a'), /n\/a/, 'ten minutes later it is forgotten')
  for (let i = 0; i < 12_000; i++) { store.enter(`n/${i}`, 'web'); store.leave(`n/${i}`, 1_400_001) }
  t.ok(store.size <= 10_001)
})
