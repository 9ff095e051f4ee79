// Laws of the reaper: a service goes when one of its checks has been critical for longer than it asked for (never less than the minimum), at the next
// look, unless removal is held; a failed removal is tried again.
import t from 'tap'
import fc from 'fast-check'
import { reapable, Reaper, type Reapable, type ReapCandidate } from '../../src/health/reaper.js'
import { fakeClock } from '../support/fake-clock.js'

const MINUTE = 60_000

const candidate = (fields: Partial<ReapCandidate>): ReapCandidate => ({ checkId: 'c', serviceId: 's', deregisterAfterMs: MINUTE, criticalSince: 0, ...fields })

for (const [name, fields, now, gone] of [
  ['just at its time', {}, MINUTE, false],
  ['past its time', {}, MINUTE + 1, true],
  ['less than the minimum is raised', { deregisterAfterMs: 1000 }, MINUTE - 1, false],
  ['never', { deregisterAfterMs: 0 }, 1e9, false],
  ['a negative time is none', { deregisterAfterMs: -MINUTE }, 1e9, false],
  ['a check of the node', { serviceId: '' }, 1e9, false],
  ['two hours, after one', { deregisterAfterMs: 120 * MINUTE }, 60 * MINUTE, false],
] as const) {
  t.test(name, async t => t.equal(reapable([candidate(fields)], now, MINUTE).length === 1, gone))
}

t.test('each service once, only those whose time is over', async () => {
  const one = fc.record({ checkId: fc.string(), serviceId: fc.constantFrom('', 'a', 'b', 'c'), deregisterAfterMs: fc.integer({ min: -1, max: 5 * MINUTE }), criticalSince: fc.nat(10 * MINUTE) })
  fc.assert(fc.property(fc.array(one), list => {
    const now = 10 * MINUTE
    const gone: readonly string[] = reapable(list, now, MINUTE).map(r => r.serviceId)
    const over = new Set<string>(list.filter(c => c.serviceId !== '' && c.deregisterAfterMs > 0 && now - c.criticalSince > Math.max(c.deregisterAfterMs, MINUTE)).map(c => c.serviceId))
    return new Set(gone).size === gone.length && gone.length === over.size && gone.every(id => over.has(id))
  }), { seed: 6, numRuns: 200 })
})

t.test('looks every 30 s, waits while held, tries again what failed', async t => {
  const clock = fakeClock()
  const removed: Array<[string, number]> = []
  const log: string[] = []
  let held = true
  let fail = true
  const list = [candidate({})]
  const reaper = new Reaper({
    clock,
    intervalMs: 30_000,
    minAfterMs: MINUTE,
    candidates: () => list,
    held: () => held,
    remove: async ({ serviceId }: Reapable) => {
      if (fail) throw new Error('no leader')
      removed.push([serviceId, clock.monotonic()])
      list.length = 0
    },
    log: { warn: (_, message) => log.push(message) },
  })
  reaper.start()
  reaper.start()
  await clock.advance(120_000)
  t.strictSame(log, [], 'held')
  held = false
  await clock.advance(30_000)
  t.equal(log.length, 1, 'failed once')
  fail = false
  await clock.advance(30_000)
  t.strictSame(removed, [['s', 180_000]])
  t.equal(reaper.removed, 1)
  reaper.stop()
  t.equal(clock.pending, 0)
})
