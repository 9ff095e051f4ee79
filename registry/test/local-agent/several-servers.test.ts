// Law: a local agent that knows several servers over one etcd moves on when its server dies: its view never goes back, its node stays passing, and what it has registered stays.
import t from 'tap'
import { noEtcd, startEtcd } from '../support/etcd.js'
import { freshPrefix, startClusterServer } from '../support/cluster.js'
import { startTestServer, until } from '../support/server.js'

t.test('an agent and two servers', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const prefix = freshPrefix()
  const startServer = (id: string) => startClusterServer({ endpoints: etcd.endpoints, prefix, id })
  const first = await startServer('s1')
  t.teardown(() => first.stop())
  const second = await startServer('s2')
  t.teardown(() => second.stop())
  const agent = await startTestServer({ config: { server: false, node_name: 'a', retry_join: [first.url, second.url], roster: { local_agent: { lease_ttl: '2s' } } } })
  t.teardown(() => agent.stop())
  await until('the agent follows', () => agent.roster.localAgent!.attached && agent.roster.state.nodes.get('a') !== undefined)
  t.equal((await agent.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80, Check: { TTL: '1h', Status: 'passing' } })).status, 200)
  for (const at of [agent, first, second]) await until('everybody sees it', async () => (await at.get<unknown[]>('/v1/health/service/web?passing')).length === 1)
  const index = Number((await agent.call('GET', '/v1/health/service/web')).headers.get('x-consul-index'))

  const statuses = new Set<string>()
  second.roster.state.afterEvent(() => { for (const { value } of second.roster.state.checks.nodeWide('a')) statuses.add(value.status) })
  await first.stop()
  await until('it follows the other', () => agent.roster.localAgent!.attached && agent.roster.freshness.ageMs() === 0 && agent.log.some(line => line.includes('Following') && line.includes(String(second.port))))
  t.equal((await agent.call('PUT', '/v1/kv/after', 'x')).status, 200)
  t.equal(await (await agent.call('GET', '/v1/kv/after?raw')).text(), 'x')
  const after = await agent.call('GET', '/v1/health/service/web?passing')
  t.equal((await after.json() as unknown[]).length, 1)
  t.ok(Number(after.headers.get('x-consul-index')) >= index, 'no index goes back')
  await agent.call('PUT', '/v1/agent/service/register', { Name: 'later', Port: 81 })
  t.equal((await second.get<unknown[]>('/v1/health/service/later')).length, 1)
  t.notOk(statuses.has('critical'), 'nobody is marked critical because a server died')
  t.equal(second.roster.feed.stats.partial, 1, 'only what was new was sent')
})
