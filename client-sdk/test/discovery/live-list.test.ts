// Laws of a live list: ready as soon as something is known and never later than promised, listeners told of each change once, age and source always said, used no longer than allowed.
import t from 'tap'
import { UnreachableError, isAborted, isClosed, isNotReady } from '../../src/index.js'
import { LiveList } from '../../src/discovery/live-list.js'
import { instance } from '../support/cluster.js'
import { fakeClock } from '../support/fake-clock.js'

const away = new UnreachableError('Get "http://r": connection refused', { sent: false })
const make = (options: { holdMs?: number, maxStaleMs?: number } = {}) => {
  const clock = fakeClock()
  return { clock, list: new LiveList('web', 'registry', { clock, ...options }) }
}
const failure = (promise: Promise<unknown>) => promise.then(() => undefined, (error: unknown) => error)

t.test('ready: with the first answer, an empty one too; a typed error with the reason when the time is over', async t => {
  const { list } = make()
  const waiting = list.ready()
  list.rows([], 5, false)
  await waiting
  t.match(list.snapshot(), { source: 'registry', complete: true, index: 5, ageMs: 0 })

  const { clock, list: silent } = make()
  const first = failure(silent.ready({ timeout: 300 }))
  silent.lost(away)
  clock.advance(300)
  const error = await first
  t.ok(isNotReady(error))
  t.match(String(error), /"web" yet: the registry cannot be asked: .*connection refused.*no list was kept on disk/)
})

t.test('ready: a refusal that waiting does not mend comes at once; so do abort and close', async t => {
  const refusedBefore = make()
  const refused = failure(refusedBefore.list.ready())
  refusedBefore.list.lost(away, true)
  t.equal(await refused, away)
  const { list } = make()
  const controller = new AbortController()
  const aborted = failure(list.ready({ signal: controller.signal }))
  controller.abort()
  t.ok(isAborted(await aborted))
  const closed = failure(list.ready())
  list.close()
  t.ok(isClosed(await closed))
  t.ok(isClosed(await failure(list.ready())))
})

t.test('listeners hear of each change once, in order, also behind one that throws', async t => {
  const { list } = make()
  const heard: string[] = []
  const thrown = new Promise(resolve => process.once('warning', resolve))
  list.subscribe(() => { throw new Error('of the listener') })
  const end = list.subscribe(instances => heard.push(instances.map(({ id }) => id).join()))
  list.rows([instance('a')], 1, false)
  list.still(2)
  list.rows([instance('a'), instance('b')], 3, true)
  end()
  list.rows([], 4, true)
  t.same(heard, ['a', 'a,b'])
  t.match(await thrown, { name: 'RosterWarning', message: /of the listener/ })
})

t.test('the age grows while nobody is heard; beyond the cap nobody is in the list; the next sign of life brings all back', async t => {
  const { clock, list } = make({ maxStaleMs: 10_000 })
  list.rows([instance('a')], 1, false)
  clock.advance(60_000)
  t.match(list.snapshot(), { ageMs: 0, source: 'registry' })
  list.lost(away)
  clock.advance(4000)
  list.lost(away)
  t.match(list.snapshot(), { ageMs: 4000, source: 'registry' })
  t.equal(list.instances.length, 1, 'it goes on')
  clock.advance(6000)
  t.match(list.snapshot(), { source: 'none', instances: [] })
  list.still(1)
  t.equal(list.instances.length, 1)
  t.match(list.snapshot(), { ageMs: 0, source: 'registry' })
  t.equal(clock.pending, 0, 'no timer is left')
})

t.test('without a cap it goes on for ever', async t => {
  const { clock, list } = make()
  list.rows([instance('a')], 1, false)
  list.lost(away)
  clock.advance(1e9)
  t.equal(list.instances.length, 1)
  t.equal(list.snapshot().ageMs, 1e9)
})

t.test('an empty list of a new history is held for its time, which does not run while the registry is away', async t => {
  const { clock, list } = make({ holdMs: 30_000 })
  list.rows([instance('a')], 50, false)
  list.lost(away)
  clock.advance(1000)
  list.rows([], 3, false)
  t.equal(list.instances.length, 1, 'no caller sees an empty list')
  t.equal(list.snapshot().ageMs, 1000, 'its age counts from when it was last right')
  clock.advance(10_000)
  list.lost(away)
  clock.advance(100_000)
  t.equal(list.instances.length, 1)
  list.rows([], 4, false)
  clock.advance(29_999)
  t.equal(list.instances.length, 1)
  clock.advance(1)
  t.equal(list.instances.length, 0, 'then it is true')
})

t.test('from disk until the registry speaks', async t => {
  const { list } = make()
  const ready = list.ready()
  list.adopt([instance('a')], 9, 5000)
  await ready
  t.match(list.snapshot(), { source: 'disk', ageMs: 5000, index: 9, complete: false })
  list.rows([instance('b')], 10, false)
  t.same(list.instances.map(({ id }) => id), ['b'])
  t.match(list.snapshot(), { source: 'registry', complete: true })
})
