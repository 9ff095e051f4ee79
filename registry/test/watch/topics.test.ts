// Laws of topics: a waiter wakes once, for its own topic, not before `wake`; nothing is left behind.
import t from 'tap'
import { Topics } from '../../src/watch/topics.js'
import { fakeClock } from '../support/fake-clock.js'

t.test('a waiter of one topic does not wake for another', async t => {
  const topics = new Topics()
  let woken = 0
  topics.subscribe(['web'], () => woken++)
  topics.touch('db', 1)
  topics.wake()
  t.equal(woken, 0)
  topics.touch('web', 2)
  t.equal(woken, 0, 'not before the event is folded whole')
  topics.wake()
  t.equal(woken, 1)
})

t.test('a waiter of several topics wakes once for an event that touches them all', async t => {
  const topics = new Topics()
  let woken = 0
  topics.subscribe(['a', 'b'], () => woken++)
  topics.touch('a', 1)
  topics.touch('b', 1)
  topics.wake()
  topics.touch('a', 2)
  topics.wake()
  t.equal(woken, 1)
  t.equal(topics.waiting, 0)
})

t.test('wait: changed, timeout and aborted, and no timer is left', async t => {
  const clock = fakeClock()
  const topics = new Topics()
  const changed = topics.wait(['x'], 1000, clock)
  topics.touch('x', 1)
  topics.wake()
  t.equal(await changed, 'changed')
  const late = topics.wait(['x'], 1000, clock)
  await clock.advance(1000)
  t.equal(await late, 'timeout')
  const abort = new AbortController()
  const gone = topics.wait(['x'], 1000, clock, abort.signal)
  abort.abort()
  t.equal(await gone, 'aborted')
  t.equal(await topics.wait(['x'], 1000, clock, abort.signal), 'aborted')
  t.equal(clock.pending, 0)
  t.equal(topics.waiting, 0)
})

t.test('the revision of a topic never goes back, and what is not known has the floor', async t => {
  const topics = new Topics()
  topics.touch('x', 5)
  topics.touch('x', 3)
  t.equal(topics.revision('x'), 5)
  t.equal(topics.revision('y'), 0)
  topics.raiseFloor(4)
  t.equal(topics.revision('y'), 4)
  t.equal(topics.revision('x'), 5)
  t.equal(topics.newest(['x', 'y']), 5)
})

t.test('ten thousand waiters wake in slices, all of them, and others run in between', async t => {
  const topics = new Topics()
  let woken = 0
  for (let i = 0; i < 10_000; i++) topics.subscribe(['hot'], () => woken++)
  topics.touch('hot', 1)
  topics.wake()
  t.ok(woken > 0 && woken < 10_000, 'not all in one turn')
  while (woken < 10_000) await new Promise(resolve => setImmediate(resolve))
  t.equal(topics.waiting, 0)
})
