// Laws of a session that is kept alive: renewed in time, taken for lost one TTL after the last renewal that could have counted, said goodbye to.
import t from 'tap'
import { isSessionLost } from '../../src/api/errors.js'
import { LiveSession } from '../../src/lock/live-session.js'
import { fakeClock } from '../support/fake-clock.js'
import type { RosterApi } from '../../src/api/index.js'

type Renewal = 'ok' | 'gone' | 'fails' | 'hangs'

/** A registry that answers renewals as told; with a clock. */
function bench () {
  const clock = fakeClock()
  const calls: string[] = []
  let renewal: Renewal = 'ok'
  const meta = { status: 200, address: '' }
  const session = {
    create: async () => { calls.push(`create ${clock.monotonic()}`); return { value: 'id', meta } },
    renew: async () => {
      calls.push(`renew ${clock.monotonic()}`)
      if (renewal === 'fails') throw new Error('no route')
      if (renewal === 'hangs') return await new Promise<never>(() => {})
      return { value: renewal === 'ok' ? { ID: 'id' } : undefined, meta }
    },
    destroy: async () => { calls.push(`destroy ${clock.monotonic()}`); return { value: true, meta } },
  } as unknown as RosterApi['session']
  return {
    clock,
    calls,
    answer: (how: Renewal) => { renewal = how },
    open: () => LiveSession.open({ api: { session }, body: {}, ttlMs: 10_000, clock, call: {} }),
    async pass (ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 500) {
        clock.advance(Math.min(left, 500))
        await new Promise(resolve => setImmediate(resolve))
      }
    },
  }
}

t.test('renewed twice a TTL, and never lost', async t => {
  const b = bench()
  const session = await b.open()
  await b.pass(60_000)
  t.notOk(session.lost.aborted)
  t.equal(b.calls.filter(call => call.startsWith('renew')).length, 12)
  await session.close()
  await b.pass(60_000)
  t.same(b.calls.slice(-1), ['destroy 60000'], 'then nothing more')
  t.equal(b.clock.pending, 0)
})

t.test('a registry that has ended it says so', async t => {
  const b = bench()
  const session = await b.open()
  b.answer('gone')
  await b.pass(5_000)
  t.ok(session.lost.aborted)
  t.ok(isSessionLost(session.lost.reason))
  t.equal(b.clock.pending, 0)
})

for (const how of ['fails', 'hangs'] as const) {
  t.test(`a renewal that ${how}: lost one TTL after the last that was sent, not later`, async t => {
    const b = bench()
    const session = await b.open()
    await b.pass(5_000)
    b.answer(how)
    await b.pass(9_500)
    t.notOk(session.lost.aborted)
    await b.pass(500)
    t.ok(session.lost.aborted, '10 s after the renewal at 5 s')
  })
}

t.test('an outage shorter than the TTL is ridden out', async t => {
  const b = bench()
  const session = await b.open()
  b.answer('fails')
  await b.pass(9_000)
  b.answer('ok')
  await b.pass(50_000)
  t.notOk(session.lost.aborted)
})

t.test('goodbye is said once, also after a loss', async t => {
  const b = bench()
  const session = await b.open()
  b.answer('gone')
  await b.pass(5_000)
  await Promise.all([session.close(), session.close()])
  t.equal(b.calls.filter(call => call.startsWith('destroy')).length, 1)
})
