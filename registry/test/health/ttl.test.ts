// Laws of TTL checks: a heartbeat is shown as it came (within its limit), silence is critical with the last word, and a lapse that was not recorded comes again.
import t from 'tap'
import { PauseWatch } from '../../src/health/pause.js'
import { TtlChecks } from '../../src/health/ttl.js'
import { stoppableClock } from '../support/stoppable-clock.js'

function make () {
  const clock = stoppableClock()
  const pauses = new PauseWatch(clock, () => clock.sinceBoot())
  pauses.start()
  const seen: Array<[id: string, output: string, alive: boolean]> = []
  const checks = new TtlChecks({ clock, pauses, expired: (id, result, alive) => seen.push([id, `${result.status}: ${result.output}`, alive]) })
  return { clock, checks, seen }
}

t.test('silence from the start, after a word, after a word without text, after a long word', async t => {
  const { clock, checks, seen } = make()
  checks.set('a', { ttlMs: 1000, outputMaxBytes: 4 }, false)
  await clock.advance(1000)
  t.strictSame(checks.heartbeat('a', 'passing', 'alive and well'), { status: 'passing', output: 'aliv ... (captured 4 of 14 bytes)' })
  await clock.advance(1000)
  t.strictSame(checks.heartbeat('a', 'warning', ''), { status: 'warning', output: '' })
  await clock.advance(1000)
  t.strictSame(seen, [
    ['a', 'critical: TTL expired', false],
    ['a', 'critical: TTL expired (last output before timeout follows): aliv ... (captured 4 of 14 bytes)', true],
    ['a', 'critical: TTL expired', true],
  ])
})

t.test('a heartbeat of something that is no TTL check is no heartbeat', async t => {
  const { clock, checks, seen } = make()
  t.equal(checks.heartbeat('a', 'passing', ''), undefined)
  checks.set('a', { ttlMs: 1000, outputMaxBytes: 4096 }, true)
  checks.delete('a')
  t.equal(checks.heartbeat('a', 'passing', ''), undefined)
  await clock.advance(5000)
  t.strictSame(seen, [])
})

t.test('a lapse that could not be recorded comes again; a heartbeat makes it pointless', async t => {
  const { clock, checks, seen } = make()
  checks.set('a', { ttlMs: 1000, outputMaxBytes: 4096 }, true)
  await clock.advance(1000)
  checks.retry('a')
  await clock.advance(5000)
  t.equal(seen.length, 2)
  checks.retry('a')
  checks.set('a', { ttlMs: 60_000, outputMaxBytes: 4096 }, true)
  await clock.advance(59_999)
  t.equal(seen.length, 2)
  checks.stop()
  await clock.advance(60_000)
  t.equal(seen.length, 2)
})
