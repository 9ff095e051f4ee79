// A read-only server answers all reads, keeps no time, refuses writes and says who takes them.
import t from 'tap'
import { freshPrefix, startClusterServer } from '../support/cluster.js'
import { noEtcd, startEtcd } from '../support/etcd.js'
import { until } from '../support/server.js'

t.test('a read-only server beside one that writes', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const prefix = freshPrefix()
  const a = await startClusterServer({ endpoints: etcd.endpoints, prefix, id: 'a' })
  const reader = await startClusterServer({ endpoints: etcd.endpoints, prefix, id: 'r', config: { roster: { read_only: true } } })
  t.teardown(async () => { await Promise.all([a.stop(), reader.stop()]) })
  await until('both are known', () => a.roster.cluster!.servers.length === 2 && reader.roster.cluster!.servers.length === 2)
  await a.call('PUT', '/v1/kv/k', 'v')
  t.equal(await (await reader.call('GET', '/v1/kv/k?raw&consistent')).text(), 'v')
  const refused = await reader.call('PUT', '/v1/kv/k', 'w')
  t.equal(refused.status, 500)
  t.match(await refused.text(), `Write to ${a.url}`, 'law: who takes writes is named')
  t.equal(await (await a.call('GET', '/v1/kv/k?raw')).text(), 'v', 'law: nothing was written')
  await a.call('PUT', '/v1/lease', { ID: 'l', TTL: '1s', Node: 'h', Services: [{ Name: 'l', Port: 1, Address: '10.0.0.1' }] })
  await until('the one that writes keeps its time', async () => (await reader.get<Array<{ Status: string }>>('/v1/health/checks/l'))[0]?.Status === 'critical')
  t.ok(!reader.roster.cluster!.owns('lease', 'l'))
})
