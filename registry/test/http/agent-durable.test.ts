// Laws of a restart: what the API registered is there again, heartbeats count for one whole TTL, and what was only claimed does not.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer, until } from '../support/server.js'

interface Check { readonly Status: string, readonly Output: string }

t.test('services, checks, heartbeats and maintenance outlive the process', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'roster-agent-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await startTestServer({ dataDir, clock: fakeClock() })
  await first.call('PUT', '/v1/agent/service/register', {
    Name: 'web',
    Port: 80,
    Checks: [{ CheckID: 'beat', TTL: '30s' }, { CheckID: 'claimed', TTL: '30s', Status: 'passing' }, { CheckID: 'active', TCP: '127.0.0.1:1', Interval: '1h', Status: 'passing' }],
  })
  await first.call('PUT', '/v1/agent/check/pass/beat?note=fine')
  await first.call('PUT', '/v1/agent/maintenance?enable=true&reason=move')
  await first.stop()

  const clock = fakeClock()
  const second = await startTestServer({ dataDir, clock })
  t.teardown(() => second.stop())
  const checks = (): Promise<Record<string, Check>> => second.get('/v1/agent/checks')
  const inCatalog = (): string[] => second.roster.state.checks.onNode('test').map(({ value: c }) => `${c.checkId} ${c.status}`)
  const found = await checks()
  t.match(found['beat'], { Status: 'passing', Output: 'fine' })
  t.match(found['claimed'], { Status: 'critical', Output: '' }, 'a status that no heartbeat confirmed')
  t.match(found['active'], { Status: 'passing' }, 'what was found counts until it is looked at again')
  t.match(found['_node_maintenance'], { Status: 'critical', Notes: 'move' })
  t.match(await second.get('/v1/agent/service/web'), { Port: 80 })
  t.ok(inCatalog().includes('claimed passing'), 'the catalog hears of it with the first sync')
  await clock.advance(6_000)
  await until('the first sync', () => inCatalog().includes('claimed critical'))
  await clock.advance(23_000)
  t.match((await checks())['beat'], { Status: 'passing' }, 'one whole TTL from the start')
  await clock.advance(1_000)
  await until('the end of it', async () => (await checks())['beat']!.Status === 'critical')
  t.match((await checks())['beat'], { Output: 'TTL expired' })
})
