// Laws of /v1/catalog over real sockets: letter case of names, and what a registration refuses.
import t from 'tap'
import { startTestServer } from '../support/server.js'

t.test('a row has its node\'s name in the letter case of whoever last changed it; another case alone changes nothing', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const put = (path: string, body: object): Promise<Response> => s.call('PUT', path, body)
  const nodesOf = async (path: string): Promise<string[]> => (await s.get<Array<{ Node: string }>>(path)).map(row => row.Node)
  await put('/v1/catalog/register', { Node: 'case', Address: '10.0.0.1', Service: { ID: 'x1', Service: 'x' } })
  await put('/v1/catalog/register', { Node: 'CASE', Address: '10.0.0.1', Service: { ID: 'x1', Service: 'x' }, Check: { CheckID: 'c', ServiceID: 'x1' } })
  t.strictSame(await nodesOf('/v1/catalog/service/x'), ['case'])
  t.strictSame(await nodesOf('/v1/health/checks/x'), ['CASE'])
  await put('/v1/catalog/register', { Node: 'CASE', Address: '10.0.0.2' })
  t.strictSame((await nodesOf('/v1/catalog/nodes')).filter(name => /^case$/i.test(name)), ['CASE'])
  t.strictSame(await nodesOf('/v1/catalog/service/x'), ['case'])
})

t.test('a check names its service in the very letter case of its id, and nothing is written otherwise', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const put = (path: string, body: object): Promise<Response> => s.call('PUT', path, body)
  await put('/v1/catalog/register', { Node: 'n', Address: '10.0.0.1', Service: { ID: 'x1', Service: 'x' } })
  for (const body of [
    { Node: 'n', Address: '10.0.0.9', Check: { CheckID: 'c', ServiceID: 'X1' } },
    { Node: 'new', Address: '10.0.0.9', Service: { ID: 'X1', Service: 'x' }, Check: { CheckID: 'c', ServiceID: 'x1' } },
  ]) {
    const answer = await put('/v1/catalog/register', body)
    t.equal(answer.status, 500)
    t.equal(await answer.text(), `Unknown service ID '${body.Check.ServiceID}' for check ID 'c'`)
  }
  t.equal(await s.get('/v1/catalog/node/new'), null)
  t.match(await s.get('/v1/catalog/node/n'), { Node: { Address: '10.0.0.1' } })
})
