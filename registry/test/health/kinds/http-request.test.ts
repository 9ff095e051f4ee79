// Laws of the request: head and body as Go's client writes them, byte by byte, for any definition; definitions of which no request can be made are refused
// in its words; on a redirect credentials stay with their host.
import t from 'tap'
import fc from 'fast-check'
import { checkDefinition, type CheckDefinition } from '../../../src/health/definition.js'
import { formatGoUrl, parseGoUrl } from '../../../src/health/kinds/http/go-url.js'
import { redirected } from '../../../src/health/kinds/http/redirect.js'
import { firstRequest, headOf, type CheckRequest } from '../../../src/health/kinds/http/request.js'
import { outcome, runCheck } from '../../support/check-run.js'
import { freePort, listenRaw } from '../../support/listen.js'

/** What arrives at a server, line by line; `PORT` stands for its port. */
async function sent (t: { teardown (fn: () => unknown): void }, path: string, fields: Partial<CheckDefinition>): Promise<string[]> {
  let heard = ''
  const port = await listenRaw(t, socket => socket.on('data', chunk => {
    heard += chunk.toString('latin1')
    socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')
  }))
  await runCheck({ http: path.replace('PORT', String(port)), ...fields })
  return heard.replaceAll(String(port), 'PORT').split('\r\n')
}

const web = 'http://127.0.0.1:PORT/x'
const agent = 'User-Agent: Consul Health Check'
const accept = 'Accept: text/plain, text/*, */*'
const gzip = 'Accept-Encoding: gzip'
const close = 'Connection: close'
const host = 'Host: 127.0.0.1:PORT'

for (const [name, path, fields, lines] of [
  ['plain', web, {}, ['GET /x HTTP/1.1', host, agent, accept, gzip, close, '', '']],
  ['a body', `${web}?a=b`, { method: 'POST', body: '{"x":1}', header: { 'Content-Type': ['application/json'], 'X-Two': ['a', 'b'], 'x-lower': ['c'] } }, ['POST /x?a=b HTTP/1.1', host, agent, 'Content-Length: 7', accept, 'Content-Type: application/json', 'X-Two: a', 'X-Two: b', 'x-lower: c', gzip, close, '', '{"x":1}']],
  ['own host, agent and accept', web, { header: { Host: ['other.example'], 'User-Agent': ['mine'], Accept: ['x/y'] } }, ['GET /x HTTP/1.1', 'Host: other.example', 'User-Agent: mine', 'Accept: x/y', gzip, close, '', '']],
  ['empty ones are none', web, { header: { 'user-agent': [''], accept: [] } }, ['GET /x HTTP/1.1', host, agent, accept, gzip, close, '', '']],
  ['PUT without a body', web, { method: 'PUT' }, ['PUT /x HTTP/1.1', host, agent, 'Content-Length: 0', accept, gzip, close, '', '']],
  ['a method of its own', web, { method: 'PURGE' }, ['PURGE /x HTTP/1.1', host, agent, accept, gzip, close, '', '']],
  ['GET with a body', web, { body: 'b' }, ['GET /x HTTP/1.1', host, agent, 'Content-Length: 1', accept, gzip, close, '', 'b']],
  ['a user in the URL', 'http://user:p%40w@127.0.0.1:PORT/x', {}, ['GET /x HTTP/1.1', host, agent, accept, `Authorization: Basic ${Buffer.from('user:p@w').toString('base64')}`, gzip, close, '', '']],
  ['own authorization goes first', 'http://user@127.0.0.1:PORT/x', { header: { authorization: ['Bearer t'] } }, ['GET /x HTTP/1.1', host, agent, accept, 'authorization: Bearer t', gzip, close, '', '']],
  ['own encoding', web, { header: { 'Accept-Encoding': ['br'] } }, ['GET /x HTTP/1.1', host, agent, accept, 'Accept-Encoding: br', close, '', '']],
  ['HEAD asks for no encoding', web, { method: 'HEAD' }, ['HEAD /x HTTP/1.1', host, agent, accept, close, '', '']],
  ['what the client owns is not overridden', web, { header: { 'content-length': ['7'], connection: ['keep-alive'], 'transfer-encoding': ['x'] } }, ['GET /x HTTP/1.1', host, agent, accept, gzip, close, '', '']],
  ['no path but a query', 'http://127.0.0.1:PORT?x=1', {}, ['GET /?x=1 HTTP/1.1', host, agent, accept, gzip, close, '', '']],
  ['dots, spaces, letters and a fragment', 'http://127.0.0.1:PORT/a/../b c/ä?q=ö#frag', {}, ['GET /a/../b%20c/%C3%A4?q=\xc3\xb6 HTTP/1.1', host, agent, accept, gzip, close, '', '']],
  ['a value with letters', web, { header: { a: ['ä'] } }, ['GET /x HTTP/1.1', host, agent, accept, 'a: \xc3\xa4', gzip, close, '', '']],
] as const) t.test(name, async t => t.strictSame(await sent(t, path, fields), lines))

t.test('definitions of which no request can be made', async t => {
  const free = await freePort()
  for (const [http, fields, text] of [
    ['not a url', {}, 'Get "not%20a%20url": unsupported protocol scheme ""'],
    ['ftp://127.0.0.1/', {}, 'Get "ftp://127.0.0.1/": unsupported protocol scheme "ftp"'],
    ['http:///x', {}, 'Get "http:///x": http: no Host in request URL'],
    ['127.0.0.1:80/x', {}, 'parse "127.0.0.1:80/x": first path segment in URL cannot contain colon'],
    ['localhost:80/x', {}, 'Get "localhost:80/x": unsupported protocol scheme "localhost"'],
    [':80', {}, 'parse ":80": missing protocol scheme'],
    ['http://h/%zz', {}, 'parse "http://h/%zz": invalid URL escape "%zz"'],
    ['http://h:abc/', {}, 'parse "http://h:abc/": invalid port ":abc" after host'],
    ['http://[::1/', {}, 'parse "http://[::1/": missing \']\' in host'],
    ['http://h/\n', {}, 'parse "http://h/\\n": net/url: invalid control character in URL'],
    ['http://127.0.0.1:99999/', {}, 'Get "http://127.0.0.1:99999/": dial tcp: address 99999: invalid port'],
    ['http://h/', { method: 'a b' }, 'net/http: invalid method "a b"'],
    ['http://h/', { header: { 'a b': ['c'] } }, 'Get "http://h/": net/http: invalid header field name "a b"'],
    ['http://h/', { header: { a: ['c\nd'] } }, 'Get "http://h/": net/http: invalid header field value for "a"'],
    [`http://user:secret@127.0.0.1:${free}/`, {}, `Get "http://user:***@127.0.0.1:${free}/": dial tcp 127.0.0.1:${free}: connect: connection refused`],
  ] as const) t.equal(await outcome({ http, ...fields }), `critical: ${text}`)
})

t.test('any text is either refused as a URL or read so that it can be written again', async () => {
  const piece = fc.constantFrom('http', 'https', ':', '/', '//', '@', '[', ']', '::1', 'h.example', '80', '?', '#', '%', '%41', '..', ' ', 'ä', '\n', 'a')
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece, { maxLength: 12 }).map(parts => parts.join('')), fc.webUrl({ withQueryParameters: true, withFragments: true })), text => {
    let url
    try {
      url = parseGoUrl(text)
    } catch (error) {
      return (error as Error).message.startsWith('parse ')
    }
    const again = parseGoUrl(formatGoUrl(url, 'shown'))
    return again.host === url.host && again.path === url.path && again.query === url.query && again.scheme === url.scheme
  }), { seed: 11, numRuns: 1000 })
})

t.test('no definition breaks a head into more lines than it has', async () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a\r\nb', '\n', 'x: y', 'ä', ''))
  fc.assert(fc.property(fc.record({ method: text, header: fc.dictionary(text, fc.array(text, { maxLength: 3 }), { maxKeys: 4 }), body: text }), fields => {
    let request: CheckRequest
    try {
      request = firstRequest(checkDefinition({ http: 'http://h.example/', ...fields }))
    } catch (error) {
      return /^net\/http: |^\S+ "http:\/\/h\.example\/": net\/http: invalid header field/.test((error as Error).message)
    }
    return headOf(request).every(([name, value]) => !/[\r\n]/.test(name + value) && name !== '') && !/[\s]/.test(request.method)
  }), { seed: 12, numRuns: 500 })
})

const from = (fields: Partial<CheckDefinition>): CheckRequest => firstRequest(checkDefinition({ http: 'http://u:p@h.example/a', ...fields }))
const names = (request: CheckRequest | undefined): string[] => request?.headers.map(([name]) => name) ?? []

t.test('what goes along with a redirect', async t => {
  const first = from({ method: 'POST', body: 'b', header: { Cookie: ['c'], 'Content-Type': ['t'], 'X-A': ['1'], Host: ['own.example'] } })
  const same = redirected(first, first, 302, '/b', 1)
  t.match(same, { method: 'GET', body: '', host: 'own.example' })
  t.strictSame(names(same), ['Accept', 'Authorization', 'Cookie', 'Referer', 'User-Agent', 'X-A'])
  t.match(redirected(first, first, 307, '/b', 1), { method: 'POST', body: 'b' })
  const other = redirected(first, first, 302, 'http://other.example/b', 1)
  t.strictSame(names(other), ['Accept', 'Referer', 'User-Agent', 'X-A'])
  t.equal(other?.host, '')
  t.equal(other?.headers.find(([name]) => name === 'Referer')?.[1], 'http://h.example/a', 'without the user')
  t.ok(names(redirected(first, first, 302, 'http://sub.h.example/b', 1)).includes('Authorization'), 'a host below is the same')
  t.notOk(names(redirected(first, first, 302, 'http://evilh.example/b', 1)).includes('Authorization'), 'a host that only ends alike is not')
  const secure = from({ http: 'https://h.example/a' })
  t.notOk(names(redirected(secure, secure, 302, 'http://h.example/b', 1)).includes('Referer'), 'from https to http')
  const head = from({ method: 'HEAD' })
  t.equal(redirected(head, head, 301, '/b', 1)?.method, 'HEAD')
  t.equal(redirected(first, first, 304, '/b', 1), undefined)
})
