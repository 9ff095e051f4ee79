// Laws of the lease of a process: clients of one registry share it, it outlives each of them but the last, and what they do is told once.
import t from 'tap'
import { createClient } from '../../src/index.js'
import { until } from '../support/conditions.js'
import { registries } from '../support/programs.js'
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
