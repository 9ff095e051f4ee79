// Laws of registration with real registries and real processes: seen at once, gone at once, back after standing still, gone without a failed call at SIGTERM, and nothing left that
// keeps the process.
import t from 'tap'
import { createClient, isWrongDatacenter } from '../../src/index.js'
import type { Service } from '../../src/index.js'
import { until } from '../support/conditions.js'
import { member } from '../support/member-process.js'
import { NO_CONSUL, registries } from '../support/programs.js'
import { registryProcess } from '../support/registry-process.js'

const count = (service: Service, health = 'passing') => service.snapshot().instances.filter(instance => instance.health === health && !instance.withdrawn).length

for (const { name, command } of registries) {
  t.test(name, { skip: command === undefined && NO_CONSUL }, async t => {
    const { url } = await registryProcess(t, command!)
    const roster = createClient({ address: url, cacheDir: false })
    t.teardown(() => roster.close())
    const service = roster.service('web')
    await service.ready()

    await t.test('who leaves is gone at once, and its process ends by itself', async t => {
      const { ended, said } = await member(t, url, {}, 'leave')
      t.equal(await ended, 0)
      t.equal(said.at(-1), 'left')
      await until('nobody is left', () => service.snapshot().instances.length === 0)
    })

    await t.test('a process that stood still for longer than its TTL is back under the same id, and hears of no error', async t => {
      const one = await member(t, url, { name: 'web', ttl: '1s', deregisterAfter: '1s' })
      await until('it is there', () => count(service) === 1)
      one.child.kill('SIGSTOP')
      // A Consul removes no sooner than after a minute.
      await until('it is missed', () => name === 'roster' ? service.snapshot().instances.length === 0 : count(service, 'critical') === 1)
      one.child.kill('SIGCONT')
      await until('it is back', () => count(service) === 1)
      t.match(service.snapshot().instances[0]!.id, new RegExp(`/${one.id}$`))
      t.same(one.said.filter(line => line.startsWith('warning')), [])
      one.child.kill('SIGTERM')
      t.equal(await one.ended, 0)
    })

    await t.test('SIGTERM: watchers know before the server closes, and no call fails', async t => {
      const members = [await member(t, url, { drain: { pauseMs: 500 } }), await member(t, url, { drain: { pauseMs: 500 } })]
      await until('both are there', () => count(service) === 2)
      let calls = 0
      const failures: unknown[] = []
      let over = false
      const load = Promise.all(Array.from({ length: 4 }, async () => {
        while (!over) {
          const it = service.pick()
          try {
            const answer = await fetch(`http://${it.address}:${it.port}/`)
            await answer.text()
            it.done({ ok: answer.ok })
            calls++
          } catch (error) { failures.push(error); it.done({ ok: false }) }
        }
      }))
      await until('calls go', () => calls > 50)
      members[0]!.child.kill('SIGTERM')
      t.equal(await members[0]!.ended, 0)
      t.ok(members[0]!.said.includes('drained'), 'the hooks were called')
      const before = calls
      await until('calls go on', () => calls > before + 50)
      over = true
      await load
      t.same(failures, [])
      t.equal(service.snapshot().instances.length, 1)
    })

    await t.test('at another datacenter nothing is registered', async t => {
      const stranger = createClient({ address: url, cacheDir: false, datacenter: 'elsewhere' })
      t.teardown(() => stranger.close())
      await t.rejects(stranger.register({ name: 'stranger', port: 80, signals: false }), { code: 'ROSTER_WRONG_DATACENTER', expected: 'elsewhere', actual: 'dc1' })
      t.same((await roster.api.health.service('stranger')).value, [])
      t.ok(isWrongDatacenter(await stranger.service('web').ready().then(() => undefined, (error: unknown) => error)), 'nor is anybody called')
    })

    await t.test('checks that the registry makes stand beside the heartbeat', async t => {
      const me = await roster.register({ name: 'checked', port: 1, signals: false, checks: [{ Name: 'port', TCP: '127.0.0.1:1', Interval: '1h', Status: 'critical' }] })
      t.teardown(() => me.deregister())
      const { value } = await roster.api.health.service('checked')
      t.same(value[0]?.Checks.filter(check => check.ServiceName === 'checked').map(check => [check.Name, check.Status]).sort(), [['Service \'checked\' check', 'passing'], ['port', 'critical']])
    })
  })
}
