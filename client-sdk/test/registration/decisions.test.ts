// Laws of the pure decisions of a registration: what is said by default, what is refused, when to beat, under which address, in which order to leave.
import { createServer } from 'node:http'
import t from 'tap'
import fc from 'fast-check'
import { isInvalidOption } from '../../src/index.js'
import { advertisedAddress, isLoopback } from '../../src/registration/advertised-address.js'
import { drain } from '../../src/registration/drain.js'
import type { DrainSteps } from '../../src/registration/drain.js'
import { nextBeatMs } from '../../src/registration/heartbeat.js'
import { durationMs, instanceSpec } from '../../src/registration/register-options.js'

t.test('the address: option, variable, loopback beside a registry on loopback, else the local end of the line to it', async t => {
  const far = ['10.0.0.1']
  const cases = [
    [{ option: '1.1.1.1', variable: '2.2.2.2', registryHosts: far, local: '10.0.0.9' }, '1.1.1.1', false],
    [{ option: undefined, variable: '2.2.2.2', registryHosts: far, local: '10.0.0.9' }, '2.2.2.2', false],
    [{ option: undefined, variable: '', registryHosts: far, local: '10.0.0.9' }, '10.0.0.9', false],
    [{ option: undefined, variable: undefined, registryHosts: far, local: '::ffff:10.0.0.9' }, '10.0.0.9', false],
    [{ option: undefined, variable: undefined, registryHosts: ['localhost', '127.0.0.2', '[::1]', ''], local: undefined }, '127.0.0.1', false],
    [{ option: undefined, variable: undefined, registryHosts: ['localhost', '10.0.0.1'], local: '10.0.0.9' }, '10.0.0.9', false],
    [{ option: '127.0.0.1', variable: undefined, registryHosts: far, local: undefined }, '127.0.0.1', true],
    [{ option: '127.0.0.1', variable: undefined, registryHosts: ['localhost'], local: undefined }, '127.0.0.1', false],
  ] as const
  for (const [facts, address, warned] of cases) {
    const advertised = advertisedAddress(facts)
    t.equal(advertised?.address, address, JSON.stringify(facts))
    t.equal(advertised?.warning !== undefined, warned, `warning for ${JSON.stringify(facts)}`)
  }
  t.equal(advertisedAddress({ option: undefined, variable: undefined, registryHosts: far, local: undefined }), undefined, 'nobody knows')
  for (const [host, loopback] of [['127.9.9.9', true], ['::1', true], ['[::1]', true], ['::ffff:127.0.0.1', true], ['localhost', true], ['a.localhost', true], ['128.0.0.1', false], ['127.evil.example', false], ['::2', false]] as const) {
    t.equal(isLoopback(host), loopback, host)
  }
})

t.test('an instance: id, port and times by default; each mistake is named', async t => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  t.match(instanceSpec({ name: 'orders', server, meta: { version: '1' }, weights: { passing: 5 } }, 'host-1'), {
    id: `orders-host-1-${port}`,
    ttlMs: 15_000,
    deregisterAfterMs: 60_000,
    body: { Name: 'orders', ID: `orders-host-1-${port}`, Port: port, Meta: { version: '1' }, Weights: { Passing: 5, Warning: 1 } },
  })
  t.equal(instanceSpec({ name: 'orders', port: 80, id: 'mine', ttl: '1m30s' }, 'h').ttlMs, 90_000)
  const wrong = [
    [{ name: '' }, /name is missing/],
    [{ name: 'x' }, /port is missing for "x": give a port, or the server/],
    [{ name: 'x', server: createServer() }, /does not listen yet/],
    [{ name: 'x', port: 0 }, /port must be a whole number from 1 to 65535/],
    [{ name: 'x', port: 1, ttl: '5 seconds' }, /ttl must be a number of milliseconds above 0 or a text such as "15s"/],
    [{ name: 'x', port: 1, ttl: 999 }, /ttl must be from 1s to 24h/],
    [{ name: 'x', port: 1, deregisterAfter: 10 }, /deregisterAfter must be at least 1s/],
  ] as const
  for (const [options, message] of wrong) {
    try { instanceSpec(options, 'h'); t.fail(`accepted ${message}`) } catch (error) { t.ok(isInvalidOption(error)); t.match(String(error), message) }
  }
  for (const [text, ms] of [['15s', 15_000], ['1.5h', 5_400_000], ['250ms', 250], ['1m1s', 61_000]] as const) t.equal(durationMs('ttl', text), ms, text)
})

t.test('three beats in a TTL; after a failure soon, later with growing jitter, never more seldom than without', async t => {
  t.equal(nextBeatMs(15_000, 0, () => 0.5), 5000)
  fc.assert(fc.property(fc.integer({ min: 1000, max: 100_000 }), fc.nat(30), fc.double({ min: 0, max: 0.999999, noNaN: true }), (ttl, failures, lot) => {
    const ms = nextBeatMs(ttl, failures, () => lot)
    return ms > 0 && ms <= ttl / 3 * 1.1 && (failures !== 1 || ms <= 250)
  }), { seed: 5, numRuns: 200 })
})

/** Steps that write down what happened. */
const recorded = (more: Partial<DrainSteps> = {}) => {
  const log: string[] = []
  const steps: DrainSteps = {
    announce: async () => { log.push('announce'); return true },
    farewell: () => log.push('farewell'),
    acknowledged: async ms => { log.push(`acknowledged ${ms}`); return true },
    pause: async ms => { log.push(`pause ${ms}`) },
    closeServers: async ms => { log.push(`close ${ms}`); return true },
    hooks: [],
    deregister: async () => { log.push('deregister') },
    warn: message => log.push(`warn ${message}`),
    ...more,
  }
  return { log, steps }
}

t.test('a drain: told, seen, closed, hooks, gone, in this order', async t => {
  const { log, steps } = recorded()
  await drain({ ...steps, pause: async ms => { if (ms !== 5000) log.push(`pause ${ms}`); else await new Promise(() => {}) }, hooks: [async () => { log.push('one') }, () => { log.push('two') }] })
  t.same(log, ['announce', 'farewell', 'acknowledged 5000', 'pause 250', 'close 10000', 'one', 'two', 'deregister'])
})

t.test('where the registry cannot tell who has seen it, a bounded pause; each step happens whatever became of the one before', async t => {
  const cannot = recorded({ announce: async () => false })
  await drain(cannot.steps, { pauseMs: 123 })
  t.same(cannot.log, ['farewell', 'pause 123', 'close 10000', 'deregister'])
  const away = recorded({
    announce: async () => { throw new Error('away') },
    closeServers: async () => false,
    hooks: [() => { throw new Error('no database') }, () => { away.log.push('second hook') }],
    pause: async ms => { if (ms === 5000) await new Promise(() => {}) },
    deregister: async () => { throw new Error('away') },
  })
  await drain(away.steps)
  t.match(away.log, [/telling the registry failed: away/, 'farewell', /in progress 10000 ms after .* cut off/, /hook failed: no database/, 'second hook', /deregistering failed: away/])
})

t.test('a hook that does not end does not keep the process', async t => {
  const { log, steps } = recorded({ hooks: [() => new Promise(() => {}), () => { log.push('never') }] })
  await drain(steps)
  t.equal(log.at(-1), 'deregister')
  t.notOk(log.includes('never'))
})
