// What an agent answers about itself, and how it is told to go.
import t from 'tap'
import { startTestServer } from '../support/server.js'

t.test('leave answers, then the server is asked to end', async t => {
  const on = await startTestServer()
  t.teardown(() => on.stop())
  t.equal((await on.call('PUT', '/v1/agent/leave')).status, 200)
  await on.left
})

t.test('self tells settings without secrets, counts what is registered, and how the guard does', async t => {
  const on = await startTestServer({ config: { acl: { tokens: { default: 'sesame' } }, http_config: { response_headers: { 'X-Secret-Key': 'sesame' } } } })
  t.teardown(() => on.stop())
  await on.call('PUT', '/v1/agent/service/register', { Name: 'web', Check: { TTL: '1m' } })
  const answer = await on.call('GET', '/v1/agent/self')
  const text = await answer.text()
  t.notMatch(text, /sesame/)
  const self = JSON.parse(text) as Record<string, Record<string, unknown>>
  t.match(self['Config'], { NodeName: 'test', Server: true })
  t.match(self['Stats'], { agent: { checks: '1', check_ttls: '1', services: '1' }, guard: { active: 'false', kept: '0', until: '', reason: '' } })
})

t.test('metrics in both forms', async t => {
  const on = await startTestServer({ config: { telemetry: { prometheus_retention_time: '60s' } } })
  t.teardown(() => on.stop())
  const json = await on.get<{ Gauges: Array<{ Name: string, Value: number }> }>('/v1/agent/metrics')
  t.equal(json.Gauges.find(g => g.Name.endsWith('.state.nodes'))?.Value, 1)
  const scrape = await on.call('GET', '/v1/agent/metrics?format=prometheus')
  t.match(scrape.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  t.match(await scrape.text(), /^roster_nodes 1$/m)
})
