// Laws of HTTP checks: what a status means, what the output says, which failures read how; redirects, limits of time and size, and addresses that are never
// reached. What exactly is sent is http-request.test.ts.
import t from 'tap'
import { copyFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { AddressPolicy } from '../../../src/health/net/address-policy.js'
import { Resolver } from '../../../src/health/net/resolver.js'
import { CheckTls, type TlsMaterial } from '../../../src/health/net/tls.js'
import { outcome, runCheck, tlsFile, tlsPath } from '../../support/check-run.js'
import { freePort, listen, listenHttp, listenRaw } from '../../support/listen.js'

/** /status/NNN · /to/CODE/LOCATION · /loop/N · /gzip · /big · /endless · /half · /slow · anything else: 200 and its own path */
const web: RequestListener = (request, response) => {
  const [, what, arg = '', rest = ''] = request.url!.split('/')
  if (what === 'status') return response.writeHead(Number(arg)).end(`status ${arg}`)
  if (what === 'to') return response.writeHead(Number(arg), { location: decodeURIComponent(rest) }).end('moved')
  if (what === 'loop') return response.writeHead(302, { location: `/loop/${Number(arg) + 1}` }).end()
  if (what === 'gzip') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(arg === '' ? 'unpacked' : Buffer.alloc(Number(arg), 'z')))
  if (what === 'big') return response.end('x'.repeat(8192) + 'END')
  if (what === 'half') return response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy())
  if (what === 'slow') return response.writeHead(200).write('part one')
  if (what === 'never') return undefined
  if (what === 'endless') {
    const more = (): void => { while (!response.destroyed && response.write('y'.repeat(65536))); }
    response.on('drain', more)
    return more()
  }
  return response.end(request.url)
}

t.test('what a status makes of the check, and the text of the output', async t => {
  const base = `http://127.0.0.1:${await listenHttp(t, web)}`
  for (const [path, result] of [
    ['/ok', 'passing: 200 OK Output: /ok'],
    ['/status/201', 'passing: 201 Created Output: status 201'],
    ['/status/204', 'passing: 204 No Content Output: '],
    ['/status/299', 'passing: 299 unknown Output: status 299'],
    ['/status/304', 'critical: 304 Not Modified Output: '],
    ['/status/404', 'critical: 404 Not Found Output: status 404'],
    ['/status/429', 'warning: 429 Too Many Requests Output: status 429'],
    ['/status/500', 'critical: 500 Internal Server Error Output: status 500'],
    ['/status/599', 'critical: 599 unknown Output: status 599'],
    ['/gzip', 'passing: 200 OK Output: unpacked'],
    ['/half', 'passing: 200 OK Output: half'],
  ] as const) {
    const [status, text] = result.split(/: (.*)/s)
    t.equal(await outcome({ http: base + path }), `${status}: HTTP GET ${base}${path}: ${text}`)
  }
  t.equal(await outcome({ http: `${base}/ok`, method: 'HEAD' }), `passing: HTTP HEAD ${base}/ok: 200 OK Output: `)
})

t.test('redirects are followed, unless they are not to be, and at most ten', async t => {
  const base = `http://127.0.0.1:${await listenHttp(t, web)}`
  const free = await freePort()
  const to = (where: string, code = 302): string => `${base}/to/${code}/${encodeURIComponent(where)}`
  t.equal(await outcome({ http: to('/ok') }), `passing: HTTP GET ${to('/ok')}: 200 OK Output: /ok`)
  t.equal(await outcome({ http: to('../../ok?a=b', 308) }), `passing: HTTP GET ${to('../../ok?a=b', 308)}: 200 OK Output: /ok?a=b`)
  t.equal(await outcome({ http: to('/ok'), disableRedirects: true }), `critical: HTTP GET ${to('/ok')}: 302 Found Output: moved`)
  t.equal(await outcome({ http: to('/ok', 300) }), `critical: HTTP GET ${to('/ok', 300)}: 300 Multiple Choices Output: moved`)
  t.equal(await outcome({ http: `${base}/status/302` }), `critical: HTTP GET ${base}/status/302: 302 Found Output: status 302`)
  t.equal(await outcome({ http: `${base}/loop/0` }), 'critical: Get "/loop/10": stopped after 10 redirects')
  t.equal(await outcome({ http: to(`http://127.0.0.1:${free}/gone`), method: 'POST' }), `critical: Post "http://127.0.0.1:${free}/gone": dial tcp 127.0.0.1:${free}: connect: connection refused`)
  t.equal(await outcome({ http: to('ftp://x/') }), 'critical: Get "ftp://x/": unsupported protocol scheme "ftp"')
  t.equal(await outcome({ http: to('http://%zz/') }), `critical: Get "${to('http://%zz/')}": failed to parse Location header "http://%zz/": parse "http://%zz/": invalid URL escape "%zz"`)
})

t.test('the tail of a body is kept; an endless one, and one that unpacks to very much, end the run in time', async t => {
  const base = `http://127.0.0.1:${await listenHttp(t, web)}`
  const big = await runCheck({ http: `${base}/big` })
  t.equal(big?.output, `HTTP GET ${base}/big: 200 OK Output: ${'x'.repeat(4093)}END`)
  t.equal(await outcome({ http: `${base}/big` }, { outputMaxBytes: 5 }), `passing: HTTP GET ${base}/big: 200 OK Output: xxEND`)
  t.equal(await outcome({ http: `${base}/endless` }, { outputMaxBytes: 3, timeoutMs: 30_000 }), `passing: HTTP GET ${base}/endless: 200 OK Output: yyy`)
  t.equal(await outcome({ http: `${base}/gzip/40000000` }, { outputMaxBytes: 3, timeoutMs: 30_000 }), `passing: HTTP GET ${base}/gzip/40000000: 200 OK Output: zzz`)
})

t.test('out of time: before the head it is a failure, after it the status counts', async t => {
  const base = `http://127.0.0.1:${await listenHttp(t, web)}`
  const silent = await listenRaw(t, () => {})
  t.equal(await outcome({ http: `${base}/never` }, { timeoutMs: 50 }), `critical: Get "${base}/never": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`)
  t.equal(await outcome({ http: `http://127.0.0.1:${silent}/` }, { timeoutMs: 50 }), `critical: Get "http://127.0.0.1:${silent}/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`)
  t.equal(await outcome({ http: `${base}/slow` }, { timeoutMs: 100 }), `passing: HTTP GET ${base}/slow: 200 OK Output: part one`)
})

t.test('servers that break the protocol', async t => {
  const says = async (text: string): Promise<string> => outcome({ http: `http://127.0.0.1:${await listenRaw(t, socket => socket.once('data', () => socket.end(text)))}/` })
  t.match(await says(''), /^critical: Get "http:\/\/127\.0\.0\.1:\d+\/": EOF$/)
  t.match(await says('garbage\r\n\r\n'), /: net\/http: HTTP\/1\.x transport connection broken: malformed HTTP response "garbage"$/)
  t.match(await says('HTTP/1.1 200 OK\r\nBad Header\r\n\r\n'), /^critical: Get ".*": net\/http: HTTP\/1\.x transport connection broken: /)
  t.match(await says(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(2 << 20)}\r\n\r\n`), /: net\/http: server response headers exceeded 1048576 bytes; aborted$/)
  t.match(await says('HTTP/1.0 200 Okey Dokey\r\n\r\nold'), /^passing: .*: 200 Okey Dokey Output: old$/)
  t.match(await says('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'), /^passing: .*: 204 No Content Output: $/)
  t.match(await says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw'), /^critical: .*: 101 Switching Protocols Output: raw$/)
  const resets = await listenRaw(t, socket => socket.once('data', () => socket.resetAndDestroy()))
  t.match(await outcome({ http: `http://127.0.0.1:${resets}/` }), new RegExp(`^critical: Get "http://127\\.0\\.0\\.1:${resets}/": read tcp 127\\.0\\.0\\.1:\\d+->127\\.0\\.0\\.1:${resets}: read: connection reset by peer$`))
})

t.test('https: verified by name, with its own words for what is wrong', async t => {
  const good = await listen(t, createHttpsServer({ key: tlsFile('localhost.key'), cert: tlsFile('localhost.crt') }, web))
  const other = await listen(t, createHttpsServer({ key: tlsFile('elsewhere.key'), cert: tlsFile('elsewhere.crt') }, web))
  const plain = await listenHttp(t, web)
  t.equal(await outcome({ http: `https://127.0.0.1:${good}/ok` }), `passing: HTTP GET https://127.0.0.1:${good}/ok: 200 OK Output: /ok`)
  t.equal(await outcome({ http: `https://127.0.0.1:${other}/ok`, tlsServerName: 'elsewhere.example' }), `passing: HTTP GET https://127.0.0.1:${other}/ok: 200 OK Output: /ok`)
  t.equal(await outcome({ http: `https://127.0.0.1:${other}/ok`, tlsSkipVerify: true }), `passing: HTTP GET https://127.0.0.1:${other}/ok: 200 OK Output: /ok`)
  t.match(await outcome({ http: `https://127.0.0.1:${other}/ok` }), /: tls: failed to verify certificate: x509: cannot validate certificate for 127\.0\.0\.1/)
  t.equal(await outcome({ http: `https://127.0.0.1:${plain}/ok` }), `critical: Get "https://127.0.0.1:${plain}/ok": http: server gave HTTP response to HTTPS client`)
})

t.test("https: the agent's certificate is shown where it is wanted, a file that is missing is a failure that can heal", async t => {
  const wants = { key: tlsFile('localhost.key'), cert: tlsFile('localhost.crt'), ca: tlsFile('ca.crt'), requestCert: true, rejectUnauthorized: true }
  const check = async (port: number, tls: TlsMaterial) => outcome({ http: `https://127.0.0.1:${port}/ok` }, { tls: new CheckTls(tls) })
  const own = { caFile: tlsPath('ca.crt'), certFile: tlsPath('elsewhere.crt'), keyFile: tlsPath('elsewhere.key') }
  for (const [version, refusal] of [['TLSv1.3', /^critical: Get ".*": remote error: tls: certificate required$/], ['TLSv1.2', /^critical: Get ".*": remote error: tls: handshake failure$/]] as const) {
    const port = await listen(t, createHttpsServer({ ...wants, maxVersion: version }, web))
    t.match(await check(port, own), /^passing/, version)
    t.match(await check(port, { caFile: own.caFile }), refusal, version)
  }
  const port = await listen(t, createHttpsServer(wants, web))
  const dir = t.testdir()
  const tls = new CheckTls({ ...own, certFile: join(dir, 'later.crt') })
  t.match(await outcome({ http: `https://127.0.0.1:${port}/ok` }, { tls }), /^critical: Get ".*": ENOENT/)
  copyFileSync(own.certFile, join(dir, 'later.crt'))
  t.match(await outcome({ http: `https://127.0.0.1:${port}/ok` }, { tls }), /^passing/)
})

t.test('addresses that are denied are not reached: written, resolved, redirected to, or rebound', async t => {
  let reached = 0
  const port = await listenHttp(t, (request, response) => {
    reached++
    web(request, response)
  })
  const no = 'connect: address is not allowed for checks'
  const deny = { policy: new AddressPolicy(['127.0.0.2/32', '169.254.0.0/16', '::1/128'], []) }
  t.equal(await outcome({ http: `http://127.0.0.2:${port}/` }, deny), `critical: Get "http://127.0.0.2:${port}/": dial tcp 127.0.0.2:${port}: ${no}`)
  t.equal(await outcome({ http: 'http://[::ffff:169.254.169.254]/latest/meta-data' }, deny), `critical: Get "http://[::ffff:169.254.169.254]/latest/meta-data": dial tcp [::ffff:169.254.169.254]:80: ${no}`)
  const names = new Resolver(async () => ['169.254.169.254'])
  t.equal(await outcome({ http: `http://metadata.example:${port}/` }, { ...deny, resolver: names }), `critical: Get "http://metadata.example:${port}/": dial tcp 169.254.169.254:${port}: ${no}`)
  t.equal(reached, 0)
  const redirect = `http://127.0.0.1:${port}/to/302/${encodeURIComponent(`http://127.0.0.2:${port}/secret`)}`
  t.equal(await outcome({ http: redirect }, deny), `critical: Get "http://127.0.0.2:${port}/secret": dial tcp 127.0.0.2:${port}: ${no}`)
  t.equal(reached, 1, 'only the redirecting request itself')
  let asked = 0
  const rebinding = new Resolver(async () => [++asked === 1 ? '127.0.0.1' : '127.0.0.2'])
  t.match(await outcome({ http: `http://rebind.example:${port}/to/302/${encodeURIComponent(`http://rebind.example:${port}/secret`)}` }, { ...deny, resolver: rebinding }), new RegExp(no))
  t.equal(reached, 2, 'what is dialled is what was asked about')
  t.match(await outcome({ http: `http://0x7f000002:${port}/` }, deny), new RegExp(`${no}|no such host`), 'an address in disguise')
  t.equal(reached, 2)
})

t.test('a run that is cut short ends at once and closes its connection', async t => {
  let arrived: () => void = () => {}
  const here = new Promise<void>(resolve => { arrived = resolve })
  let closed: () => void = () => {}
  const gone = new Promise<void>(resolve => { closed = resolve })
  const port = await listenRaw(t, socket => socket.once('data', arrived).once('close', closed))
  const abort = new AbortController()
  const run = runCheck({ http: `http://127.0.0.1:${port}/` }, {}, abort.signal)
  await here
  abort.abort()
  t.match(await run, { output: 'context canceled' })
  await gone
})
