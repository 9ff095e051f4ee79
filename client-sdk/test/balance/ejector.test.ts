// Laws of putting aside: for a reason, for a time, back by one trying call, and never so many that too few are left.
import fc from 'fast-check'
import t from 'tap'
import { Ejector } from '../../src/balance/outlier/ejector.js'
import { successRateOutliers } from '../../src/balance/outlier/success-rate.js'

const ids = (n: number) => Array.from({ length: n }, (_, i) => `i${i}`)
const fail = (ejector: Ejector, id: string, times: number, now = 0) => { for (let i = 0; i < times; i++) ejector.observe(id, false, false, now) }
/** No jitter: random 1 gives the whole time. */
const made = (n: number, options = {}) => { const ejector = new Ejector(options, () => 1); ejector.setMembers(ids(n), 0); return ejector }

t.test('five failures in a row, not four, and a success between starts anew', async t => {
  const ejector = made(4)
  fail(ejector, 'i0', 4)
  ejector.observe('i0', true, false, 0)
  fail(ejector, 'i0', 4)
  t.notOk(ejector.isOut('i0'))
  fail(ejector, 'i0', 1)
  t.ok(ejector.isOut('i0'))
  t.same(ejector.reason('i0'), { reason: '5 failures in a row', until: 5000 })
})

t.test('the way back: one call tries, success brings it in, failure doubles the time', async t => {
  const ejector = made(4)
  fail(ejector, 'i0', 5)
  t.equal(ejector.takeProbe(4999), undefined)
  t.equal(ejector.takeProbe(5000), 'i0')
  t.equal(ejector.takeProbe(5000), undefined, 'one at a time')
  ejector.observe('i0', true, false, 5100)
  t.ok(ejector.isOut('i0'), 'a call that began before says nothing')
  ejector.observe('i0', false, true, 5100)
  t.equal(ejector.reason('i0')!.until, 15_100)
  t.equal(ejector.takeProbe(15_100), 'i0')
  ejector.releaseProbe('i0', 15_200)
  t.equal(ejector.takeProbe(15_200), 'i0', 'given up: due at once')
  ejector.observe('i0', true, true, 15_300)
  t.notOk(ejector.isOut('i0'))
  fail(ejector, 'i0', 5, 15_400)
  t.equal(ejector.reason('i0')!.until, 35_400, 'the next time goes on from there')
})

t.test('the time has a limit and jitter, and being well forgives', async t => {
  const ejector = made(4, { maxMs: 8000 })
  for (let i = 0; i < 10; i++) { fail(ejector, 'i0', 5, 0); ejector.takeProbe(1e9); if (i < 9) ejector.observe('i0', true, true, 0) }
  ejector.observe('i0', false, true, 0)
  t.equal(ejector.reason('i0')!.until, 8000)
  const early = new Ejector({}, () => 0)
  early.setMembers(ids(2), 0)
  fail(early, 'i0', 5)
  t.equal(early.reason('i0')!.until, 2500, 'half of it is certain')
  early.takeProbe(2500)
  early.observe('i0', true, true, 2500)
  early.observe('i0', true, false, 70_000)
  fail(early, 'i0', 5, 70_000)
  t.equal(early.reason('i0')!.until, 72_500, 'as if it were the first time')
})

t.test('a probe that nobody reports on is lost after a minute; what must not be tried is not', async t => {
  const ejector = made(4)
  fail(ejector, 'i0', 5)
  t.equal(ejector.takeProbe(5000, id => id === 'i0'), undefined)
  ejector.takeProbe(5000)
  t.equal(ejector.takeProbe(64_999), undefined)
  t.equal(ejector.takeProbe(65_000), 'i0')
})

t.test('leaving the list and coming back washes nobody clean; what is well is forgotten', async t => {
  const ejector = made(4)
  fail(ejector, 'i0', 5)
  ejector.setMembers(ids(4).slice(1), 10)
  ejector.setMembers(ids(4), 20)
  t.ok(ejector.isOut('i0'))
  ejector.setMembers(ids(4).slice(1), 6000)
  ejector.setMembers(ids(4), 6010)
  t.notOk(ejector.isOut('i0'), 'after its time it is as good as new')
})

t.test('an instance may ask for a pause', async t => {
  const ejector = made(2)
  ejector.pause('i0', 2000, 0)
  t.same(ejector.reason('i0'), { reason: 'it asked for a pause', until: 2000 })
  ejector.pause('i1', 2000, 0)
  t.notOk(ejector.isOut('i1'), 'not both of two')
  t.equal(ejector.takeProbe(2000), 'i0')
})

t.test('whatever happens: never below the floor, never the only one, and every change of who is out is a new version', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('fail' as const), i: fc.nat(11), times: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('ok' as const), i: fc.nat(11) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('list' as const), from: fc.nat(6), n: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), i: fc.nat(11), ms: fc.integer({ min: 1, max: 1e6 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('probe' as const), ok: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20_000) }) })
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, maxShare) => {
    const ejector = new Ejector({ maxShare, consecutiveFailures: 3, successRate: { intervalMs: 500, minCalls: 3, minInstances: 3 } }, () => 0.5)
    let now = 0
    let list = ids(12)
    ejector.setMembers(list, now)
    for (const s of steps) {
      const before = list.filter(id => ejector.isOut(id)).join()
      const version = ejector.version
      const listBefore = list
      if (s.do === 'wait') now += s.ms
      else if (s.do === 'list') { list = ids(12).slice(s.from, s.from + s.n); ejector.setMembers(list, now) } else if (s.do === 'pause') ejector.pause(`i${s.i}`, s.ms, now)
      else if (s.do === 'probe') { const id = ejector.takeProbe(now); if (id !== undefined) { if (!list.includes(id)) return false; ejector.observe(id, s.ok, true, now) } } else for (let i = 0; i < (s.do === 'fail' ? s.times : 1); i++) ejector.observe(`i${s.i}`, s.do === 'ok', false, now)
      const out = list.filter(id => ejector.isOut(id))
      const allowed = Math.min(list.length - 1, Math.max(1, Math.floor(list.length * maxShare)))
      if (out.length > allowed || ejector.out !== out.length) return false
      if (list === listBefore && out.join() !== before && ejector.version === version) return false
    }
    return true
  }), { seed: 20, numRuns: 300 })
})

t.test('success rate: the example, too few calls, too few instances, too small a gap, all alike', async t => {
  const tally = (n: number, calls: number, ok: number, id = 'x') => Array.from({ length: n }, (_, i) => ({ id: `${id}${i}`, calls, ok }))
  t.same(successRateOutliers([...tally(9, 30, 30), { id: 'bad', calls: 30, ok: 15 }]), ['bad'])
  t.same(successRateOutliers([...tally(9, 30, 30), { id: 'bad', calls: 29, ok: 0 }]), [])
  t.same(successRateOutliers([...tally(3, 30, 30), { id: 'bad', calls: 30, ok: 0 }]), [])
  t.same(successRateOutliers([...tally(9, 1000, 999), { id: 'bad', calls: 1000, ok: 950 }]), [])
  t.same(successRateOutliers(tally(10, 100, 40)), [], 'a service that fails everywhere has no outlier')
})

t.test('success rate: who fails every third call is found within two looks', async t => {
  const ejector = made(10, { successRate: { intervalMs: 1000, minCalls: 10 } })
  for (let now = 0; now < 2100; now += 10) for (const id of ids(10)) ejector.observe(id, id !== 'i3' || (now / 10) % 3 !== 0, false, now)
  t.ok(ejector.isOut('i3'))
  t.match(ejector.reason('i3')!.reason, /% of its calls succeeded, clearly fewer than of the others/)
  t.equal(ejector.out, 1)
})
