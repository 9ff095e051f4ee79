// Laws of discovery with real registries: changes come by themselves, a registry that is away or has lost its memory empties no list, and a process can start from disk.
import { createServer } from 'node:http'
import t from 'tap'
import type { Test } from 'tap'
import { createClient } from '../../src/index.js'
import type { ClientOptions } from '../../src/index.js'
import { until } from '../support/conditions.js'
import { deadAddress } from '../support/fake-server.js'
import { NO_CONSUL, registries } from '../support/programs.js'
import { registryProcess } from '../support/registry-process.js'
import { switchboard } from '../support/switchboard.js'

const client = (t: Test, options: ClientOptions) => {
  const roster = createClient({ cacheDir: false, onWarning: () => {}, ...options })
  t.teardown(() => roster.close())
  return roster
}

for (const { name, command } of registries) {
  t.test(name, { skip: command === undefined && NO_CONSUL }, async t => {
    const first = await registryProcess(t, command!)

    await t.test('a service that nobody offers is ready, and a call says why it fails', async t => {
      const service = client(t, { address: first.url }).service('nobody')
      await service.ready()
      t.match(service.snapshot(), { instances: [], source: 'registry', complete: true })
      t.throws(() => service.pick(), { code: 'ROSTER_NO_INSTANCES' })
    })

    await t.test('the registry goes away and another, empty one comes in its place: everyone registers again, and no caller sees an empty list', async t => {
      const line = await switchboard(t, first.url)
      const offers = client(t, { address: line.url })
      for (const port of [1001, 1002, 1003]) await offers.register({ name: 'web', port, ttl: '2s', signals: false })
      const callers = client(t, { address: line.url })
      const service = callers.service('web')
      await service.ready()
      await until('all are there', () => service.snapshot().instances.length === 3)
      const sizes = new Set<number>()
      const watching = (async () => { for await (const instances of service.watch()) sizes.add(instances.length) })()
      line.lead(undefined)
      await until('its age grows', () => service.snapshot().ageMs > 0)
      t.equal(service.snapshot().instances.length, 3, 'it goes on meanwhile')
      t.equal(service.pick().address, '127.0.0.1')
      const second = await registryProcess(t, command!)
      line.lead(second.url)
      await until('all are registered there', async () => (await client(t, { address: second.url }).api.health.service('web')).value.length === 3)
      await until('the list is that of the new registry', () => service.snapshot().ageMs === 0 && service.snapshot().index > 0)
      await callers.close()
      await watching
      t.same([...sizes], [3])
    })

    await t.test('a process starts from disk while the registry is away, and says so', async t => {
      const cacheDir = t.testdir()
      const line = await switchboard(t, first.url)
      const server = createServer().listen(0, '127.0.0.1')
      t.teardown(() => server.close())
      await until('it listens', () => server.listening)
      const offers = client(t, { address: first.url })
      await offers.register({ name: 'kept', server, signals: false })
      const before = client(t, { address: line.url, cacheDir })
      await before.service('kept').ready()
      await until('it is there', () => before.service('kept').snapshot().instances.length === 1)
      await before.close()
      line.lead(undefined)
      const after = client(t, { address: line.url, cacheDir })
      const service = after.service('kept')
      await service.ready()
      t.match(service.snapshot(), { source: 'disk', complete: false, instances: [{ service: 'kept' }] })
      t.ok(service.pick().port > 0)
      line.lead(first.url)
      await until('the registry is heard again', () => service.snapshot().source === 'registry')
      t.equal(service.snapshot().instances.length, 1)
    })

    await t.test('of several servers one is enough', async t => {
      const service = client(t, { address: [(await deadAddress()).address, first.url] }).service('nobody')
      await service.ready()
      t.equal(service.snapshot().source, 'registry')
    })
  })
}

t.test('neither registry nor disk: a typed error that says what was tried', async t => {
  const { address } = await deadAddress()
  const roster = client(t, { address })
  await t.rejects(roster.service('web').ready({ timeout: 100 }), { code: 'ROSTER_NOT_READY', message: /connection refused/ })
  t.throws(() => roster.service('web').pick(), { code: 'ROSTER_NOT_READY' })
  t.throws(() => roster.service(' '), { code: 'ROSTER_INVALID_OPTION' })
})
