// Laws of blocking queries: what wakes a reader and what does not.
import t from 'tap'
import { instance, startTestServer, until } from '../support/server.js'

t.test('blocking queries', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const put = async (body: object): Promise<void> => { t.equal((await server.call('PUT', '/v1/catalog/register', body)).status, 200) }
  const index = async (path: string): Promise<number> => Number((await server.call('GET', path)).headers.get('x-consul-index'))
  const held = (n: number): Promise<void> => until(`${n} readers held`, () => server.roster.stats.blockingReaders === n)
  await put(instance('n1', 'web'))
  await put(instance('n1', 'db'))

  t.test('a watcher of web never wakes for db, nor for an identical registration, and wakes for its own change', async t => {
    const path = '/v1/health/service/web'
    let done = false
    const reading = server.call('GET', `${path}?index=${await index(path)}&wait=60s`).then(r => { done = true; return r })
    await held(1)
    await put(instance('n1', 'db', 'critical'))
    await put(instance('n1', 'web'))
    await put({ Node: 'n2', Address: '10.0.0.2' })
    t.equal(done, false)
    t.equal(server.roster.stats.blockingReaders, 1)
    await put(instance('n1', 'web', 'warning'))
    const answer = await reading
    t.equal((await answer.json() as Array<{ Checks: Array<{ Status: string }> }>)[0]!.Checks[0]!.Status, 'warning')
    t.equal(server.roster.stats.blockingReaders, 0)
  })

  t.test('one node and one list of checks have their own topics', async t => {
    const woken: string[] = []
    for (const path of ['/v1/catalog/node/n1', '/v1/health/checks/web', '/v1/health/node/n1', '/v1/health/state/critical']) {
      void server.call('GET', `${path}?index=${await index(path)}&wait=60s`).then(() => woken.push(path))
    }
    await held(4)
    await put({ Node: 'n3', Address: '10.0.0.3', Service: { Service: 'api' }, Check: { Name: 'c', Status: 'passing', ServiceID: 'api' } })
    await put({ Node: 'n3', Address: '10.0.0.3', Service: { Service: 'api', Tags: ['new'] } })
    t.strictSame(woken, [], 'a change of another node wakes none of them')
    await put({ Node: 'n1', Address: '10.0.0.1', Check: { Name: 'node', Status: 'critical' } })
    await until('those wake that see the check', () => woken.length === 2)
    t.strictSame(woken.sort(), ['/v1/health/node/n1', '/v1/health/state/critical'])
    await put({ Node: 'n1', Address: '10.0.0.9' })
    await until('the node wakes', () => woken.length === 3)
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n1', ServiceID: 'web-n1' })
    await until('all woke', () => woken.length === 4)
  })

  t.test('the last instance goes: the reader gets an empty list, not an error', async t => {
    await put(instance('n9', 'solo'))
    const path = '/v1/health/service/solo'
    const reading = server.call('GET', `${path}?index=${await index(path)}&wait=60s`)
    await held(1)
    await server.call('PUT', '/v1/catalog/deregister', { Node: 'n9' })
    const answer = await reading
    t.equal(answer.status, 200)
    t.strictSame(await answer.json(), [])
  })

  t.test('an index above the newest belongs to another history and is answered at once', async t => {
    const answer = await server.call('GET', '/v1/health/service/web?index=99999999&wait=60s')
    t.equal(answer.status, 200)
    t.ok(Number(answer.headers.get('x-consul-index')) < 99999999)
  })

  t.test('when the wait is over the answer is 200 with the same index', async t => {
    const path = '/v1/catalog/nodes'
    const at = await index(path)
    const answer = await server.call('GET', `${path}?index=${at}&wait=10ms`)
    t.equal(answer.status, 200)
    t.equal(Number(answer.headers.get('x-consul-index')), at)
  })

  t.test('readers that go away are forgotten; a stopping server lets readers go', async t => {
    const abort = new AbortController()
    const path = '/v1/catalog/nodes'
    const reading = fetch(`${server.url}${path}?index=${await index(path)}&wait=60s`, { signal: abort.signal }).catch(() => 'aborted')
    await held(1)
    abort.abort()
    t.equal(await reading, 'aborted')
    await held(0)
    t.equal(server.roster.state.topics.waiting, 0)
  })
})

t.test('more blocking readers than the limit are refused with 429, the others stay', async t => {
  const server = await startTestServer({ config: { roster: { limits: { max_blocking_readers: 2 } } } })
  t.teardown(() => server.stop())
  const path = '/v1/catalog/nodes'
  const at = (await server.call('GET', path)).headers.get('x-consul-index')
  const readings = [1, 2].map(() => server.call('GET', `${path}?index=${at}&wait=60s`))
  await until('two are held', () => server.roster.stats.blockingReaders === 2)
  const refused = await server.call('GET', `${path}?index=${at}&wait=60s`)
  t.equal(refused.status, 429)
  t.equal(refused.headers.get('retry-after'), '1')
  t.equal((await server.call('GET', path)).status, 200, 'plain reads go on')
  await server.call('PUT', '/v1/catalog/register', { Node: 'x', Address: '10.0.0.1' })
  for (const reading of readings) t.equal((await reading).status, 200)
})

t.test('who waits for an absent service sleeps through the coming of others, and is told the index of the end of the wait', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const path = '/v1/catalog/service/absent'
  const index = async (): Promise<number> => Number((await server.call('GET', path)).headers.get('x-consul-index'))
  const at = await index()
  const reading = server.call('GET', `${path}?index=${at}&wait=500ms`)
  await until('the reader is held', () => server.roster.stats.blockingReaders === 1)
  await server.call('PUT', '/v1/catalog/register', instance('n1', 'beside'))
  t.equal(server.roster.stats.blockingReaders, 1)
  const told = Number((await reading).headers.get('x-consul-index'))
  t.ok(told > at)
  t.equal(told, await index())
})
