// The decisions of a local agent that need no server: where a request is answered, what an address means, when to try again, what a line is.
import t from 'tap'
import { lines } from '../../src/local-agent/lines.js'
import { retryMs } from '../../src/local-agent/retry.js'
import { serverUrls, ServerUrlError } from '../../src/local-agent/server-url.js'
import { whereOf } from '../../src/local-agent/where.js'
import { routes } from '../../src/http/routes.js'

t.test('where a request is answered', async t => {
  for (const [method, path, where, consistent = false] of [
    ['GET', '/v1/health/service/web', 'here'],
    ['GET', '/v1/health/service/web', 'server', true],
    ['GET', '/v1/kv/a', 'here'],
    ['PUT', '/v1/kv/a', 'server'],
    ['DELETE', '/v1/kv/a', 'server'],
    ['PUT', '/v1/agent/service/register', 'here'],
    ['GET', '/v1/agent/self', 'here', true],
    ['PUT', '/v1/agent/join/x', 'here'],
    ['PUT', '/v1/agent/force-leave/b', 'server'],
    ['POST', '/v1/discovery-chain/web', 'here'],
    ['POST', '/v1/query', 'server'],
    ['GET', '/v1/query/x/execute', 'here'],
    ['GET', '/v1/status/leader', 'server'],
    ['GET', '/v1/leases', 'server'],
    ['PUT', '/v1/lease/x/renew', 'server'],
    ['PUT', '/v1/session/renew/x', 'server'],
    ['GET', '/v1/local-agent/view', 'here'],
    ['PUT', '/v1/local-agent/report', 'here'],
  ] as const) t.equal(whereOf({ method, path, consistent }), where, `${method} ${path}`)
  const changing = routes.flatMap(({ path, methods }) => Object.keys(methods).map(method => [method, path] as const))
    .filter(([method, path]) => method !== 'GET' && !path.startsWith('/v1/agent/') && !path.startsWith('/v1/local-agent/') && !path.startsWith('/v1/discovery-chain/'))
  for (const [method, path] of changing) t.equal(whereOf({ method, path, consistent: false }), 'server', `law: no change is decided here: ${method} ${path}`)
})

t.test('addresses of servers', async t => {
  for (const [text, urls] of [
    ['s1', ['http://s1:8500/']],
    ['s1,s2:8501', ['http://s1:8500/', 'http://s2:8501/']],
    ['10.0.0.1:80', ['http://10.0.0.1/']],
    ['::1', ['http://[::1]:8500/']],
    ['[fe80::1]:9000', ['http://[fe80::1]:9000/']],
    ['https://s1', ['https://s1:8501/']],
    ['https://s1:443/', ['https://s1/']],
    [' ,, ', []],
  ] as const) t.strictSame(serverUrls([text]).map(url => url.href), urls, text)
  for (const text of ['a b', 'http://', 'ftp://x', 's1:0', 's1:70000', 's1/path', 'http://u:p@s1', 'provider=aws tag_key=x', '[::1', 'a:b:c', '?x']) t.throws(() => serverUrls([text]), ServerUrlError, text)
})

t.test('when to try again', async t => {
  const random = (): number => 0.5
  const waits = [1, 2, 3, 4, 5, 6, 20].map(failures => retryMs(failures, { intervalMs: 30_000, exact: false, joined: true, random }))
  t.strictSame(waits, [100, 200, 400, 800, 1600, 2000, 2000])
  t.equal(retryMs(9, { intervalMs: 500, exact: false, joined: false, random }), 500, 'never longer than the settings say')
  t.equal(retryMs(1, { intervalMs: 30_000, exact: true, joined: false, random }), 30_000, 'attempts that are counted come at the interval')
  t.equal(retryMs(1, { intervalMs: 30_000, exact: true, joined: true, random }), 100)
})

t.test('lines, however the bytes come', async t => {
  const read = async (...parts: string[]): Promise<string[]> => {
    const found: string[] = []
    for await (const line of lines((async function * () { for (const part of parts) yield Buffer.from(part) })())) found.push(line)
    return found
  }
  t.strictSame(await read('a\nb', 'c\n', '\nd'), ['a', 'bc', ''])
  t.strictSame(await read(), [])
  const text = '{"x":"ä"}\n'
  const bytes = Buffer.from(text)
  const split: string[] = []
  for await (const line of lines((async function * () { for (const byte of bytes) yield Buffer.of(byte) })())) split.push(line)
  t.strictSame(split, ['{"x":"ä"}'])
})
