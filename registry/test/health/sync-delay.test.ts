// Laws of the sync: a status goes at once, with its output; an output alone later, each check waiting once; what stayed the same never.
import t from 'tap'
import { SyncDelay, syncDelayMs, syncWhen } from '../../src/health/sync-delay.js'
import { fakeClock } from '../support/fake-clock.js'

for (const [before, after, interval, when] of [
  ['passing one', 'warning one', 300_000, 'now'],
  ['passing one', 'warning two', 300_000, 'now'],
  ['passing one', 'passing two', 300_000, 'later'],
  ['passing one', 'passing two', 0, 'now'],
  ['critical ', 'critical TTL expired', 300_000, 'later'],
  ['passing one', 'passing one', 300_000, 'never'],
  ['passing one', 'passing one', 0, 'never'],
] as const) {
  const shown = (text: string) => ({ status: text.split(' ')[0]!, output: text.slice(text.indexOf(' ') + 1) })
  t.test(`from "${before}" to "${after}" with an interval of ${interval} ms: ${when}`, async t => t.equal(syncWhen(shown(before), shown(after), interval), when))
}

t.test('the delay is half to one and a half intervals', async t => {
  t.strictSame([0, 0.5, 0.999].map(r => Math.round(syncDelayMs(300_000, () => r))), [150_000, 300_000, 449_700])
})

t.test('each waits once; later outputs go along; cancelled ones do not go', async t => {
  const clock = fakeClock()
  const due: Array<[string, number]> = []
  const delay = new SyncDelay<string>(clock, id => due.push([id, clock.monotonic()]))
  delay.defer('a', 100)
  delay.defer('b', 50)
  await clock.advance(60)
  delay.defer('a', 100)
  delay.defer('b', 100)
  delay.cancel('b')
  await clock.advance(1000)
  t.strictSame(due, [['b', 50], ['a', 100]])
  delay.defer('a', 10)
  t.equal(delay.size, 1)
  delay.stop()
  await clock.advance(1000)
  t.equal(due.length, 2, 'after stop nothing is due')
})
