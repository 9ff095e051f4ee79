// What is kept time of has an owner among the live servers. A renewal counts at whichever server it arrives; a server that dies takes nobody with it.
import t from 'tap'
import { freshPrefix, startClusterServer } from '../support/cluster.js'
import { noEtcd, startEtcd } from '../support/etcd.js'
import { until } from '../support/server.js'
import type { TestServer } from '../support/server.js'

const lease = (id: string, ttl: string) => ({ ID: id, TTL: ttl, DeregisterAfter: '60s', Node: 'host', Services: [{ Name: id, ID: id, Port: 80, Address: '10.0.0.1' }] })

t.test('two servers over one etcd', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const prefix = freshPrefix()
  const start = (id: string): Promise<TestServer> => startClusterServer({ endpoints: etcd.endpoints, prefix, id })
  const [a, b] = await Promise.all([start('a'), start('b')]) as [TestServer, TestServer]
  let bStopped = false
  t.teardown(async () => { await Promise.all([a.stop(), bStopped ? undefined : b.stop()]) })
  const know = (server: TestServer, count: number) => until(`${count} servers are known`, () => server.roster.cluster!.servers.length === count)
  await Promise.all([know(a, 2), know(b, 2)])
  const ownedBy = (owner: TestServer, of: 'lease' | 'session' | 'check', name: string): string => {
    for (let i = 0; ; i++) if (owner.roster.cluster!.owns(of, `${name}-${i}`)) return `${name}-${i}`
  }
  const status = async (server: TestServer, service: string): Promise<string | undefined> => (await server.get<Array<{ Status: string }>>(`/v1/health/checks/${service}`))[0]?.Status

  t.test('renewals at a server that does not own the lease keep it alive, without a write', async t => {
    const id = ownedBy(b, 'lease', 'kept')
    await a.call('PUT', '/v1/lease', lease(id, '1s'))
    const revision = (): number => a.roster.state.revision
    await until('it is folded', async () => await status(b, id) === 'passing')
    const before = revision()
    const end = performance.now() + 1700
    while (performance.now() < end) {
      t.equal((await a.call('PUT', `/v1/lease/${id}/renew`)).status, 200)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
    t.equal(await status(a, id), 'passing', 'law: a renewal counts wherever it arrives')
    t.equal(revision(), before, 'law: renewals are not written')
    await until('silence makes it critical', async () => await status(a, id) === 'critical')
    t.equal(await status(b, id), 'critical')
    await a.call('DELETE', `/v1/lease/${id}`)
  })

  t.test('who knows no secret is not heard', async t => {
    const answer = await a.call('PUT', '/v1/cluster/signs', { signs: [['lease', 'x']] }, { 'x-roster-secret': 'guess' })
    t.equal(answer.status, 403)
    t.equal((await a.call('PUT', '/v1/cluster/signs', { signs: [['lease', 'x']] })).status, 403)
  })

  t.test('sessions and TTL checks are renewed at either server', async t => {
    const service = ownedBy(b, 'check', 'service:ttl').replace('service:', '')
    await a.call('PUT', '/v1/agent/service/register', { Name: service, Port: 1, Check: { TTL: '1s', Status: 'passing' } })
    const { ID } = await (await a.call('PUT', '/v1/session/create', { TTL: '10s', Name: 's' })).json() as { ID: string }
    await until('folded', () => b.roster.state.agent.checks.has(`service:${service}`) && b.roster.state.sessions.get(ID) !== undefined)
    const end = performance.now() + 1500
    while (performance.now() < end) {
      await a.call('PUT', `/v1/agent/check/pass/service:${service}`)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
    t.equal(await status(b, service), 'passing', 'law: a heartbeat counts wherever it arrives')
    t.equal((await b.call('PUT', `/v1/session/renew/${ID}`)).status, 200)
    await until('silence makes it critical', async () => await status(a, service) === 'critical')
  })

  t.test('members, peers and servers tell of both, and of etcd', async t => {
    t.same((await a.get<Array<{ Name: string }>>('/v1/agent/members')).map(m => m.Name), ['a', 'b'])
    t.same(await a.get('/v1/status/peers'), await b.get('/v1/status/peers'), 'law: either server says the same')
    t.equal(await a.get('/v1/status/leader'), await b.get('/v1/status/leader'))
    const { Servers } = await a.get<{ Servers: Array<{ Node: string, Voter: boolean, Leader: boolean }> }>('/v1/operator/raft/configuration')
    t.same(Servers.map(s => [s.Node, s.Voter, s.Leader]), [['etcd-m0', true, true], ['a', false, false], ['b', false, false]])
    t.match(await a.get('/v1/operator/autopilot/health'), { Healthy: true, FailureTolerance: 0 })
  })

  t.test('a server that goes takes nobody with it: its work is taken over with a whole TTL', async t => {
    const id = ownedBy(b, 'lease', 'orphan')
    await a.call('PUT', '/v1/lease', lease(id, '2s'))
    let beating = true
    const beat = (async () => {
      while (beating) {
        await a.call('PUT', `/v1/lease/${id}/renew`)
        await new Promise(resolve => setTimeout(resolve, 300))
      }
    })()
    await b.stop()
    bStopped = true
    await know(a, 1)
    t.ok(a.roster.cluster!.owns('lease', id), 'law: somebody lives who owns it')
    await new Promise(resolve => setTimeout(resolve, 1000))
    t.equal(await status(a, id), 'passing', 'law: nobody turns critical because a server went')
    beating = false
    await beat
    await until('now it is kept time of here', async () => await status(a, id) === 'critical')
    t.match(await a.get('/v1/health/node/roster'), [{ CheckID: 'serfHealth', Status: 'passing' }], 'law: the shared node lives while any server does')
  })
})
