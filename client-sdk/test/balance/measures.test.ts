// Laws of the small measures: slow start, panic, loop lag, routes that are slow by nature, averages that forget.
import fc from 'fast-check'
import t from 'tap'
import { blend, fade, relax } from '../../src/balance/load/ewma.js'
import { measureLoopLag } from '../../src/balance/loop-lag.js'
import { isPanic } from '../../src/balance/panic.js'
import { routeTimes } from '../../src/balance/route-times.js'
import { slowStartFactor } from '../../src/balance/slow-start.js'
import { fakeClock } from '../support/fake-clock.js'

t.test('slow start: from the least factor to 1, never down, never beyond', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0.1, max: 5, noNaN: true }), fc.nat(2e6), fc.nat(2e6), (windowMs, minFactor, aggression, x, y) => {
    const [early, late] = [Math.min(x, y), Math.max(x, y)].map(age => slowStartFactor(age, { windowMs, minFactor, aggression })) as [number, number]
    return minFactor <= early && early <= late && late <= 1 && slowStartFactor(windowMs, { windowMs, minFactor, aggression }) === 1
  }), { seed: 16, numRuns: 200 })
  t.equal(slowStartFactor(30_000, { windowMs: 60_000 }), 0.5)
  t.equal(slowStartFactor(3_000, { windowMs: 60_000 }), 0.1)
  t.equal(slowStartFactor(15_000, { windowMs: 60_000, aggression: 2 }), 0.5)
  t.equal(slowStartFactor(Infinity, { windowMs: 60_000 }), 1)
})

t.test('panic: below the share, never with nobody, never with threshold 0', async t => {
  t.ok(isPanic(4, 10, 0.5))
  t.notOk(isPanic(5, 10, 0.5))
  t.notOk(isPanic(0, 0, 0.5))
  t.ok(isPanic(0, 1, 0.5))
  t.notOk(isPanic(0, 10, 0))
})

t.test('averages: fade halves of halves, a sample moves towards itself and not beyond, rest is where all goes', async () => {
  const ms = fc.integer({ min: 0, max: 1e6 })
  fc.assert(fc.property(ms, ms, ms, ms, (a, b, x, y) => {
    const close = (p: number, q: number) => Math.abs(p - q) < 1e-6 * Math.max(1, Math.abs(p), Math.abs(q))
    const [low, high] = [Math.min(x, y), Math.max(x, y)]
    return close(fade(a + b, 10_000), fade(a, 10_000) * fade(b, 10_000)) &&
      blend(x, y, a, 10_000) >= low - 1e-6 && blend(x, y, a, 10_000) <= high + 1e-6 && blend(x, y, 0, 10_000) === x &&
      close(relax(relax(x, y, a, 10_000), y, b, 10_000), relax(x, y, a + b, 10_000))
  }), { seed: 17, numRuns: 300 })
})

t.test('loop lag: only lateness counts, also while it lasts, and only while there are calls', async t => {
  const clock = fakeClock()
  const lag = measureLoopLag(clock)
  t.equal(clock.pending, 0, 'no timer without calls')
  lag.enter()
  lag.enter()
  const start = lag.blockedMs()
  clock.advance(1000)
  t.equal(lag.blockedMs() - start, 0, 'ticks on time')
  // A block: time goes on without any timer running.
  const blocked = fakeClock(0)
  let hold = 0
  const late = measureLoopLag({ ...blocked, monotonic: () => blocked.monotonic() + hold })
  late.enter()
  blocked.advance(19)
  hold = 200
  t.equal(late.blockedMs(), 199, 'seen before the late tick runs')
  blocked.advance(1)
  t.equal(late.blockedMs(), 200, 'and counted once by the tick')
  blocked.advance(100)
  t.equal(late.blockedMs(), 200)
  lag.leave()
  lag.leave()
  lag.leave()
  t.equal(clock.pending, 0)
  clock.advance(5000)
  t.equal(lag.blockedMs(), start, 'time without calls is nobody\'s lag')
  lag.enter()
  t.equal(clock.pending, 1)
  t.equal(lag.blockedMs(), start)
})

t.test('routes: slow on every instance is long; slow on one is that instance\'s affair', async t => {
  const routes = routeTimes()
  t.notOk(routes.observe('GET /poll', 'a', 30_000, 5, 0), 'not held against a, before the route is known')
  t.notOk(routes.observe('GET /poll', 'b', 30_000, 5, 1))
  t.notOk(routes.isLong('GET /poll', 1))
  routes.observe('GET /poll', 'c', 20, 5, 2)
  t.ok(routes.isLong('GET /poll', 2), 'although one answered at once')
  for (let i = 0; i < 20; i++) routes.observe('GET /x', `i${i % 9}`, 5, 5, i)
  for (let i = 0; i < 9; i++) t.ok(routes.observe('GET /x', 'sick', 2000, 5, 20 + i), 'measured')
  t.notOk(routes.isLong('GET /x', 30))
})

t.test('routes: a route that turns slow everywhere is measured for a good while, because that is overload', async t => {
  const routes = routeTimes()
  for (let i = 0; i < 100; i++) routes.observe('GET /x', `i${i % 3}`, 5, 5, i)
  let measured = 0
  for (let i = 0; i < 90; i++) if (routes.observe('GET /x', `i${i % 3}`, 1500, 5, 100 + i)) measured++
  t.equal(measured, 90)
})

t.test('routes: what was is forgotten, and no more than 256 are remembered', async t => {
  const routes = routeTimes()
  for (let i = 0; i < 4; i++) routes.observe('GET /poll', String(i), 5000, 1, i)
  t.ok(routes.isLong('GET /poll', 59_000))
  t.ok(routes.isLong('GET /poll', 61_000), 'one window later')
  t.notOk(routes.isLong('GET /poll', 200_000), 'three windows later')
  for (let i = 0; i < 4; i++) routes.observe('GET /poll', String(i), 5000, 1, 200_000)
  for (let i = 0; i < 256; i++) routes.observe(`GET /${i}`, 'a', 1, 1, 200_000)
  t.notOk(routes.isLong('GET /poll', 200_001))
})
