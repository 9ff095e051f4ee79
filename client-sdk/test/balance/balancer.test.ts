// Laws of the balancer: who is out is out for a reason that is told, sick instances count but are not called, statistics survive the list, and under load the right ones are called.
import fc from 'fast-check'
import t from 'tap'
import { Balancer } from '../../src/balance/balancer.js'
import type { BalancerOptions } from '../../src/balance/balancer.js'
import type { Instance } from '../../src/balance/instance.js'
import { policies } from '../../src/balance/policies.js'
import type { PolicyName } from '../../src/balance/policies.js'
import { isNoInstances } from '../../src/index.js'
import { drive, instance } from '../support/cluster.js'
import type { Serves } from '../support/cluster.js'
import { fakeClock } from '../support/fake-clock.js'
import { seededRandom as seeded } from '../../src/testing/seeded-random.js'

const make = (options: BalancerOptions = {}, seed = 1) => { const clock = fakeClock(1000); return { clock, balancer: new Balancer('web', options, { clock, random: seeded(seed) }) } }
const ten = Array.from({ length: 10 }, (_, i) => instance(`n/${i}`))
const used = (balancer: Balancer, calls = 200) => new Set(Array.from({ length: calls }, () => { const picked = balancer.pick(); picked.release(); return picked.instance.id }))
const why = (balancer: Balancer, hints = {}) => { try { balancer.pick(hints) } catch (error) { return isNoInstances(error) ? error.message : String(error) } return 'somebody' }
const fast: Serves = () => ({ ms: 5, ok: true })

t.test('nobody: the error says which step left none', async t => {
  const { balancer } = make({ select: { tags: ['blue'] }, panicThreshold: 0 })
  t.equal(why(balancer), 'No instance of "web" can take the call: the registry has none')
  balancer.update([instance('a'), instance('b')])
  t.match(why(balancer), /: all 2 are not selected by tags, metadata or version$/)
  balancer.update([instance('a', { tags: ['blue'], withdrawn: true })])
  t.match(why(balancer), /: the only one is in maintenance, draining or not ready$/)
  balancer.update([instance('a', { tags: ['blue'], health: 'critical' })])
  t.match(why(balancer), /: the only one is critical$/)
  balancer.update([instance('a', { tags: ['blue'] })])
  t.equal(why(balancer), 'somebody')
  t.match(why(balancer, { exclude: new Set(['a']) }), /: every instance that could take it has been tried$/)
})

t.test('other options hold from the next pick on; list, measures and who is put aside stay', async t => {
  const { balancer } = make({ policy: 'round_robin', outlier: { consecutiveFailures: 1 } })
  balancer.update([instance('a', { tags: ['blue'] }), instance('b'), instance('c')])
  const picked = balancer.pick({ exclude: new Set(['a', 'c']) })
  picked.done({ ok: false })
  t.same(used(balancer), new Set(['a', 'c']), 'b is put aside')
  balancer.configure({ policy: 'least_request', outlier: { consecutiveFailures: 1 } })
  t.equal(balancer.policy, 'least_request')
  t.same(used(balancer), new Set(['a', 'c']), 'b still is')
  balancer.configure({ policy: 'least_request', outlier: { consecutiveFailures: 1 }, select: { tags: ['blue'] } })
  t.same(used(balancer), new Set(['a']))
  balancer.configure({ policy: 'random', outlier: false })
  t.same(used(balancer), new Set(['a', 'b', 'c']))
  t.equal(balancer.explain().instances.find(({ instance }) => instance.id === 'b')!.success < 1, true, 'what was seen is remembered')
})

t.test('selection falls back to everybody only if asked to', async t => {
  const { balancer } = make({ select: { tags: ['blue'] }, selectFallback: 'any' })
  balancer.update([instance('a'), instance('b')])
  t.equal(used(balancer).size, 2)
  balancer.update([instance('a'), instance('b', { tags: ['blue'] })])
  t.same(used(balancer), new Set(['b']))
})

t.test('sick instances are not called, until too few are well: then health is not looked at, but a word of one\'s own is', async t => {
  const { balancer } = make()
  const list = (critical: number, withdrawn = 0) => ten.map((one, i) => ({ ...one, health: i < critical ? 'critical' as const : 'passing' as const, withdrawn: i >= 10 - withdrawn }))
  balancer.update(list(5))
  t.equal(used(balancer).size, 5)
  balancer.update(list(6))
  t.equal(used(balancer).size, 10)
  t.ok(balancer.explain().panic)
  const panicked = balancer.pick()
  t.equal(panicked.reason, 'panic')
  panicked.release()
  balancer.update(list(4, 3))
  t.same([...used(balancer)].sort(), ['n/0', 'n/1', 'n/2', 'n/3', 'n/4', 'n/5', 'n/6'], 'of seven that want calls three are well; the others would refuse')
})

t.test('weight 0 means rather the others; without others it means nothing', async t => {
  const { balancer } = make()
  balancer.update([instance('a', { weight: 0 }), instance('b')])
  t.same(used(balancer), new Set(['b']))
  balancer.update([instance('a', { weight: 0 })])
  t.same(used(balancer), new Set(['a']))
})

t.test('every policy gives shares by weight on equal terms', async t => {
  for (const policy of Object.keys(policies) as PolicyName[]) {
    const { balancer, clock } = make({ policy })
    balancer.update([instance('a', { weight: 3 }), instance('b')])
    const { share } = drive(balancer, clock, () => fast, { perSecond: 20, ms: 100_000 })
    t.ok(Math.abs(share('a') - 0.75) < 0.04, `${policy}: ${share('a').toFixed(3)}`)
  }
})

t.test('a key goes to the same instance, also when others come and go', async t => {
  const { balancer } = make({ policy: 'ring_hash' })
  balancer.update(ten)
  const owner = balancer.pick({ key: 'user-7' }).instance
  for (let i = 0; i < 20; i++) t.equal(balancer.pick({ key: 'user-7' }).instance, owner)
  balancer.update(ten.filter((one, i) => one === owner || i % 2 === 0))
  t.equal(balancer.pick({ key: 'user-7' }).instance.id, owner.id)
})

t.test('what was taken is given back once, by whichever end comes first', async t => {
  const { balancer } = make()
  balancer.update([instance('a')])
  const pending = () => balancer.explain().instances[0]!.pending
  const one = balancer.pick()
  const two = balancer.pick()
  t.equal(pending(), 2)
  one.done({ ok: true, ms: 5 })
  one.release()
  one.done({ ok: false })
  t.equal(pending(), 1)
  two[Symbol.dispose]()
  two.done({ ok: false })
  t.equal(pending(), 0)
  t.match(balancer.explain().instances[0], { success: 1, costMs: 5 }, 'a release is neither success nor failure')
})

t.test('an instance that fails is put aside, tried by one call that may, and back when that succeeds', async t => {
  // Round robin, because by load a failing instance would hardly be called often enough to be put aside.
  const { balancer, clock } = make({ policy: 'round_robin', outlier: { baseMs: 1000 } })
  balancer.update(ten.slice(0, 4))
  while (!balancer.explain().instances.some(i => i.reason.startsWith('put aside'))) {
    const picked = balancer.pick()
    picked.done({ ok: picked.instance.id !== 'n/0', ms: 1 })
  }
  t.match(balancer.explain().instances[0], { candidate: false, reason: 'put aside: 5 failures in a row' })
  t.notOk(used(balancer).has('n/0'))
  clock.advance(1000)
  t.notOk(used(balancer).has('n/0'), 'not by calls that cannot be repeated')
  const probe = balancer.pick({ mayProbe: true })
  t.match(probe, { instance: { id: 'n/0' }, reason: 'probe' })
  t.not(balancer.pick({ mayProbe: true }).instance.id, 'n/0', 'one at a time')
  probe.done({ ok: true })
  t.ok(used(balancer).has('n/0'))
})

t.test('where no call may be spent on a try, any is, after half a minute', async t => {
  const { balancer, clock } = make({ policy: 'round_robin', outlier: { baseMs: 1000 } })
  balancer.update(ten.slice(0, 2))
  while (used(balancer).size === 2) balancer.pick().done({ ok: false, ms: 1 })
  clock.advance(31_000)
  t.equal(balancer.pick().reason, 'probe')
})

t.test('an instance may ask for a pause and gets it', async t => {
  const { balancer, clock } = make()
  balancer.update(ten.slice(0, 3))
  const picked = balancer.pick()
  picked.done({ ok: false, ms: 1, retryAfterMs: 2000 })
  t.notOk(used(balancer).has(picked.instance.id))
  clock.advance(2000)
  t.equal(balancer.pick({ mayProbe: true }).instance.id, picked.instance.id)
})

t.test('statistics survive an empty list, a flap, and a new list', async t => {
  const { balancer } = make()
  balancer.update(ten)
  for (let i = 0; i < 200; i++) { const picked = balancer.pick(); picked.done({ ok: true, ms: picked.instance.id === 'n/3' ? 900 : 5 }) }
  balancer.update([])
  balancer.update(ten)
  t.equal(balancer.explain().instances[3]!.costMs, 900)
  t.notOk(used(balancer).has('n/3'))
})

t.test('slow start: a newcomer gets little at first and its share in the end; those of the first list are no newcomers', async t => {
  const { balancer, clock } = make({ slowStart: { windowMs: 20_000 }, policy: 'random' })
  balancer.update(ten.slice(0, 9))
  t.equal(balancer.explain().instances[0]!.weight, 1)
  balancer.update(ten)
  const share = () => drive(balancer, clock, () => fast, { perSecond: 500, ms: 1000 }).share('n/9')
  const first = share()
  t.ok(first < 0.03, `at first ${first}`)
  clock.advance(20_000)
  const last = share()
  t.ok(Math.abs(last - 0.1) < 0.04, `in the end ${last}`)
})

t.test('whatever the list and the results: who is picked is in the list, wanted, not tried before, and only withdrawn or empty lists give nobody', async () => {
  const one = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), health: fc.constantFrom('passing' as const, 'warning' as const, 'critical' as const), withdrawn: fc.boolean(), weight: fc.nat(3), zone: fc.constantFrom('x', 'y') })
  const lists = fc.uniqueArray(one, { selector: i => i.id })
  fc.assert(fc.property(fc.array(fc.tuple(lists, fc.array(fc.tuple(fc.boolean(), fc.nat(2000)), { maxLength: 20 })), { maxLength: 8 }), fc.constantFrom(...Object.keys(policies) as PolicyName[]), fc.nat(), (rounds, policy, seed) => {
    const { balancer, clock } = make({ policy, zone: { zone: 'x', minInstances: 3 }, slowStart: { windowMs: 3000 } }, seed)
    for (const [list, results] of rounds) {
      const instances = list.map(given => instance(given.id, given))
      balancer.update(instances)
      const wanted = instances.filter(i => !i.withdrawn)
      for (const [ok, ms] of results) {
        clock.advance(ms)
        let picked: { instance: Instance, done: (o: { ok: boolean }) => void }
        try { picked = balancer.pick({ mayProbe: ok, key: String(ms) }) } catch (error) {
          if (!isNoInstances(error) || wanted.length > 0) return false
          continue
        }
        if (!wanted.includes(picked.instance)) return false
        const again = () => balancer.pick({ exclude: new Set([picked.instance.id]) })
        try { const other = again(); if (other.instance === picked.instance) return false; other.release() } catch (error) { if (!isNoInstances(error)) return false }
        picked.done({ ok })
      }
    }
    return true
  }), { seed: 21, numRuns: 150 })
})

// === under load, with a virtual clock ===

t.test('one of ten 20 times slower: its share is under 5 % within ten seconds, for p2c and least request', async t => {
  for (const policy of ['p2c', 'least_request'] as const) {
    const { balancer, clock } = make({ policy })
    balancer.update(ten)
    const ran = drive(balancer, clock, id => () => ({ ms: id === 'n/0' ? 100 : 5, ok: true }), { perSecond: 1000, ms: 10_000 })
    t.ok(ran.share('n/0') < 0.05, `${policy}: ${ran.share('n/0').toFixed(4)}`)
    t.equal(ran.failed, 0)
  }
})

t.test('one answering 503 at once: attracts no traffic, share under 2 %, no call fails that may be repeated', async t => {
  for (const outlier of [{}, false] as const) {
    const { balancer, clock } = make({ outlier })
    balancer.update(ten)
    const ran = drive(balancer, clock, id => () => id === 'n/0' ? { ms: 0.2, ok: false } : { ms: 20, ok: true }, { perSecond: 500, ms: 20_000, retry: true })
    t.equal(ran.failed, 0)
    t.ok(ran.share('n/0') < 0.02, `${outlier === false ? 'by load alone' : 'put aside'}: ${ran.share('n/0').toFixed(4)}`)
  }
})

t.test('one accepting and never answering: hardly anyone waits for it, even before the first gives up', async t => {
  const { balancer, clock } = make()
  balancer.update(ten)
  const ran = drive(balancer, clock, id => () => id === 'n/0' ? { ms: 1000, ok: false } : { ms: 5, ok: true }, { perSecond: 1000, ms: 10_000, retry: true })
  t.equal(ran.failed, 0)
  t.ok(ran.share('n/0') < 0.005, ran.share('n/0').toFixed(4))
})

t.test('one that fails every second call is called less, then put aside by its success rate', async t => {
  const { balancer, clock } = make()
  balancer.update(ten)
  let n = 0
  const ran = drive(balancer, clock, id => () => ({ ms: 5, ok: id !== 'n/0' || n++ % 2 === 0 }), { perSecond: 1000, ms: 30_000, retry: true })
  t.equal(ran.failed, 0)
  t.ok(ran.share('n/0') < 0.05, ran.share('n/0').toFixed(4))
})

t.test('new instances are in use at once, with their share and no more', async t => {
  const { balancer, clock } = make()
  balancer.update(ten.slice(0, 2))
  drive(balancer, clock, () => fast, { perSecond: 500, ms: 5000 })
  balancer.update(ten)
  const ran = drive(balancer, clock, () => fast, { perSecond: 500, ms: 3000 })
  for (const { id } of ten) t.ok(Math.abs(ran.share(id) - 0.1) < 0.05, `${id}: ${ran.share(id).toFixed(3)}`)
})

t.test('instances of different strength get what they can serve: less queueing than round robin', async t => {
  // Each call takes 10 ms alone; a weak instance slows down with every call it has at once.
  const serves = (id: string): Serves => (_, inService) => ({ ms: 10 * (id < 'n/5' ? Math.max(1, inService) : 1), ok: true })
  const p99 = (policy: PolicyName) => { const { balancer, clock } = make({ policy }); balancer.update(ten); return drive(balancer, clock, serves, { perSecond: 2000, ms: 5000 }).p99 }
  const [p2c, rr] = [p99('p2c'), p99('round_robin')]
  t.ok(p2c < rr, `p99 ${p2c} ms against ${rr} ms`)
})

t.test('long polls do not make their instances look slow', async t => {
  const { balancer, clock } = make()
  balancer.update(ten.slice(0, 4))
  // Two of the four get all the polls of the beginning: without the law they would be shunned.
  for (let i = 0; i < 40; i++) {
    const poll = balancer.pick({ route: 'GET /poll', exclude: new Set(['n/2', 'n/3']) })
    clock.after(30_000, () => poll.done({ ok: true }))
    clock.advance(1000)
  }
  clock.advance(60_000)
  const ran = drive(balancer, clock, () => fast, { perSecond: 200, ms: 10_000, hints: { route: 'GET /x' } })
  for (const { id } of ten.slice(0, 4)) t.ok(Math.abs(ran.share(id) - 0.25) < 0.1, `${id}: ${ran.share(id).toFixed(3)}`)
})

t.test('a busy caller does not put healthy instances aside, nor take them for slow', async t => {
  const clock = fakeClock(1000)
  let blocked = 0
  const balancer = new Balancer('web', {}, { clock, random: seeded(1), lag: { blockedMs: () => blocked, enter: () => {}, leave: () => {} } })
  balancer.update(ten)
  for (let i = 0; i < 100; i++) balancer.pick().done({ ok: true, ms: 5 })
  const picked = balancer.pick()
  clock.advance(505)
  blocked += 500
  picked.done({ ok: true })
  t.ok(balancer.explain().instances.every(i => i.costMs < 10))
})
