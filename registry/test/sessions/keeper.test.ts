// Laws of sessions in time: never ended before twice the TTL, renewed by renewal alone, lock-delays counted from the loss and whole again after a start.
import t from 'tap'
import { lockKey, setKey } from '../../src/kv/operations.js'
import { PauseWatch } from '../../src/health/pause.js'
import { SessionKeeper } from '../../src/sessions/keeper.js'
import { endSession } from '../../src/sessions/end.js'
import { silentLog } from '../../src/telemetry/log.js'
import { fakeClock } from '../support/fake-clock.js'
import { rows } from '../support/rows.js'
import { stoppableClock } from '../support/stoppable-clock.js'
import type { Test } from 'tap'
import type { Rows } from '../support/rows.js'

const id = (n: number): string => `11111111-2222-4333-8444-${String(n).padStart(12, '0')}`
const input = (key: string) => ({ key, value: 'eA==', flags: '0' })

async function table (t: Test): Promise<Rows> {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  await r.node('n')
  return r
}

t.test('a session is not ended before twice its TTL, and then it is', async t => {
  const r = await table(t)
  await r.session({ id: id(1), ttl: '10s', ttlMs: 10_000 })
  await r.clock.advance(19_999)
  t.ok(r.state.sessions.get(id(1)))
  await r.clock.advance(1)
  t.notOk(r.state.sessions.get(id(1)))
  t.equal(r.keeper.renew(id(1)), undefined)
  t.equal(r.keeper.stats.expired, 1)
  t.equal(r.keeper.ttlActive, 0)
})

t.test('renewal keeps it for another twice the TTL; using its lock does not', async t => {
  const r = await table(t)
  await r.session({ id: id(1), ttl: '10s', ttlMs: 10_000 })
  await r.session({ id: id(2), ttl: '10s', ttlMs: 10_000 })
  const events = r.events.length
  await r.clock.advance(15_000)
  t.ok(r.keeper.renew(id(1).toUpperCase()), 'in any letter case')
  t.equal(r.events.length, events, 'a renewal writes nothing')
  await r.change(d => lockKey(d, input('k'), id(2)))
  await r.clock.advance(5_000)
  t.ok(r.state.sessions.get(id(1)))
  t.notOk(r.state.sessions.get(id(2)))
  await r.clock.advance(14_999)
  t.ok(r.state.sessions.get(id(1)))
  await r.clock.advance(1)
  t.notOk(r.state.sessions.get(id(1)))
})

t.test('a session without a TTL has no end; renewing it is no error', async t => {
  const r = await table(t)
  await r.session({ id: id(1) })
  t.ok(r.keeper.renew(id(1)))
  await r.clock.advance(365 * 86_400_000)
  t.ok(r.state.sessions.get(id(1)))
  t.equal(r.keeper.ttlActive, 0)
})

t.test('after a start everybody has the whole time anew', async t => {
  const r = await table(t)
  await r.session({ id: id(1), ttl: '10s', ttlMs: 10_000, lockDelayNs: 15e9 })
  await r.session({ id: id(2), lockDelayNs: 15e9 })
  await r.change(d => { lockKey(d, input('k'), id(2)) })
  await r.change(d => endSession(d, id(2)))
  await r.clock.advance(12_000)
  r.keeper.stop()
  const clock = fakeClock()
  const keeper = new SessionKeeper({ state: r.state, commit: r.commit, clock, pauses: new PauseWatch(clock), log: silentLog })
  t.teardown(() => keeper.stop())
  const delayed = (): Promise<boolean> => r.change(d => keeper.isDelayed(d, 'k'))
  await clock.advance(14_999)
  t.equal(await delayed(), true)
  await clock.advance(1)
  t.equal(await delayed(), false)
  await clock.advance(4_999)
  t.ok(r.state.sessions.get(id(1)))
  await clock.advance(1)
  t.notOk(r.state.sessions.get(id(1)))
})

t.test('a pause of the server is nobody\'s silence', async t => {
  const r = await rows()
  r.keeper.stop()
  await r.node('n')
  const clock = stoppableClock()
  const pauses = new PauseWatch(clock, () => clock.sinceBoot())
  pauses.start()
  const keeper = new SessionKeeper({ state: r.state, commit: r.commit, clock, pauses, log: silentLog })
  t.teardown(() => {
    keeper.stop()
    pauses.stop()
  })
  await r.session({ id: id(1), ttl: '10s', ttlMs: 10_000 })
  await clock.advance(5_000)
  await clock.pause(60_000)
  t.ok(r.state.sessions.get(id(1)), 'stood still for three times what it had left')
  await clock.advance(15_000)
  t.ok(r.state.sessions.get(id(1)))
  await clock.advance(60_000)
  t.notOk(r.state.sessions.get(id(1)))
})

t.test('a lock-delay: the key, for its time, for everybody; plain writes and other keys are free', async t => {
  const r = await table(t)
  await r.session({ id: id(1), lockDelayNs: 2e9 })
  await r.session({ id: id(2) })
  await r.change(d => { for (const key of ['k', 'l']) lockKey(d, input(key), id(1)) })
  await r.change(d => { lockKey(d, input('other'), id(2)) })
  await r.change(d => endSession(d, id(1)))
  const delayed = (key: string): Promise<boolean> => r.change(d => r.keeper.isDelayed(d, key))
  t.same([await delayed('k'), await delayed('l'), await delayed('other'), await delayed('never')], [true, true, false, false])
  await r.change(d => setKey(d, input('k')))
  await r.clock.advance(1_999)
  t.equal(await delayed('k'), true, 'a plain write does not end it')
  await r.clock.advance(1)
  t.equal(await delayed('k'), false)
  t.equal(r.state.sessions.lockDelays.size, 0, 'nothing of it is left')
})

t.test('a second loss counts from itself', async t => {
  const r = await table(t)
  for (const n of [1, 2]) await r.session({ id: id(n), lockDelayNs: n === 1 ? 5e9 : 2e9 })
  await r.change(d => { lockKey(d, input('k'), id(1)) })
  await r.change(d => endSession(d, id(1)))
  await r.clock.advance(5_000)
  await r.change(d => { lockKey(d, input('k'), id(2)) })
  await r.change(d => endSession(d, id(2)))
  await r.clock.advance(1_999)
  t.equal(await r.change(d => r.keeper.isDelayed(d, 'k')), true)
  await r.clock.advance(1)
  t.equal(await r.change(d => r.keeper.isDelayed(d, 'k')), false)
})

t.test('a loss that is not folded yet delays already', async t => {
  const r = await table(t)
  await r.session({ id: id(1), lockDelayNs: 5e9 })
  await r.change(d => { lockKey(d, input('k'), id(1)) })
  const delayed = await r.change(d => {
    endSession(d, id(1))
    return r.keeper.isDelayed(d, 'k')
  })
  t.equal(delayed, true)
})

t.test('an end that could not be committed is tried again, and until then the session lives', async t => {
  const r = await rows()
  r.keeper.stop()
  await r.node('n')
  let broken = true
  const clock = fakeClock()
  const keeper = new SessionKeeper({
    state: r.state,
    commit: command => broken ? Promise.reject(new Error('disk full')) : r.commit(command),
    clock,
    pauses: new PauseWatch(clock),
    log: silentLog,
  })
  t.teardown(() => keeper.stop())
  await r.session({ id: id(1), ttl: '10s', ttlMs: 10_000 })
  await clock.advance(20_500)
  t.ok(r.state.sessions.get(id(1)))
  t.ok(keeper.renew(id(1)), 'may still come back')
  await clock.advance(20_500)
  t.ok(r.state.sessions.get(id(1)))
  broken = false
  await clock.advance(1_000)
  t.notOk(r.state.sessions.get(id(1)))
})

t.test('nothing ends after the keeper was stopped', async t => {
  const r = await table(t)
  await r.session({ id: id(1), ttl: '10s', ttlMs: 10_000 })
  r.keeper.stop()
  await r.clock.advance(60_000)
  t.ok(r.state.sessions.get(id(1)))
  t.equal(r.clock.pending, 0)
})
