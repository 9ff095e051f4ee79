// Laws of the guard: it holds exactly when a share and a number of owners fell silent within the window, and no longer than until all has been calm for a
// while, or its bound; it counts owners, each once, and knows how many wait.
import t from 'tap'
import fc from 'fast-check'
import { DEFAULT_GUARD_LIMITS, Guard, type GuardLimits, type GuardStatus } from '../../src/health/guard.js'
import { fakeClock } from '../support/fake-clock.js'

function make (owners: number, limits: Partial<GuardLimits> = {}) {
  const clock = fakeClock()
  const changes: GuardStatus[] = []
  const guard = new Guard({ clock, limits: { ...DEFAULT_GUARD_LIMITS, ...limits }, owners: () => owners, onChange: status => changes.push(status) })
  const lapse = (from: number, count: number): void => { for (let i = 0; i < count; i++) guard.lapsed(`lease:${from + i}`) }
  return { clock, guard, changes, lapse }
}

for (const [owners, lapses, holds] of [
  [10, 9, false], [10, 10, true], [66, 10, true], [67, 10, false], [67, 11, true], [1000, 149, false], [1000, 150, true],
] as const) {
  t.test(`of ${owners} owners, ${lapses} at once: ${holds ? 'holds' : 'does not hold'}`, async t => {
    const { guard, lapse } = make(owners)
    lapse(0, lapses)
    t.equal(guard.active, holds)
    t.equal(guard.status().kept, holds ? lapses : 0)
  })
}

t.test('lapses that are spread over more than the window do not add up', async t => {
  const { clock, guard, lapse } = make(20)
  for (let i = 0; i < 20; i++) {
    lapse(i, 1)
    await clock.advance(3400) // nine within any 30 s
  }
  t.equal(guard.active, false)
})

t.test('one owner that lapses again and again is one', async t => {
  const { guard } = make(20)
  for (let i = 0; i < 50; i++) guard.lapsed('lease:same')
  t.equal(guard.active, false)
})

t.test('ends when none has lapsed for a minute, and tells', async t => {
  const { clock, guard, changes, lapse } = make(20)
  lapse(0, 10)
  t.match(guard.status(), { active: true, kept: 10, until: clock.now() + 60_000, since: clock.now(), reason: '10 of 20 owners fell silent within 30 s' })
  await clock.advance(50_000)
  lapse(10, 1)
  t.match(guard.status(), { kept: 11, until: clock.now() + 60_000 })
  await clock.advance(59_999)
  t.equal(guard.active, true)
  await clock.advance(1)
  t.match(guard.status(), { active: false, kept: 0, until: 0, reason: '' })
  t.equal(changes.at(-1)?.active, false)
  t.equal(guard.trips, 1)
  t.equal(clock.pending, 0)
})

t.test('ends after ten minutes in any case, and counts anew from there', async t => {
  const { clock, guard, lapse } = make(100)
  lapse(0, 15)
  for (let i = 0; i < 29; i++) {
    await clock.advance(20_000)
    lapse(15 + i, 1)
  }
  t.equal(guard.active, true)
  t.equal(guard.status().until - clock.now(), 20_000)
  await clock.advance(20_000)
  t.equal(guard.active, false)
  lapse(50, 9)
  t.equal(guard.active, false, 'what lapsed before the end is forgotten')
})

t.test('who returns or goes is not kept any more, nor does it end the holding', async t => {
  const { guard, changes, lapse } = make(20)
  lapse(0, 10)
  for (let i = 0; i < 10; i++) guard.returned(`lease:${i}`)
  guard.returned('lease:unknown')
  t.match(guard.status(), { active: true, kept: 0 })
  t.equal(changes.length, 11)
})

t.test('the wall clock may jump: only what is shown follows it', async t => {
  const { clock, guard, lapse } = make(20)
  lapse(0, 10)
  clock.jump(86_400_000)
  t.equal(guard.active, true)
  t.equal(guard.status().until, clock.now() + 60_000)
})

t.test('disabled or stopped it never holds', async t => {
  const off = make(20, { enabled: false })
  off.lapse(0, 20)
  t.equal(off.guard.active, false)
  const stopped = make(20)
  stopped.lapse(0, 10)
  stopped.guard.stop()
  stopped.lapse(10, 10)
  t.equal(stopped.guard.active, false)
  t.equal(stopped.clock.pending, 0)
})

t.test('agrees with a model that remembers every lapse', async () => {
  const limits: GuardLimits = { enabled: true, ratio: 0.3, minOwners: 3, windowMs: 30, quietMs: 60, maxHoldMs: 200 }
  const step = fc.record({ wait: fc.nat(45), owner: fc.nat(12) })
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 5, max: 20 }), async (steps, owners) => {
    const { clock, guard } = make(owners, limits)
    let counted: Array<{ owner: number, at: number }> = []
    let holding: { began: number, last: number } | undefined
    const ends = (): number => Math.min(holding!.last + limits.quietMs, holding!.began + limits.maxHoldMs)
    const settle = (now: number): void => {
      if (holding !== undefined && now >= ends()) [holding, counted] = [undefined, []]
    }
    for (const { wait, owner } of steps) {
      await clock.advance(wait)
      const now = clock.monotonic()
      settle(now)
      guard.lapsed(String(owner))
      if (holding !== undefined) holding.last = now
      else {
        counted.push({ owner, at: now })
        const silent = new Set(counted.filter(l => now - l.at <= limits.windowMs).map(l => l.owner)).size
        if (silent >= limits.minOwners && silent >= limits.ratio * owners) holding = { began: now, last: now }
      }
      if (guard.active !== (holding !== undefined)) return false
      if (holding !== undefined && guard.status().until - clock.now() !== ends() - now) return false
    }
    return true
  }), { seed: 7, numRuns: 60 })
})
