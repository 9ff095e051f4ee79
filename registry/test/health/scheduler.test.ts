// Laws of the scheduler: each check runs in its rhythm, first within one interval, never twice at once; the bound on runs makes them wait in turn; a check
// that was replaced or removed says nothing more; after stop nothing is left.
import t from 'tap'
import fc from 'fast-check'
import { PauseWatch } from '../../src/health/pause.js'
import { Scheduler, type SchedulerLimits, type Task } from '../../src/health/scheduler.js'
import type { CheckResult, RunCheck } from '../../src/health/kind.js'
import { stoppableClock } from '../support/stoppable-clock.js'

const OK: CheckResult = { status: 'passing', output: '' }

function make (random: () => number = () => 0.5, limits?: SchedulerLimits) {
  const clock = stoppableClock()
  const pauses = new PauseWatch(clock, () => clock.sinceBoot())
  pauses.start()
  const scheduler = new Scheduler({ clock, random, pauses, limits })
  const seen: Array<[id: string, at: number, status: string]> = []
  const task = (id: string, intervalMs: number, run: RunCheck = async () => OK, uses: Task['uses'] = 'socket'): void =>
    scheduler.set(id, { intervalMs, uses, run, report: result => seen.push([id, clock.monotonic(), result.status]) })
  const takes = (ms: number, result: CheckResult = OK): RunCheck => signal => new Promise(resolve => {
    const cancel = clock.after(ms, () => resolve(result))
    signal.addEventListener('abort', () => {
      cancel()
      resolve(undefined)
    })
  })
  return { clock, scheduler, seen, task, takes, times: (id: string) => seen.filter(([of]) => of === id).map(([, at]) => at) }
}

t.test('the first run comes within the interval, the others follow on the beat', async t => {
  const { clock, task, times } = make(() => 0.25)
  task('a', 2000)
  await clock.advance(7000)
  t.strictSame(times('a'), [500, 2500, 4500, 6500])
})

t.test('an interval below a second is raised', async t => {
  const { clock, task, times } = make()
  task('a', 10)
  await clock.advance(3000)
  t.strictSame(times('a'), [500, 1500, 2500])
})

t.test('none is skipped: any number of checks, at any phase, run once an interval', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(999).map(n => n / 1000), { minLength: 1, maxLength: 20 }), async phases => {
    let i = 0
    const { clock, scheduler, task, times } = make(() => phases[i++ % phases.length]!)
    phases.forEach((_, n) => task(String(n), 1000))
    await clock.advance(9999.5)
    return phases.every((_, n) => times(String(n)).length === 10) && scheduler.stats.overran === 0 && scheduler.stats.lagMaxMs < 1
  }), { seed: 8, numRuns: 20 })
})

t.test('a run that fails is critical with its text; one that learnt nothing says nothing', async t => {
  const { clock, scheduler, task } = make()
  const outputs: string[] = []
  scheduler.set('a', { intervalMs: 1000, uses: 'socket', run: async () => { throw new Error('boom') }, report: r => outputs.push(`${r.status} ${r.output}`) })
  task('b', 1000, async () => undefined)
  await clock.advance(600)
  t.strictSame(outputs, ['critical boom'])
  t.equal(scheduler.stats.finished, 2)
})

t.test('a run longer than its interval is never joined by another, and the next comes an interval after its end', async t => {
  const { clock, scheduler, task, takes, times } = make(() => 0)
  let running = 0
  const slow = takes(2500)
  task('a', 1000, async signal => {
    t.equal(++running, 1)
    const result = await slow(signal)
    running--
    return result
  })
  await clock.advance(10_000)
  t.strictSame(times('a'), [2500, 6000, 9500])
  t.equal(scheduler.stats.overran, 3)
})

t.test('at the bound runs wait in the order in which they became due; programs have a bound of their own', async t => {
  let at = 0
  const { clock, scheduler, task, takes, seen } = make(() => at++ / 100, { socket: 2, process: 1 })
  for (const id of ['a', 'b', 'c', 'd', 'e']) task(id, 10_000, takes(3000))
  task('script', 10_000, takes(100), 'process')
  await clock.advance(600)
  t.match(scheduler.stats, { running: 2, waiting: 3 })
  await clock.advance(9000)
  t.strictSame(seen.map(([id]) => id), ['script', 'a', 'b', 'c', 'd', 'e'])
  t.equal(scheduler.stats.waiting, 0)
  t.equal(scheduler.stats.lagMaxMs, 6000 - 400, 'the lag of e')
})

t.test('a replaced check reports nothing of its old run, a removed one neither', async t => {
  const { clock, scheduler, task, takes, seen } = make(() => 0)
  task('a', 60_000, takes(1000, { status: 'critical', output: 'old' }))
  task('b', 60_000, takes(1000))
  await clock.advance(500)
  task('a', 60_000, takes(100))
  scheduler.delete('b')
  await clock.advance(5000)
  t.strictSame(seen, [['a', 600, 'passing']])
})

t.test('a run that does not heed its signal still reports nothing once it was replaced', async t => {
  const { clock, task, scheduler, seen } = make(() => 0)
  task('a', 60_000, () => new Promise(resolve => clock.after(1000, () => resolve({ status: 'critical', output: 'old' }))))
  await clock.advance(500)
  scheduler.delete('a')
  await clock.advance(5000)
  t.strictSame(seen, [])
})

t.test('waiting checks may be removed; their places go to the others', async t => {
  const { clock, scheduler, task, takes, seen } = make(() => 0, { socket: 1, process: 1 })
  for (const id of ['a', 'b', 'c']) task(id, 60_000, takes(1000))
  await clock.advance(100)
  scheduler.delete('b')
  t.equal(scheduler.stats.waiting, 1)
  await clock.advance(5000)
  t.strictSame(seen.map(([id]) => id), ['a', 'c'])
})

t.test('stop cuts runs short, waits for them, and leaves no timer', async t => {
  const { clock, scheduler, task, takes, seen } = make(() => 0)
  for (const id of ['a', 'b']) task(id, 1000, takes(60_000))
  await clock.advance(100)
  t.equal(scheduler.stats.running, 2)
  await scheduler.stop()
  await scheduler.stop()
  t.equal(scheduler.stats.running, 0)
  t.equal(scheduler.size, 0)
  await clock.advance(60_000)
  t.strictSame(seen, [])
})

t.test('whoever timed out while this process stood still is not called dead, but looked at again', async t => {
  const { clock, scheduler, task, takes, seen } = make(() => 0)
  let runs = 0
  task('a', 10_000, signal => ++runs === 1 ? takes(3000, { status: 'critical', output: 'timeout' })(signal) : takes(10)(signal))
  await clock.advance(100)
  await clock.pause(5000)
  await clock.advance(100)
  t.strictSame(seen.map(([, , status]) => status), ['passing'])
  t.equal(scheduler.stats.excused, 1)
})

t.test('after a pause the checks keep their distances instead of running all at once', async t => {
  let at = 0
  const { clock, scheduler, task, takes, times } = make(() => at++ / 10)
  task('0', 10_000, takes(5000)) // goes on while the process stands still
  for (let i = 1; i < 10; i++) task(String(i), 10_000)
  await clock.advance(100)
  const before = clock.monotonic()
  await clock.pause(30_000)
  await clock.advance(10_000)
  const firsts = Array.from({ length: 9 }, (_, i) => times(String(i + 1))[0]! - before - 30_000)
  t.ok(firsts.every((first, i) => i === 0 || Math.abs(first - firsts[i - 1]! - 1000) < 1), firsts.join(' '))
  t.match(scheduler.stats, { overran: 0, lagMaxMs: 0 }, 'and nothing counts as late')
})
