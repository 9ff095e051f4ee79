// Laws of watches from the files: handlers get the compatible payload, a failing handler does not end its watch, wrong ones keep the agent from starting,
// and a stopped agent leaves no handler behind.
import t from 'tap'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { readWatch } from '../../src/watch-handlers/read.js'
import { startTestServer, until } from '../support/server.js'
import { WatchHandlers } from '../../src/watch-handlers/watch-handlers.js'
import { silentLog } from '../../src/telemetry/log.js'
import type { AddressInfo } from 'node:net'

t.test('a script has the answer on its standard input and the index in CONSUL_INDEX, at first and for each change, even when it fails', async t => {
  const out = join(t.testdir(), 'out')
  const server = await startTestServer({ config: { watches: [{ type: 'key', key: 'foo', handler_type: 'script', args: ['/bin/sh', '-c', `(echo $CONSUL_INDEX; cat) >>${out}; echo said; exit 3`] }] } })
  t.teardown(() => server.stop())
  const read = (): string => existsSync(out) ? readFileSync(out, 'utf8') : ''
  await until('called with null', () => /^\d+\nnull\n$/.test(read()))
  await server.call('PUT', '/v1/kv/foo', '1')
  await until('called with the value', () => /\n(\d+)\n\{"Key":"foo","CreateIndex":\1,"ModifyIndex":\1,"LockIndex":0,"Flags":0,"Value":"MQ==","Session":""\}\n$/.test(read()))
  await until('both failures are logged', () => server.log.filter(line => /Failed to run watch handler: .*error="exit status 3"/.test(line)).length === 2)
  t.ok(server.log.some(line => /watch handler output: .*said/.test(line)))
})

t.test('an HTTP handler is posted the answer with X-Consul-Index and its own headers, and its failure is logged', async t => {
  const got: Array<{ readonly method?: string, readonly headers: Record<string, unknown>, readonly body: string }> = []
  const hook = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => { body += String(chunk) })
    request.on('end', () => {
      got.push({ method: request.method!, headers: request.headers, body })
      response.writeHead(got.length === 1 ? 500 : 200)
      response.end('oops')
    })
  })
  await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { hook.close() })
  const server = await startTestServer({ config: { watches: [{ type: 'services', handler_type: 'http', http_handler_config: { path: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/x`, method: 'PUT', header: { 'X-Foo': ['a', 'b'] } } }] } })
  t.teardown(() => server.stop())
  await until('posted', () => got.length === 1)
  t.match(got[0], { method: 'PUT', body: /"consul"/, headers: { 'content-type': 'application/json', 'x-consul-index': /^[1-9]/, 'x-foo': 'a, b' } })
  await until('logged', () => server.log.some(line => /http watch handler failed with output: .*status="500 Internal Server Error" output=oops/.test(line)))
  await server.call('PUT', '/v1/agent/service/register', { Name: 'web' })
  await until('posted again', () => got.length === 2)
  t.match(got[1]!.body, /"web":\[\]/)
})

t.test('what cannot be watched or handled keeps the agent from starting, in the known words', async t => {
  const key = { type: 'key', key: 'a' }
  const cases: Array<[object, RegExp]> = [
    [key, /^Must define a watch handler$/],
    [{ ...key, handler_type: 'x' }, /^Handler type 'x' not recognized$/],
    [{ ...key, args: ['x'], handler: 'y' }, /^Only one watch handler allowed$/],
    [{ ...key, args: 'x' }, /^Watch args must be a list of strings$/],
    [{ type: 'nope', args: ['x'] }, /^Failed to parse watch .*: Unsupported watch type: nope$/],
    [{ ...key, handler_type: 'http' }, /Handler type 'http' requires 'http_handler_config' to be set$/],
    [{ ...key, handler_type: 'http', http_handler_config: { path: 'http://x', timeout: 'zz' } }, /Failed to parse 'http_handler_config': Failed to parse timeout: /],
    [{ ...key, handler_type: 'http', http_handler_config: { path: 'ftp://x' } }, /no such address: ftp/],
    [{ ...key, bogus: 1, args: ['x'] }, /: Invalid parameters: \[bogus\]$/],
    [{ type: 'key', args: ['x'] }, /: Must specify a single key to watch$/],
    [{ ...key, prefix: 'b', args: ['x'] }, /: Invalid parameters: \[prefix\]$/],
    [{ args: ['x'] }, /: Watch type must be specified$/],
    [{ type: 'connect_roots', args: ['x'] }, /^Watch type connect_roots is not allowed in agent config$/],
  ]
  for (const [settings, message] of cases) t.throws(() => readWatch(settings as Record<string, unknown>), { message }, JSON.stringify(settings))
  await t.rejects(startTestServer({ config: { watches: [key] } }), { message: 'Must define a watch handler' })
})

t.test('a handler that hangs ends with the agent', async t => {
  const pidFile = join(t.testdir(), 'pid')
  const server = await startTestServer({ config: { watches: [{ type: 'nodes', args: ['/bin/sh', '-c', `echo $$ >${pidFile}.new; mv ${pidFile}.new ${pidFile}; sleep 600`] }] } })
  await until('it runs', () => existsSync(pidFile))
  const pid = Number(readFileSync(pidFile, 'utf8'))
  await server.stop()
  await until('it has ended', () => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  })
})

t.test('a handler is a line for the shell when it comes by its old name, and tags may be one or several', async t => {
  t.match(readWatch({ type: 'service', service: 'web', tag: 'a', passingonly: true, handler: 'echo a; echo b' }).handler, { shell: true, args: ['echo a; echo b'] })
  t.match(readWatch({ type: 'service', service: 'web', tag: ['a', 'b'], args: ['x'] }).handler, { shell: false })
})

t.test('new settings replace the old watches; settings that cannot be leave them alone', async t => {
  const dir = t.testdir()
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const handlers = new WatchHandlers({ address: () => server.httpAddresses[0], env: process.env, log: silentLog })
  t.teardown(() => handlers.stop())
  const into = (name: string): object => ({ type: 'key', key: 'k', args: ['/bin/sh', '-c', `cat >>${join(dir, name)}`] })
  const said = (name: string): string => existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : ''
  await (await handlers.prepare([into('old') as Record<string, unknown>]))()
  await until('the old one is called', () => said('old') !== '')
  await t.rejects(handlers.prepare([{ type: 'key', key: 'k' }]), { message: 'Must define a watch handler' })
  await server.call('PUT', '/v1/kv/k', '1')
  await until('and still is', () => said('old').includes('"MQ=="'))
  await (await handlers.prepare([into('new') as Record<string, unknown>]))()
  await until('the new one is called', () => said('new') !== '')
  const before = said('old')
  await server.call('PUT', '/v1/kv/k', '2')
  await until('and hears of changes', () => said('new').includes('"Mg=="'))
  t.equal(said('old'), before)
})
