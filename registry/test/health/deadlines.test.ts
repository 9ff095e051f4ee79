// Laws of deadlines: silence of one TTL lapses, once and never early; a renewal gives a whole TTL; a pause of the server itself costs nobody anything.
import t from 'tap'
import fc from 'fast-check'
import { Deadlines } from '../../src/health/deadlines.js'
import { PauseWatch } from '../../src/health/pause.js'
import { stoppableClock } from '../support/stoppable-clock.js'

function make () {
  const clock = stoppableClock()
  const pauses = new PauseWatch(clock, () => clock.sinceBoot())
  const lapsed: Array<[id: string, at: number]> = []
  const deadlines = new Deadlines<string>({ clock, pauses, lapsed: id => lapsed.push([id, clock.monotonic()]) })
  pauses.start()
  return { clock, pauses, deadlines, lapsed, ids: () => lapsed.map(([id]) => id) }
}

t.test('silence lapses once, at its time; a renewal afterwards starts anew', async t => {
  const { clock, deadlines, lapsed, ids } = make()
  deadlines.set('a', 1000)
  await clock.advance(999)
  t.strictSame(ids(), [])
  t.equal(deadlines.remaining('a'), 1)
  await clock.advance(5000)
  t.strictSame(lapsed, [['a', 1000]])
  t.equal(deadlines.remaining('a'), 0)
  t.equal(deadlines.renew('a'), true)
  await clock.advance(1000)
  t.strictSame(ids(), ['a', 'a'])
})

t.test('who renews in time never lapses, whatever the rhythm', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 30 }), async gaps => {
    const { clock, deadlines, ids } = make()
    deadlines.set('a', 100)
    for (const gap of gaps) {
      await clock.advance(gap)
      deadlines.renew('a')
    }
    const during = ids().length
    await clock.advance(100)
    return during === 0 && ids().length === 1
  }), { seed: 2, numRuns: 30 })
})

t.test('setting again counts anew, with a shorter TTL too; what is deleted never lapses', async t => {
  const { clock, deadlines, lapsed } = make()
  deadlines.set('a', 10_000)
  deadlines.set('b', 500)
  deadlines.set('a', 100)
  deadlines.delete('b')
  await clock.advance(20_000)
  t.strictSame(lapsed, [['a', 100]])
  t.equal(deadlines.renew('b'), false)
  t.equal(deadlines.remaining('b'), undefined)
  t.equal(deadlines.size, 1)
})

t.test('a lapse that could not be recorded is tried again, unless a sign of life comes', async t => {
  const { clock, deadlines, lapsed } = make()
  deadlines.set('a', 1000)
  await clock.advance(1000)
  deadlines.retry('a', 50)
  await clock.advance(50)
  t.strictSame(lapsed.map(([, at]) => at), [1000, 1050])
  deadlines.renew('a')
  deadlines.retry('a', 50)
  await clock.advance(999)
  t.equal(lapsed.length, 2, 'the renewal counts, not the retry')
})

t.test('stopped for three TTLs and continued: nothing lapses for one more TTL, and then it does', async t => {
  const { clock, deadlines, ids } = make()
  for (const id of ['a', 'b', 'c']) deadlines.set(id, 2000)
  await clock.advance(1900)
  await clock.pause(6000)
  t.strictSame(ids(), [], 'right after')
  await clock.advance(1999)
  t.strictSame(ids(), [], 'one TTL later')
  deadlines.renew('a')
  await clock.advance(1 + 250) // a pause is measured to a beat
  t.strictSame(ids().sort(), ['b', 'c'], 'who stayed silent lapses')
})

t.test('a sleep that the monotonic clock does not see gives one TTL', async t => {
  const { clock, deadlines, ids } = make()
  deadlines.set('a', 2000)
  await clock.advance(1990)
  await clock.sleep(3_600_000)
  await clock.advance(2000)
  t.strictSame(ids(), [])
  await clock.advance(300)
  t.strictSame(ids(), ['a'])
})

t.test('the wall clock may jump both ways: no deadline moves', async t => {
  const { clock, deadlines, lapsed } = make()
  deadlines.set('a', 2000)
  for (const jump of [3_600_000, -7_200_000, 3_600_000]) {
    clock.jump(jump)
    await clock.advance(100)
  }
  await clock.advance(5000)
  t.strictSame(lapsed, [['a', 2000]])
})

t.test('pauses without end do not keep the dead alive without end', async t => {
  const { clock, deadlines } = make()
  deadlines.set('a', 2000)
  for (let i = 0; i < 20; i++) await clock.pause(1500)
  t.ok(deadlines.remaining('a')! <= 4000, `${deadlines.remaining('a')} ms left, at most two TTLs`)
})

t.test('a short stutter excuses nobody', async t => {
  const { clock, deadlines, ids } = make()
  deadlines.set('a', 2000)
  await clock.advance(1500)
  await clock.pause(600)
  t.strictSame(ids(), ['a'])
})

t.test('10,000 owners that renew: none lapses, and after stop none ever does', async t => {
  const { clock, deadlines, lapsed } = make()
  for (let id = 0; id < 10_000; id++) deadlines.set(String(id), 10_000)
  for (let round = 0; round < 4; round++) {
    await clock.advance(5000)
    for (let id = 0; id < 10_000; id++) deadlines.renew(String(id))
  }
  t.equal(lapsed.length, 0)
  deadlines.stop()
  await clock.advance(60_000)
  t.equal(lapsed.length, 0)
})
