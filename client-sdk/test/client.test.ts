// Laws of the whole: what an application needs and no more; every face over the same list; one object whose end leaves nothing behind.
import { createServer } from 'node:http'
import http from 'node:http'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import { fetch, request } from 'undici'
import { createClient } from '../src/index.js'
import { createTestRegistry } from '../src/testing/index.js'
import type { ClientOptions } from '../src/index.js'
import { until } from './support/conditions.js'
import { deadAddress, fakeServer, rawServer } from './support/fake-server.js'
import { registries } from './support/programs.js'
import { registryProcess } from './support/registry-process.js'

const client = (t: Test, options: ClientOptions) => {
  const roster = createClient({ cacheDir: false, onWarning: () => {}, ...options })
  t.teardown(() => roster.close())
  return roster
}
const serve = async (t: Test, body: string) => {
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return server
}

t.test('register, find, call: by fetch, by dispatchers, by an agent, by hand', async t => {
  const { url } = await registryProcess(t, registries[0]!.command!)
  const offers = client(t, { address: url })
  const me = await offers.register({ name: 'payments', server: await serve(t, 'one'), meta: { version: '1.4.0' }, signals: false })
  await offers.register({ name: 'payments', server: await serve(t, 'two'), meta: { version: '2.0.0' }, signals: false })
  const roster = client(t, { address: url })
  const payments = roster.service('payments')
  await payments.ready()
  await until('both are there', () => payments.snapshot().instances.length === 2)
  t.equal(roster.service('payments'), payments, 'the same name, the same object')

  const answers = new Set<string>()
  for (let i = 0; i < 20; i++) answers.add(await (await payments.fetch('/charges', { method: 'POST', body: 'x' })).text())
  t.same([...answers].sort(), ['one', 'two'])
  t.match(await (await fetch('http://payments.service.roster/', { dispatcher: roster.dispatcher() })).text(), /one|two/)
  t.match(await (await request('http://payments.service.consul/', { dispatcher: roster.dispatcher() })).body.text(), /one|two/)
  t.match(await (await request('http://whatever/', { dispatcher: payments.dispatcher() })).body.text(), /one|two/)
  const elsewhere = await serve(t, 'elsewhere')
  t.equal(await (await request(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`, { dispatcher: roster.dispatcher() })).body.text(), 'elsewhere')
  const old = await new Promise<string>((resolve, reject) => http.get('http://payments.service.roster/', { agent: roster.httpAgent() }, response => {
    let text = ''
    response.on('data', chunk => { text += chunk }).on('end', () => resolve(text))
  }).on('error', reject))
  t.match(old, /one|two/)
  {
    using it = payments.pick()
    t.match(it, { address: '127.0.0.1', instance: { service: 'payments' } })
    t.equal(payments.explain().instances.find(({ instance }) => instance.id === it.instance.id)?.pending, 1)
  }
  t.same(payments.explain().instances.map(({ pending }) => pending), [0, 0], 'using releases')

  const canary = roster.service('payments', { policy: { balance: { select: { version: '2.x' } } } })
  for (let i = 0; i < 5; i++) t.equal(await (await canary.fetch('/')).text(), 'two')
  await me.deregister()
  await until('one is left', () => payments.snapshot().instances.length === 1)
  t.equal(await (await payments.fetch('/')).text(), 'two')
})

t.test('what stands in the way of a client is said at once, by a typed error', async t => {
  t.throws(() => createClient({ address: 'ftp://x' }), { code: 'ROSTER_INVALID_OPTION' })
  t.throws(() => createClient({ source: 'paper' as 'dns' }), { code: 'ROSTER_INVALID_OPTION', message: /'registry' or 'dns'/ })
  t.throws(() => createClient({ emptyHoldMs: -1 }), { code: 'ROSTER_INVALID_OPTION' })
  t.throws(() => createClient({ policy: { version: 2 } as never }), { code: 'ROSTER_INVALID_POLICY' })
  t.throws(() => createClient({ policy: `${t.testdir()}/none.json` }), { code: 'ROSTER_INVALID_POLICY', message: /cannot be read/ })
  const roster = client(t, {})
  t.throws(() => roster.service(''), { code: 'ROSTER_INVALID_OPTION' })
  t.throws(() => roster.service('x', { policy: { retry: { attempts: 0 } } }), { code: 'ROSTER_INVALID_POLICY' })
})

t.test('a registry that answers garbage: typed errors that say so, and nothing else happens', async t => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const html = await fakeServer(t, () => ({ headers: { 'content-type': 'text/html' }, body: '<html>' }))
  const cut = await fakeServer(t, () => ({ headers: { 'content-type': 'application/json' }, body: '[{"Node":' }))
  const broken = await fakeServer(t, () => ({ status: 500, body: 'oops' }))
  const nothing = await fakeServer(t, () => ({ status: 404, body: 'no' }))
  const endless = await rawServer(t, socket => { socket.write('HTTP/1.1 200 OK\r\n'); const timer = setInterval(() => socket.write(`x: ${'y'.repeat(5000)}\r\n`), 1); socket.on('close', () => clearInterval(timer)) })
  for (const [what, address, code] of [
    ['HTML', html.address, 'ROSTER_DECODE'], ['cut JSON', cut.address, 'ROSTER_DECODE'], ['500', broken.address, 'ROSTER_UNEXPECTED_STATUS'],
    ['404', nothing.address, 'ROSTER_NOT_FOUND'], ['endless headers', endless, 'ROSTER_TOO_LARGE'],
  ] as const) {
    const roster = client(t, { address })
    await t.rejects(roster.register({ name: 'x', port: 1, signals: false, required: true, timeout: 50 }), { code }, what)
    await t.rejects(roster.service('x').ready({ timeout: 150 }), { code: 'ROSTER_NOT_READY' }, what)
    await t.rejects(roster.service('x').fetch('/', { signal: AbortSignal.timeout(300) }), what)
  }
  t.same(unhandled, [])
})

t.test('a registry that is away at the start: registered as soon as it is there, unless it is required', async t => {
  const { address } = await deadAddress()
  const warnings: string[] = []
  const roster = client(t, { address, onWarning: message => warnings.push(message) })
  const me = await roster.register({ name: 'x', port: 1, signals: false, timeout: 50 })
  t.equal(me.registered, false)
  t.match(warnings, [/"x" is not registered yet.*connection refused/])
  await t.rejects(roster.register({ name: 'y', port: 1, signals: false, timeout: 50, required: true }), { code: 'ROSTER_UNREACHABLE' })
  await me.deregister()
})

t.test('another policy file holds from the next call on; one that cannot be used changes nothing', async t => {
  const registry = createTestRegistry({ seed: 1 })
  const roster = registry.client()
  t.teardown(() => roster.close())
  registry.set('payments', [{ id: 'a', port: 4001 }, { id: 'b', port: 4002 }])
  const payments = roster.service('payments')
  const own = roster.service('payments', { policy: { timeoutMs: 5 } })
  roster.setPolicy({ version: 1, defaults: { retry: false }, services: { payments: { timeoutMs: 100, balance: { policy: 'random' } } } })
  t.match(payments.policy.policy, { timeoutMs: 100, retry: false })
  t.equal(payments.explain().policy, 'random')
  t.match(own.policy.policy, { timeoutMs: 5, retry: false }, 'what code says goes before')
  t.throws(() => roster.setPolicy({ version: 1, defaults: { retry: { attempts: 0 } } }), { code: 'ROSTER_INVALID_POLICY' })
  t.match(payments.policy.policy, { timeoutMs: 100 })
  roster.setPolicy(undefined)
  t.match(payments.policy.policy, { timeoutMs: false, retry: { attempts: 3 } })
})

t.test('a policy file is read again when it changes; one that cannot be used is refused with its place, and the last good one goes on', async t => {
  const registry = createTestRegistry({ seed: 1 })
  const file = join(t.testdir({ 'policy.json': '{ "version": 1, "defaults": { "timeoutMs": 100 } }' }), 'policy.json')
  const warnings: string[] = []
  const roster = registry.client({ policy: file, onWarning: message => warnings.push(message) })
  t.teardown(() => roster.close())
  const payments = roster.service('payments')
  t.match(payments.policy.policy, { timeoutMs: 100 })
  const look = (what: string, seen: () => boolean) => until(what, () => { registry.clock.advance(2000); return seen() })
  writeFileSync(file, '{ "version": 1, "defaults": { "timeoutMs": 200 }, "services": { "payments": { "balance": { "policy": "random" } } } }')
  await look('the new one holds', () => payments.policy.policy.timeoutMs === 200)
  t.equal(payments.explain().policy, 'random')
  writeFileSync(file, '{ "version": 1, "defaults": { "timeoutMs": -1 } }')
  await look('it is refused', () => warnings.length > 0)
  t.match(warnings, [/policy\.json.*defaults\.timeoutMs.*last good policy goes on/])
  t.match(payments.policy.policy, { timeoutMs: 200 })
  writeFileSync(file, '{ "version": 1 }')
  await look('a good one holds again', () => payments.policy.policy.timeoutMs === false)
})

t.test('a service that is released is followed no longer, and begins anew when it is asked for', async t => {
  const registry = createTestRegistry({ seed: 1 })
  const roster = registry.client()
  t.teardown(() => roster.close())
  registry.set('payments', [{ id: 'a', port: 4001 }])
  const before = roster.service('payments')
  await before.ready()
  await roster.release('payments')
  registry.set('payments', [])
  const after = roster.service('payments')
  await after.ready()
  t.not(after, before)
  t.equal(before.snapshot().instances.length, 1, 'the list stays as it was last')
  t.equal(after.snapshot().instances.length, 0)
  await roster.release('nobody')
})

t.test('after close the process ends by itself, whatever was begun', async t => {
  const { url } = await registryProcess(t, registries[0]!.command!)
  const script = `
    import { createClient } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
    import { createServer } from 'node:http'
    const server = createServer((q, r) => r.end('ok'))
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
    const roster = createClient({ address: ${JSON.stringify(url)}, cacheDir: ${JSON.stringify(t.testdir())} })
    const me = await roster.register({ name: 'me', server })
    const service = roster.service('me')
    await service.ready()
    while (service.snapshot().instances.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    void (async () => { for await (const list of service.watch()) void list })()
    await (await service.fetch('/')).text()
    await (await fetch('http://127.0.0.1:' + server.address().port)).text()
    const election = roster.election({ key: 'leader', lead: term => new Promise(resolve => term.signal.addEventListener('abort', resolve)) })
    roster.service('other').ready().catch(() => {})
    await election.stop()
    await me.deregister()
    await roster.close()
    server.close()
    server.closeAllConnections()
    console.log('closed')
  `
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } })
  t.teardown(() => child.kill('SIGKILL'))
  const [chunk] = await once(child.stdout, 'data') as [Buffer]
  t.equal(String(chunk).trim(), 'closed')
  const [code] = await once(child, 'exit') as [number]
  t.equal(code, 0)
})
