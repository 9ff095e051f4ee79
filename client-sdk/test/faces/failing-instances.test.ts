// Laws of calls while instances fail, with the default policy and real servers: what can be done elsewhere is done elsewhere, what may have been done is not done twice.
import t from 'tap'
import type { TestInstance } from '../support/service.js'
import { deferred, instance, testInstance, testService } from '../support/service.js'
import { deadAddress } from '../support/fake-server.js'

const good = (t: Parameters<typeof testInstance>[0], id: string) => testInstance(t, id, (request, response) => { request.resume().on('end', () => response.end(`from ${id}`)) })

t.test('an instance that answers 503 at once: no idempotent call fails, and its share falls', async t => {
  const bad = await testInstance(t, 'bad', (_request, response) => { response.statusCode = 503; response.end('no') })
  const instances = [bad, ...await Promise.all(['a', 'b', 'c', 'd'].map(id => good(t, id)))]
  const { fetch } = testService(t, instances)
  for (let i = 0; i < 300; i++) {
    const response = await fetch('/charges')
    t.equal(response.status, 200)
    await response.text()
  }
  t.ok(bad.seen < 15, `the bad one saw ${bad.seen} of 300`)
})

t.test('nobody listens although the registry says it is well: every call succeeds, a POST with a streamed body too', async t => {
  const { port } = await deadAddress()
  const { fetch } = testService(t, [await good(t, 'a'), instance('dead', port)])
  for (let i = 0; i < 40; i++) {
    const body = async function * () { yield Buffer.from('pay '); yield Buffer.from(String(i)) }
    const response = await fetch('/charges', i % 2 === 0 ? {} : { method: 'POST', body: body(), duplex: 'half' })
    t.equal(await response.text(), 'from a')
  }
})

t.test('killed before it sent a response head: a GET is answered by another, a POST is not sent twice', async t => {
  const victims: TestInstance[] = []
  for (const id of ['a', 'b']) {
    victims.push(await testInstance(t, id, (request, response) => {
      if (request.url === '/die') { request.socket.resetAndDestroy(); return }
      response.end('fine')
    }))
  }
  const [first, second] = victims as [TestInstance, TestInstance]
  const survivor = await good(t, 'c')
  const { fetch } = testService(t, [first, second, survivor])
  for (let i = 0; i < 20; i++) t.equal((await fetch('/die')).status, 200)
  const seen = () => first.seen + second.seen + survivor.seen
  // A service of its own, so that nobody is put aside yet.
  const other = testService(t, [first, second])
  const before = seen()
  await t.rejects(other.fetch('/die', { method: 'POST', body: 'pay' }), { name: 'TypeError', message: 'fetch failed' })
  t.equal(seen() - before, 1, 'an instance may have done it')
})

t.test('killed within a body: an error for the caller, never a short success, and nobody is asked again', async t => {
  const cut = await testInstance(t, 'cut', (request, response) => {
    if (request.url === '/length') response.setHeader('content-length', 1000)
    response.write('only this', () => { setImmediate(() => request.socket.resetAndDestroy()) })
  })
  const { fetch, dispatcher } = testService(t, [cut, await good(t, 'a')], { balance: { policy: 'round_robin' } })
  let cuts = 0
  for (let i = 0; i < 8; i++) {
    const response = await fetch(i < 4 ? '/chunked' : '/length').catch((error: Error) => error)
    const text = response instanceof Error ? response : await response.text().catch((error: Error) => error)
    if (text instanceof Error) cuts++
    else t.equal(text, 'from a')
  }
  t.equal(cuts, cut.seen)
  t.ok(cuts > 0)
  t.equal(dispatcher.active, 0, 'nothing stays counted as under way')
})

t.test('accepts and never answers: another one takes over, and its times do not spoil the call', async t => {
  const silent = await testInstance(t, 'silent', () => {})
  const a = await good(t, 'a')
  const { fetch } = testService(t, [silent, a], { attemptTimeout: { minMs: 50, maxMs: 50 } })
  const responses = await Promise.all(Array.from({ length: 10 }, async () => (await fetch('/')).text()))
  t.same(responses, Array(10).fill('from a'))
  t.ok(silent.seen > 0)
})

t.test('where nobody could take over, patience: the only instance is not given up', async t => {
  const asked = deferred()
  const go = deferred()
  const slow = await testInstance(t, 'slow', (_request, response) => { asked.resolve(); void go.promise.then(() => response.end('late')) })
  const { fetch } = testService(t, [slow], { attemptTimeout: { minMs: 1, maxMs: 1 } })
  const call = fetch('/')
  await asked.promise
  await new Promise(resolve => setTimeout(resolve, 30))
  go.resolve()
  t.equal(await (await call).text(), 'late')
  t.equal(slow.seen, 1)
})

t.test('all overloaded: at most 1.3 requests a call', async t => {
  const instances = await Promise.all(['a', 'b', 'c', 'd'].map(id => testInstance(t, id, (_request, response) => { response.statusCode = 503; response.end() })))
  const { fetch } = testService(t, instances)
  const calls = 400
  for (let i = 0; i < calls / 20; i++) await Promise.all(Array.from({ length: 20 }, async () => { await (await fetch('/')).text() }))
  const sent = instances.reduce((sum, { seen }) => sum + seen, 0)
  t.ok(sent <= 1.3 * calls, `${sent} requests for ${calls} calls`)
})

t.test('a service without instances: an error that says so', async t => {
  const { fetch, dispatcher } = testService(t, [])
  await t.rejects(fetch('/'), { code: 'ROSTER_NO_INSTANCES', message: /"payments".*the registry has none/ })
  await t.rejects(dispatcher.request({ path: '/', method: 'GET' }), { code: 'ROSTER_NO_INSTANCES' })
})

t.test('a call that comes before the list waits for it', async t => {
  const a = await good(t, 'a')
  const { fetch, source } = testService(t, undefined)
  const call = fetch('/')
  source.set([instance('a', a.port)])
  t.equal(await (await call).text(), 'from a')
})

t.test('past the deadline: a typed error, whatever the instance does', async t => {
  const silent = await testInstance(t, 'silent', () => {})
  const { fetch } = testService(t, [silent], { timeoutMs: 30 })
  await t.rejects(fetch('/'), { code: 'ROSTER_TIMEOUT', timeoutMs: 30 })
})
