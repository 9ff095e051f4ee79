// Laws of kept answers: a repeated read is answered from bytes, and never with anything that has changed since.
import t from 'tap'
import { instance, startTestServer } from '../support/server.js'

t.test('kept answers', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const put = (body: object): Promise<Response> => server.call('PUT', '/v1/catalog/register', body)
  await put(instance('n1', 'web'))
  const path = '/v1/health/service/web?passing'
  const hot = (): number => server.roster.stats.hot
  const first = await server.call('GET', path)
  const before = hot()
  const second = await server.call('GET', path)
  t.equal(hot(), before + 1, 'the second answer is the bytes of the first')
  t.equal(await second.text(), await first.text())
  const plain = (r: Response): Record<string, string> => Object.fromEntries([...r.headers].filter(([name]) => name !== 'date'))
  t.strictSame(plain(second), plain(first), 'headers included')

  t.test('any change that the answer shows is seen by the next read', async t => {
    const seen = async (): Promise<string> => await (await server.call('GET', path)).text()
    for (const [what, change] of [
      ['another instance', instance('n2', 'web')],
      ['an address of the node', { Node: 'n1', Address: '10.9.9.9' }],
      ['a check of the instance', { Node: 'n1', Address: '10.9.9.9', Check: { CheckID: 'c-web-n1', Name: 'c', ServiceID: 'web-n1', Status: 'critical' } }],
      ['a check of the node', { Node: 'n2', Address: '10.0.0.1', Check: { Name: 'node', Status: 'critical' } }],
    ] as const) {
      const old = await seen()
      t.equal(await seen(), old)
      await put(change)
      t.not(await seen(), old, what)
    }
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n1' })
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n2' })
    t.equal((await seen()).trim(), '[]')
  })

  t.test('what makes it another question is not answered from the same bytes', async t => {
    await put(instance('n3', 'web'))
    const plainPath = '/v1/health/service/web'
    await server.call('GET', plainPath)
    await server.call('GET', plainPath)
    t.equal((await server.call('GET', plainPath, undefined, { 'cache-control': 'max-age=x' })).status, 400)
    t.equal((await server.call('GET', plainPath, undefined, { 'x-consul-namespace': 'a' })).status, 400)
    t.equal((await server.call('POST', plainPath)).status, 405)
    t.equal((await server.call('GET', plainPath + '?dc=elsewhere')).status, 500)
  })
})
