// Explain tells the truth: whom it calls kept are those that the same question to health is answered with, in the same order, and everybody else has a reason.
import t from 'tap'
import fc from 'fast-check'
import { startTestServer, type TestServer } from '../support/server.js'

interface Candidate { readonly Node: string, readonly ServiceID: string, readonly Address: string, readonly Port: number, readonly Status: string, readonly Weight: number, readonly Kept: boolean, readonly Reason: string }
interface Explained { readonly Service: string, readonly Index: number, readonly Steps: ReadonlyArray<{ readonly Step: string, readonly Kept: number, readonly Dropped: number, readonly Note: string }>, readonly Candidates: readonly Candidate[] }
interface Entry { readonly Node: { readonly Node: string }, readonly Service: { readonly ID: string } }

const explained = (server: TestServer, path: string): Promise<Explained> => server.get<Explained>(`/v1/explain/${path}`)

async function catalog (): Promise<TestServer> {
  const server = await startTestServer()
  const put = async (body: object): Promise<void> => { await server.call('PUT', '/v1/catalog/register', body) }
  for (const [i, status] of ['passing', 'critical', 'warning', 'passing', 'critical', 'passing'].entries()) {
    await put({
      Node: `n${i % 4}`,
      Address: `10.0.0.${i % 4}`,
      NodeMeta: { rack: `r${i % 2}` },
      Service: { ID: `web-${i}`, Service: 'web', Port: 80 + i, Tags: i % 3 === 0 ? ['blue', 'v2'] : ['green'], Meta: { v: String(i % 3) }, Weights: { Passing: 10, Warning: 2 } },
      Check: { CheckID: `c-${i}`, Name: 'c', ServiceID: `web-${i}`, Status: status, Output: `said ${i}\nmore` },
    })
  }
  return server
}

t.test('whom explain keeps are whom health answers with, in the same order', async t => {
  const server = await catalog()
  t.teardown(() => server.stop())
  const param = fc.constantFrom('passing', 'passing=false', 'tag=blue', 'tag=GREEN', 'tag=none', 'node-meta=rack:r0', 'node-meta=rack:r9', 'near=n2', 'filter=Service.Meta.v%3D%3D%221%22', 'filter=Checks.Status+!%3D+critical')
  await fc.assert(fc.asyncProperty(fc.uniqueArray(param, { maxLength: 4, selector: text => text.split('=')[0] }), async params => {
    const query = params.length === 0 ? '' : `?${params.join('&')}`
    const [why, health] = await Promise.all([explained(server, `web${query}`), server.get<readonly Entry[]>(`/v1/health/service/web${query}`)])
    t.strictSame(why.Candidates.filter(c => c.Kept).map(c => [c.Node, c.ServiceID]), health.map(e => [e.Node.Node, e.Service.ID]), query)
    t.equal(why.Candidates.length, 6, 'everybody is told of')
    t.ok(why.Candidates.every(c => c.Reason !== ''), 'everybody has a reason')
    t.equal(why.Steps.reduce((left, step) => left - step.Dropped, 6), health.length, 'what the steps drop adds up')
  }), { seed: 20, numRuns: 40 })
})

t.test('each step says whom it leaves out, and why', async t => {
  const server = await catalog()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/catalog/register', { Node: 'n3', Address: '10.0.0.3', SkipNodeUpdate: true, Check: { CheckID: 'disk', Name: 'disk', Status: 'critical', Output: 'full' } })
  const why = await explained(server, 'web?passing&tag=blue&filter=Service.ID%3D%3D%22web-0%22')
  t.strictSame(why.Steps.map(({ Step, Kept, Dropped }) => [Step, Kept, Dropped]), [['candidates', 6, 0], ['tag', 2, 4], ['passing', 1, 1], ['filter', 1, 0]])
  const reasons = Object.fromEntries(why.Candidates.map(c => [c.ServiceID, c.Reason]))
  t.equal(reasons['web-0'], 'its check passes')
  t.equal(reasons['web-1'], 'has only the tags green')
  t.equal(reasons['web-3'], 'node check "disk" is critical: full')
  t.equal(why.Service, 'web')
})

t.test('weights are those that the health gives', async t => {
  const server = await catalog()
  t.teardown(() => server.stop())
  const weights = Object.fromEntries((await explained(server, 'web')).Candidates.map(c => [c.ServiceID, [c.Status, c.Weight, c.Address, c.Port]]))
  t.strictSame(weights['web-0'], ['passing', 10, '10.0.0.0', 80])
  t.strictSame(weights['web-1'], ['critical', 0, '10.0.0.1', 81])
  t.strictSame(weights['web-2'], ['warning', 2, '10.0.0.2', 82])
})

t.test('a maintenance is called one, with its reason', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/agent/service/register', { Name: 'web' })
  await server.call('PUT', '/v1/agent/service/maintenance/web?enable=true&reason=new+disk')
  t.equal((await explained(server, 'web?passing')).Candidates[0]?.Reason, 'it is under maintenance: new disk')
  await server.call('PUT', '/v1/agent/service/maintenance/web?enable=false')
  await server.call('PUT', '/v1/agent/maintenance?enable=true&reason=moving')
  t.equal((await explained(server, 'web?passing')).Candidates[0]?.Reason, 'its node is under maintenance: moving')
  t.match((await explained(server, 'web')).Candidates[0]?.Reason, /^kept whatever its health/)
})

t.test('a name that nobody has, and questions that health refuses', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const none = await explained(server, '__proto__')
  t.strictSame(none.Candidates, [])
  t.equal(none.Steps[0]?.Note, 'nobody is registered as "__proto__"')
  for (const [path, status] of [['', 400], ['web?passing=maybe', 400], ['web?filter=((', 500], ['web?dc=elsewhere', 500], ['web?partition=x', 400], ['web?index=x', 400], ['web?stale&consistent', 400]] as const) {
    t.equal((await server.call('GET', `/v1/explain/${path}`)).status, status, path)
  }
  t.equal((await server.call('PUT', '/v1/explain/web')).status, 405)
})

t.test('it can be waited for like any reading', async t => {
  const server = await catalog()
  t.teardown(() => server.stop())
  const before = await explained(server, 'web')
  const waiting = explained(server, `web?index=${before.Index}&wait=10s`)
  await server.call('PUT', '/v1/catalog/deregister', { Node: 'n0', ServiceID: 'web-0' })
  t.notOk((await waiting).Candidates.some(c => c.ServiceID === 'web-0'))
})
