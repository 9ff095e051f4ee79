// Law: an existing Consul client works unchanged. The peer is npm's `consul`.
import t from 'tap'
import Consul from 'consul'
import { startTestServer, until } from '../support/server.js'

t.test('npm consul', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const consul = new Consul({ host: '127.0.0.1', port: server.port })

  await consul.agent.service.register({ id: 'web-1', name: 'web', port: 8080, tags: ['a'], check: { name: 'alive', ttl: '30s', status: 'passing' } } as never)
  const health = await consul.health.service({ service: 'web', passing: true }) as Array<{ Service: { ID: string, Port: number } }>
  t.strictSame(health.map(h => [h.Service.ID, h.Service.Port]), [['web-1', 8080]])
  t.ok(Object.hasOwn(await consul.catalog.service.list() as object, 'web'))
  t.match(await consul.agent.self(), { Config: { NodeName: 'test' } })
  t.match(await consul.status.leader(), /^127\.0\.0\.1:\d+$/)

  await t.test('a watch hears of a change', async t => {
    const watch = consul.watch({ method: consul.health.service, options: { service: 'web', wait: '30s' } as never })
    t.teardown(() => watch.end())
    const seen: number[] = []
    watch.on('change', data => { seen.push((data as unknown[]).length) })
    watch.on('error', error => t.fail(String(error)))
    await until('the first data', () => seen.length === 1)
    await consul.agent.service.register({ id: 'web-2', name: 'web', port: 8081 })
    await until('the change', () => seen.includes(2))
  })

  await t.test('checks, keys, sessions, transactions', async t => {
    await consul.agent.check.fail({ id: 'service:web-1', note: 'down' })
    t.equal((await consul.health.service({ service: 'web', passing: true }) as unknown[]).length, 1)
    await consul.agent.check.pass({ id: 'service:web-1' } as never)
    t.equal(await consul.kv.set('app/name', 'roster'), true)
    t.match(await consul.kv.get('app/name'), { Value: 'roster' })
    t.strictSame(await consul.kv.keys('app/'), ['app/name'])
    const session = await consul.session.create({ ttl: '30s' }) as { ID: string }
    t.equal(await consul.kv.set({ key: 'lock', value: 'me', acquire: session.ID } as never), true)
    t.match(await consul.kv.get('lock'), { Session: session.ID, LockIndex: 1 })
    await consul.session.destroy(session.ID)
    t.match(await consul.transaction.create([{ KV: { Verb: 'set', Key: 'x', Value: 'eQ==' } }] as never), { Errors: null })
    t.equal(await consul.kv.del({ key: 'app/', recurse: true }), true)
  })

  await t.test('what is not there is said in the client\'s own way', async t => {
    const refused = await consul.agent.service.deregister({ id: 'nope' } as never).then(() => undefined, (error: { statusCode: number, response: { body: string } }) => error)
    t.equal(refused?.statusCode, 404)
    t.match(refused?.response.body, /Unknown service ID "nope"/)
    t.notOk(await consul.kv.get('nope'))
  })
  await consul.agent.service.deregister({ id: 'web-1' } as never)
})
