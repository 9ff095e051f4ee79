// Laws of the pause watch: a stop of this very process of more than a second is seen and measured, before anyone who asks is answered; nothing else is.
import t from 'tap'
import { fork } from 'node:child_process'
import { PauseWatch, type Pause } from '../../src/health/pause.js'
import { stoppableClock } from '../support/stoppable-clock.js'

function make () {
  const clock = stoppableClock()
  const pauses: Pause[] = []
  const watch = new PauseWatch(clock, () => clock.sinceBoot())
  watch.onPause(pause => pauses.push(pause))
  watch.start()
  return { clock, watch, pauses }
}

t.test('time that passes as it should is no pause, nor is a short stutter or a jump of the wall clock', async t => {
  const { clock, watch, pauses } = make()
  await clock.advance(60_000)
  await clock.pause(700)
  clock.jump(3_600_000)
  await clock.advance(1000)
  watch.check()
  t.strictSame(pauses, [])
  watch.stop()
  t.equal(clock.pending, 0)
})

t.test('a pause is told once, with its length', async t => {
  const { clock, watch, pauses } = make()
  await clock.advance(1000)
  await clock.pause(5000)
  watch.check()
  await clock.advance(1000)
  t.equal(pauses.length, 1)
  t.ok(pauses[0]!.missedMs >= 5000 && pauses[0]!.missedMs <= 5250)
  t.equal(watch.seen, 1)
})

t.test('a sleep of the machine is told apart from time that the clock saw', async t => {
  const { clock, watch, pauses } = make()
  await clock.advance(1000)
  await clock.sleep(60_000)
  watch.check()
  t.equal(pauses.length, 1)
  t.equal(pauses[0]!.asleepMs, 60_000)
  t.ok(pauses[0]!.missedMs < 1000)
})

t.test('a real process that is stopped for three TTLs and continued: nobody lapses for one TTL more, then those who stay silent do', { skip: process.platform === 'win32' }, async t => {
  const child = fork(new URL('../support/lapsing.ts', import.meta.url), { execArgv: ['--import=tsx'] })
  t.teardown(() => child.kill('SIGKILL'))
  const said: string[] = []
  child.on('message', message => said.push(String(message)))
  const hear = async (what: string): Promise<void> => {
    while (!said.includes(what)) await new Promise(resolve => child.once('message', resolve))
  }
  await hear('watching') // three owners with a TTL of 600 ms, renewed by `renew`
  child.send('renew')
  child.kill('SIGSTOP')
  await new Promise(resolve => setTimeout(resolve, 1900)) // the pause is the subject
  child.kill('SIGCONT')
  child.send('report')
  await hear('0 lapsed')
  await hear('paused')
  child.send('renew one')
  await hear('two lapsed')
  t.notOk(said.includes('one lapsed'), 'who showed up in time did not lapse')
})
