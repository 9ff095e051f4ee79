// A rolling upgrade: one server after another is replaced while clients call one another. Nobody notices.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createClient } from '@roster/client'
import { freshPrefix, startClusterServer } from '../support/cluster.js'
import { noEtcd, startEtcd } from '../support/etcd.js'
import { until } from '../support/server.js'
import type { AddressInfo } from 'node:net'
import type { TestServer } from '../support/server.js'

t.test('three servers, replaced one at a time', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const prefix = freshPrefix()
  const start = (id: string, port = 0): Promise<TestServer> => startClusterServer({ endpoints: etcd.endpoints, prefix, id, config: { ports: { http: port } } })
  const servers = await Promise.all(['a', 'b', 'c'].map(id => start(id)))
  t.teardown(async () => { await Promise.all(servers.map(server => server.stop())) })
  const address = servers.map(({ url }) => url).join(',')

  const backend = createServer((_, response) => { response.end('here') }).listen(0, '127.0.0.1')
  await once(backend, 'listening')
  const serves = createClient({ address, cacheDir: false })
  const calls = createClient({ address, cacheDir: false })
  t.teardown(async () => {
    await Promise.all([serves.close(), calls.close()])
    backend.closeAllConnections()
    backend.close()
  })
  await serves.register({ name: 'payments', port: (backend.address() as AddressInfo).port, address: '127.0.0.1', ttl: '3s' })
  const payments = calls.service('payments')
  await payments.ready()
  let over = false
  let made = 0
  const failures: unknown[] = []
  const calling = (async () => {
    while (!over) {
      await payments.fetch('/').then(async answer => { if (await answer.text() !== 'here') failures.push(answer.status) }, (error: unknown) => { failures.push(error) })
      made++
      await sleep(10)
    }
  })()
  for (const [i, id] of ['a', 'b', 'c'].entries()) {
    const { port } = servers[i]!
    await servers[i]!.stop()
    await sleep(300)
    servers[i] = await start(id, port)
    await until('all three are known', () => servers.every(server => server.roster.cluster!.servers.length === 3))
  }
  await sleep(500)
  over = true
  await calling
  t.same(failures.map(String), [], `law: no call fails (${made} were made)`)
  t.ok(made > 50)
  for (const server of servers) t.equal((await server.get<unknown[]>('/v1/health/service/payments?passing')).length, 1, 'law: what is registered stays')
})
