// Laws of the manager: every check has one owner and reports through one place; registering again is no restart; removed is silent; what falls silent and
// returns is told to the guard, each service once; results that could not be recorded are not lost.
import t from 'tap'
import { createServer } from 'node:http'
import { checkDefinition, type CheckDefinition } from '../../src/health/definition.js'
import type { AliasView } from '../../src/health/alias.js'
import { HealthManager, type HealthLimits } from '../../src/health/manager.js'
import { PauseWatch } from '../../src/health/pause.js'
import { listen, listenHttp } from '../support/listen.js'
import { stoppableClock } from '../support/stoppable-clock.js'
import { systemClock } from '../../src/clock.js'

const LIMITS: HealthLimits = { outputMaxBytes: 4096, discardOutput: false, deniedNetworks: [], allowedNetworks: [], dockerHost: 'unix:///none.sock' }

function make (limits: Partial<HealthLimits> = {}, clock = stoppableClock()) {
  const pauses = new PauseWatch(clock, () => clock.sinceBoot())
  pauses.start()
  const seen: string[] = []
  const guard: string[] = []
  const warned: string[] = []
  const alias = { view: { exists: true, checks: [] } as AliasView, changed: () => {} }
  let refuse = false
  const manager = new HealthManager({
    clock,
    random: () => 0,
    pauses,
    report: async (id, { status, output }) => {
      if (refuse) throw new Error('no leader')
      seen.push(`${id} ${status}: ${output}`)
    },
    limits: { ...LIMITS, ...limits },
    aliases: { view: () => alias.view, subscribe: (_, changed) => { alias.changed = changed; return () => {} } },
    guard: { lapsed: id => guard.push(`lapsed ${id}`), returned: id => guard.push(`returned ${id}`) },
    log: { warn: (_, message) => warned.push(message) },
  })
  const add = (checkId: string, fields: Partial<CheckDefinition>, { serviceId = 'web', status = 'critical' } = {}): void =>
    manager.add({ checkId, serviceId, status, definition: checkDefinition(fields) })
  return { clock, manager, seen, guard, warned, add, alias, refuse: (now: boolean) => { refuse = now } }
}

t.test('a TTL check: heartbeats are the caller\'s to write, silence is reported', async t => {
  const { clock, manager, seen, add } = make()
  add('c', { ttlMs: 1000 })
  t.strictSame(manager.heartbeat('c', 'passing', 'well'), { status: 'passing', output: 'well' })
  t.equal(manager.heartbeat('other', 'passing', ''), undefined)
  await clock.advance(1000)
  t.strictSame(seen, ['c critical: TTL expired (last output before timeout follows): well'])
  manager.remove('c')
  manager.remove('c')
  await clock.advance(5000)
  t.equal(seen.length, 1)
  t.equal(manager.expired, 1)
})

t.test('registering a TTL check again is a sign of life', async t => {
  const { clock, seen, add } = make()
  add('c', { ttlMs: 1000 })
  await clock.advance(900)
  add('c', { ttlMs: 1000 })
  await clock.advance(900)
  t.strictSame(seen, [])
  await clock.advance(100)
  t.strictSame(seen, ['c critical: TTL expired'])
})

t.test('an expiry that could not be recorded is recorded later, unless a heartbeat comes', async t => {
  const { clock, manager, seen, warned, add, refuse } = make()
  add('c', { ttlMs: 1000 })
  add('d', { ttlMs: 1000 })
  refuse(true)
  await clock.advance(1000)
  t.equal(warned.length, 2)
  refuse(false)
  manager.heartbeat('d', 'passing', '')
  manager.remove('d')
  await clock.advance(10_000)
  t.strictSame(seen, ['c critical: TTL expired'])
})

t.test('an active check reports what it finds, through its thresholds; the same again does not restart it', async t => {
  let code = 200
  const port = await listenHttp(t, (_, response) => response.writeHead(code).end('hi'))
  const seen: string[] = []
  let wake: () => void = () => {}
  const pauses = new PauseWatch(systemClock)
  const manager = new HealthManager({
    clock: systemClock,
    random: () => 0,
    pauses,
    report: (_, { status, output }) => {
      seen.push(`${status} ${output.slice(-2)}`)
      wake()
    },
    limits: LIMITS,
    aliases: { view: () => ({ exists: false, checks: [] }), subscribe: () => () => {} },
    log: { warn: () => {} },
  })
  const check = { checkId: 'c', serviceId: 'web', status: 'critical', definition: checkDefinition({ http: `http://127.0.0.1:${port}/`, intervalMs: 1000, failuresBeforeCritical: 2, failuresBeforeWarning: 1 }) }
  manager.add(check)
  manager.add({ ...check, definition: { ...check.definition } })
  while (seen.length < 1) await new Promise<void>(resolve => { wake = resolve })
  code = 500
  manager.add(check)
  while (seen.length < 3) await new Promise<void>(resolve => { wake = resolve })
  t.strictSame(seen, ['passing hi', 'warning hi', 'critical hi'])
  t.equal(manager.scheduler.stats.started, 3, 'registered three times, run in one rhythm')
  t.strictSame([...manager.candidates()], [], 'asks for no removal')
  await manager.stop()
})

t.test('an alias follows its target, within the limit of outputs', async t => {
  const { clock, manager, seen, add, alias } = make({ outputMaxBytes: 40 })
  add('a', { aliasService: 'db' })
  await clock.advance(0)
  alias.view = { exists: true, checks: [{ name: 'x', status: 'warning', output: 'y'.repeat(100) }] }
  alias.changed()
  await clock.advance(0)
  t.strictSame(seen, ['a passing: No checks found.', `a warning: Aliased check "x" failing: ${'y'.repeat(13)}`])
  t.equal(manager.heartbeat('a', 'passing', ''), undefined, 'takes no heartbeats')
})

t.test('no output is kept where none is wanted', async t => {
  const { clock, manager, seen, add } = make({ discardOutput: true })
  add('c', { ttlMs: 1000 })
  t.strictSame(manager.heartbeat('c', 'passing', 'well'), { status: 'passing', output: '' })
  await clock.advance(1000)
  t.strictSame(seen, ['c critical: '])
})

t.test('each service with TTL checks is one owner: it falls silent with the first check, returns with the last', async t => {
  const { clock, manager, guard, add } = make()
  add('c', { ttlMs: 1000 }, { status: 'passing' })
  add('d', { ttlMs: 2000 }, { status: 'passing' })
  add('node', { ttlMs: 1000 }, { serviceId: '', status: 'passing' })
  t.equal(manager.owners, 1, 'checks of the node are never removed, and not counted')
  await clock.advance(2000)
  t.strictSame(guard, ['lapsed service:web'])
  manager.heartbeat('c', 'passing', '')
  t.equal(guard.length, 1)
  manager.heartbeat('d', 'passing', '')
  t.strictSame(guard, ['lapsed service:web', 'returned service:web'])
  await clock.advance(2000)
  manager.remove('c')
  manager.remove('d')
  t.strictSame(guard.slice(2), ['lapsed service:web', 'returned service:web'], 'deregistered is kept no longer')
  t.equal(manager.owners, 0)
})

t.test('one that was given up before (as after a restart) does not fall silent again, one that was alive does', async t => {
  const { clock, manager, guard, add } = make()
  add('dead', { ttlMs: 1000 }, { serviceId: 'dead', status: 'critical' })
  add('alive', { ttlMs: 1000 }, { serviceId: 'alive', status: 'warning' })
  await clock.advance(1000)
  t.strictSame(guard, ['lapsed service:alive'])
  manager.heartbeat('dead', 'critical', 'by its own word')
  await clock.advance(1000)
  t.strictSame(guard.slice(1), ['lapsed service:dead'])
})

t.test('candidates for removal: critical without a break since the first critical result, registering again puts it off', async t => {
  const { clock, manager, add } = make()
  const ttl = { ttlMs: 1000, deregisterCriticalServiceAfterMs: 60_000 }
  add('c', ttl)
  add('node', ttl, { serviceId: '' })
  add('never', { ttlMs: 1000 })
  t.strictSame([...manager.candidates()], [], 'critical from the start is no result')
  await clock.advance(1000)
  t.strictSame([...manager.candidates()], [{ checkId: 'c', serviceId: 'web', criticalSince: 1000, deregisterAfterMs: 60_000 }])
  manager.heartbeat('c', 'critical', '')
  t.equal([...manager.candidates()][0]?.criticalSince, 1000)
  manager.heartbeat('c', 'passing', '')
  t.strictSame([...manager.candidates()], [])
  manager.heartbeat('c', 'critical', '')
  t.equal([...manager.candidates()].length, 1)
  add('c', ttl)
  t.strictSame([...manager.candidates()], [])
})

t.test('a check that becomes another kind is only that; one without a kind does nothing', async t => {
  const { clock, manager, seen, add } = make()
  add('c', { ttlMs: 1000 })
  add('c', { aliasService: 'x' })
  add('maintenance', {})
  await clock.advance(10_000)
  t.strictSame(seen, ['c passing: No checks found.'])
  t.equal(manager.size, 2)
  t.equal(manager.owners, 0)
  t.ok(manager.has('maintenance'))
})

t.test('after stop no run, no timer and no socket is left', async t => {
  const server = createServer(() => {}) // never answers
  const port = await listen(t, server)
  const { clock, manager, seen, add } = make()
  add('http', { http: `http://127.0.0.1:${port}/`, intervalMs: 1000 })
  add('ttl', { ttlMs: 1000 })
  add('alias', { aliasService: 'x' })
  const arrived = new Promise<void>(resolve => server.once('request', resolve))
  await clock.advance(0)
  await arrived
  await manager.stop()
  await manager.stop()
  await clock.advance(60_000)
  t.strictSame(seen, ['alias passing: No checks found.'])
  t.equal(manager.scheduler.stats.running, 0)
  await new Promise<void>(resolve => {
    const look = (): void => { server.getConnections((_, count) => count === 0 ? resolve() : setImmediate(look)) }
    look()
  })
})
