// Laws of the timer: nothing is early, order is by time, a burst leaves turns for others, and after stop there is no timer left.
import t from 'tap'
import { DueTimer, type Due } from '../../src/health/due-timer.js'
import { fakeClock } from '../support/fake-clock.js'

const item = (): Due => ({ at: 0, slot: -1 })

t.test('fires each at its time, in order, and never early', async t => {
  const clock = fakeClock()
  const fired: Array<[number, number]> = []
  const timer = new DueTimer<Due>({ clock, fire: (entry, now) => fired.push([entry.at, now]) })
  for (const at of [30.5, 10, 20, 10]) timer.set(item(), at)
  t.equal(clock.pending, 1, 'one timer of the clock for all')
  await clock.advance(100)
  t.strictSame(fired.map(([at]) => at), [10, 10, 20, 30.5])
  t.ok(fired.every(([at, now]) => now >= at), 'none early')
  t.equal(clock.pending, 0)
})

t.test('an earlier one moves the timer forward, a removed one leaves it harmless', async t => {
  const clock = fakeClock()
  const fired: number[] = []
  const timer = new DueTimer<Due>({ clock, fire: entry => fired.push(entry.at) })
  const late = item()
  timer.set(late, 1000)
  timer.set(item(), 10)
  await clock.advance(10)
  t.strictSame(fired, [10])
  timer.delete(late)
  await clock.advance(2000)
  t.strictSame(fired, [10])
})

t.test('a burst is spread over turns of the event loop', async t => {
  const clock = fakeClock()
  let fired = 0
  let between = 0
  const timer = new DueTimer<Due>({ clock, fire: () => { fired++ } })
  for (let i = 0; i < 1000; i++) timer.set(item(), 5)
  clock.after(5, () => { between = fired })
  await clock.advance(5)
  t.equal(fired, 1000)
  t.ok(between < 1000, `another timer had its turn after ${between}`)
})

t.test('a wait longer than a timer can take is split', async t => {
  const clock = fakeClock()
  let fired = 0
  const timer = new DueTimer<Due>({ clock, fire: () => { fired++ } })
  timer.set(item(), 2 ** 32)
  await clock.advance(2 ** 31)
  t.equal(fired, 0)
  await clock.advance(2 ** 31)
  t.equal(fired, 1)
})

t.test('after stop nothing fires and nothing is taken', async t => {
  const clock = fakeClock()
  const timer = new DueTimer<Due>({ clock, fire: () => t.fail('fired after stop') })
  timer.set(item(), 5)
  timer.stop()
  timer.set(item(), 5)
  t.equal(clock.pending, 0)
  await clock.advance(10)
})
