// Laws of the lease of a process: clients of one registry share it, it outlives each of them but the last, and what they do is told once.
import t from 'tap'
import { ClosedError, createClient } from '../../src/index.js'
import { PASSING } from '../../src/registration/keeper.js'
import type { Kept } from '../../src/registration/keeper.js'
import { joinLease } from '../../src/registration/process-lease.js'
import type { LeaseMember } from '../../src/registration/process-lease.js'
import { instanceSpec } from '../../src/registration/register-options.js'
import { until } from '../support/conditions.js'
import { registries } from '../support/programs.js'
import { fakeClock } from '../support/fake-clock.js'
import { deferred } from '../support/service.js'
import { registryProcess } from '../support/registry-process.js'

t.test('two clients, one lease; it goes on when one of them ends', async t => {
  const { url } = await registryProcess(t, registries[0]!.command!)
  const make = () => {
    const roster = createClient({ address: url, cacheDir: false, onWarning: () => {} })
    t.teardown(() => roster.close())
    return roster
  }
  const [first, second, reader] = [make(), make(), make()]
  await first.register({ name: 'orders', port: 1001, signals: false, ttl: '2s' })
  await second.register({ name: 'invoices', port: 1002, signals: false, ttl: '2s' })
  const services = async () => (await reader.api.lease.list()).value.map(({ Services }) => Services.map(({ Service }) => Service).sort())
  t.same(await services(), [['invoices', 'orders']])
  await t.rejects(second.register({ name: 'orders', port: 1001, signals: false }), { code: 'ROSTER_INVALID_OPTION', message: /registered by this process already/ })
  await first.close()
  t.same(await services(), [['invoices']])
  const { value: [lease] } = await reader.api.lease.list()
  const remaining = async () => (await reader.api.lease.get(lease!.ID)).value!.RemainingMs
  await until('its time runs', async () => await remaining() < 1600)
  await until('it is renewed by the other one', async () => await remaining() > 1600)
  await second.close()
  t.same(await services(), [])
})

t.test('a client that ends while another one registers over its connection: that goes on over its own', async t => {
  const clock = fakeClock()
  const closed = deferred()
  const asked: string[] = []
  const kept = (name: string): Kept => ({ spec: instanceSpec({ name, port: 80, id: name }, 'h'), address: '10.0.0.1', word: PASSING, registered: false })
  const member = (name: string, put: () => Promise<void>): LeaseMember => {
    const answer = async () => { asked.push(name); await put(); return { value: { ID: 'x', TTL: '15s', Index: 1 } } as never }
    return { api: { lease: { put: answer, renew: answer, status: answer, delete: answer } }, clock, random: () => 0.5, node: 'h', locate: async () => {}, onTrouble: () => {}, upstreams: () => [] }
  }
  let puts = 0
  const first = joinLease('registry', member('first', async () => { if (++puts > 1) { await closed.promise; throw new ClosedError('client') } }))
  await first.add(kept('a'))
  const second = joinLease('registry', member('second', async () => {}))
  const registering = second.add(kept('b'))
  await until('it is under way', () => puts === 2)
  first.stop()
  closed.resolve()
  await registering
  t.same(asked, ['first', 'first', 'second'])
  second.stop()
})
