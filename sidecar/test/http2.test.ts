// Laws of HTTP/2, on both sides: by prior knowledge and by ALPN, streams and trailers in both directions, resets that reach the other end, and either protocol in front of either.
import { connect, constants, createServer as createHttp2Server } from 'node:http2'
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { createServer, request } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import t from 'tap'
import type { Test } from 'tap'
import { folder, instance, registry, run, sidecarProcess } from './support/processes.js'
import { until } from './support/until.js'

const { url, call } = await registry(t)
const noOpenssl: string | false = spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl to make a certificate'

async function listening (t: Test, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.close() })
  return (server.address() as AddressInfo).port
}

async function http2Service (t: Test, service: string, onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void): Promise<void> {
  const server = createHttp2Server()
  const sessions = new Set<{ destroy (): void }>()
  server.on('session', session => { sessions.add(session); session.on('error', () => {}) })
  server.on('stream', (stream, headers) => { stream.on('error', () => {}); onStream(stream, headers) })
  t.teardown(() => { for (const session of sessions) session.destroy() })
  await call('PUT', '/v1/catalog/register', instance(service, await listening(t, server), { meta: { protocol: 'http2' } }))
}

async function http1Service (t: Test, service: string): Promise<void> {
  const server = createServer((q, s) => {
    let body = ''
    q.on('data', data => { body += String(data) })
    q.on('end', () => { s.setHeader('x-one', ['a', 'b']); s.end(JSON.stringify({ url: q.url, method: q.method, headers: q.headers, body })) })
  })
  await call('PUT', '/v1/catalog/register', instance(service, await listening(t, server)))
}

const session = (t: Test, at: string): ClientHttp2Session => {
  const client = connect(at)
  client.on('error', () => {})
  t.teardown(() => client.destroy())
  return client
}

interface Answer { readonly headers: IncomingHttpHeaders, readonly body: string, readonly trailers: IncomingHttpHeaders | undefined, readonly code: number | undefined }

const ask = (client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> => new Promise(resolve => {
  const stream = client.request({ ':method': body === undefined ? 'GET' : 'POST', ...headers })
  let found: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders | undefined
  let text = ''
  stream.on('response', headers => { found = headers }).on('trailers', headers => { trailers = headers }).on('data', data => { text += String(data) }).on('error', () => {})
  stream.on('close', () => resolve({ headers: found, body: text, trailers, code: stream.rstCode }))
  stream.end(body)
})

t.test('prior knowledge in front of HTTP/1.1 and of HTTP/2', async t => {
  await http1Service(t, 'old')
  await http2Service(t, 'new', (stream, headers) => {
    stream.respond({ ':status': 200, 'x-path': headers[':path'], 'x-authority': headers[':authority'], 'x-te': headers['te'] ?? '' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }))
    stream.pipe(stream)
  })
  const { at, admin } = await sidecarProcess(t, url, ['--upstream', 'old:0', '--upstream', 'new:0'])
  const client = session(t, at['outbound']!)
  const old = await ask(client, { ':path': '/a?b', ':authority': 'old', cookie: ['a=1', 'b=2'], 'x-mine': 'yes' }, 'hello')
  t.match(JSON.parse(old.body), { url: '/a?b', method: 'POST', body: 'hello', headers: { host: 'old', cookie: 'a=1; b=2', 'x-mine': 'yes', 'x-roster-attempt': '1' } })
  t.match(old.headers, { ':status': 200, 'x-one': 'a, b' })
  t.notOk('connection' in old.headers)
  const young = await ask(client, { ':path': '/c', ':authority': 'new', te: 'trailers' }, 'x'.repeat(300_000))
  t.match(young.headers, { ':status': 200, 'x-path': '/c', 'x-authority': 'new', 'x-te': 'trailers' })
  t.equal(young.body.length, 300_000)
  t.match(young.trailers, { 'x-sum': '42' })
  const bridged = await new Promise<{ status: number, body: string, headers: unknown }>((resolve, reject) => {
    const asking = request(`${at['upstream new']!}/d`, { method: 'POST' }, response => { let body = ''; response.on('data', d => { body += String(d) }).on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers })) })
    asking.on('error', reject).end('from HTTP/1.1')
  })
  t.match(bridged, { status: 200, body: 'from HTTP/1.1', headers: { 'x-path': '/d', 'x-authority': 'new.service.roster' } })
  const nobody = await ask(client, { ':path': '/', ':authority': 'nobody' })
  t.match(nobody, { headers: { ':status': 503, 'x-roster-reason': 'not-registered' }, body: /"nobody" is not registered/ })
  t.match(await ask(client, { ':path': '/', ':authority': 'old', host: 'new' }), { headers: { ':status': 400, 'x-roster-reason': 'host-differs' } })
  const curl = run(t, ['curl', '-s', '--http2-prior-knowledge', '-H', 'Host: old', `${at['outbound']!}/curl`])
  await curl.ended
  t.match(JSON.parse(curl.out()), { url: '/curl' })
  t.match((await admin('/explain?service=new')).body, { speaks: 'http2', recent: [{ status: 200, attempts: 1, why: 'p2c' }] })
  t.match((await admin<string>('/metrics')).body, /roster_sidecar_responses_total\{direction="outbound",service="new",class="2xx"\} 2/)
})

t.test('a reset reaches the other end, whichever it comes from; what was refused is sent elsewhere', async t => {
  let cancelled = false
  let refused = 0
  await http2Service(t, 'resets', (stream, headers) => {
    if (headers[':path'] === '/hangs') stream.on('close', () => { cancelled = true })
    else if (headers[':path'] === '/cut') { stream.respond({ ':status': 200 }); stream.write('part'); setTimeout(() => stream.destroy(new Error('cut')), 20) } else if (refused++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM)
    else { stream.respond({ ':status': 200 }); stream.end('in the end') }
  })
  const { at } = await sidecarProcess(t, url, ['--upstream', 'resets:0'])
  const client = session(t, at['upstream resets']!)
  const hangs = client.request({ ':path': '/hangs' })
  hangs.on('error', () => {})
  setTimeout(() => hangs.close(constants.NGHTTP2_CANCEL), 150)
  await until('the endpoint knows that nobody waits', () => cancelled)
  t.match(await ask(client, { ':path': '/cut' }), { body: 'part', code: constants.NGHTTP2_INTERNAL_ERROR }, 'a cut answer is not taken for the whole')
  t.match(await ask(client, { ':path': '/refused' }, 'not idempotent, and not seen by anybody'), { body: 'in the end' })
  t.equal(refused, 2)
})

const raw = { requestSerialize: (value: Buffer) => value, requestDeserialize: (value: Buffer) => value, responseSerialize: (value: Buffer) => value, responseDeserialize: (value: Buffer) => value }
const Echo = grpc.makeGenericClientConstructor({
  Once: { path: '/test.Echo/Once', requestStream: false, responseStream: false, ...raw },
  Both: { path: '/test.Echo/Both', requestStream: true, responseStream: true, ...raw },
}, 'Echo')

t.test('gRPC through two sidecars: calls, streams, status by trailers, deadlines, the proxy\'s own refusals', async t => {
  const GRPC_SERVER = fileURLToPath(new URL('./support/grpc-echo.mjs', import.meta.url))
  const server = await sidecarProcess(t, url, ['--service', 'echo', '--port', '0', '--protocol', 'grpc', '--', process.execPath, GRPC_SERVER])
  const { at, admin } = await sidecarProcess(t, url, ['--upstream', 'echo:0', '--upstream', 'nothing:0'])
  const make = (place: string) => {
    const client = new Echo(new URL(place).host, grpc.credentials.createInsecure())
    t.teardown(() => client.close())
    return client as unknown as { Once (message: Buffer, options: object, done: (error: grpc.ServiceError | null, answer?: Buffer) => void): void, Both (): grpc.ClientDuplexStream<Buffer, Buffer> }
  }
  const client = make(at['upstream echo']!)
  const once = (client: ReturnType<typeof make>, text: string, options = {}) => new Promise<{ code?: number, details?: string, text?: string }>(resolve => client.Once(Buffer.from(text), options, (error, answer) => resolve(error === null ? { text: String(answer) } : { code: error.code, details: error.details })))
  t.match(await once(client, 'hello'), { text: 'hello' })
  t.match(await once(client, 'fail'), { code: grpc.status.FAILED_PRECONDITION, details: 'as asked' })
  t.match(await once(client, 'sleep', { deadline: Date.now() + 200 }), { code: grpc.status.DEADLINE_EXCEEDED })
  t.match(await once(make(at['upstream nothing']!), 'x'), { code: grpc.status.UNAVAILABLE, details: '"nothing" is not registered: nobody offers it' })
  const stream = client.Both()
  const got: string[] = []
  stream.on('data', (message: Buffer) => { got.push(String(message)); if (got.length < 50) stream.write(Buffer.from(String(got.length))); else stream.end() })
  stream.write(Buffer.from('0'))
  await new Promise(resolve => stream.on('end', resolve).on('error', resolve))
  t.equal(got.length, 50, 'both ways at once, one waiting for the other')
  t.match((await admin<string>('/metrics')).body, /roster_sidecar_grpc_responses_total\{direction="outbound",service="echo",grpc_status="9"\} 1/)
  t.match((await server.admin<string>('/metrics')).body, /roster_sidecar_grpc_responses_total\{direction="inbound",service="echo",grpc_status="0"\}/)
})

t.test('TLS: by ALPN at the public port, originated towards it, verified', { skip: noOpenssl }, async t => {
  const own = folder(t)
  const [cert, key] = [join(own, 'cert.pem'), join(own, 'key.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=secure', '-addext', 'subjectAltName=DNS:secure.service.roster'], { stdio: 'ignore' })
  const CODE = 'require("node:http").createServer((q, s) => s.end(q.headers["x-forwarded-proto"] + " " + q.url)).listen(process.env.PORT, "127.0.0.1")'
  const { at } = await sidecarProcess(t, url, ['--service', 'secure', '--port', '0', '--tls-cert', cert, '--tls-key', key, '--', process.execPath, '-e', CODE])
  const port = new URL(at['public']!).port
  const curl = async (...args: string[]) => {
    const process = run(t, ['curl', '-sk', '-w', ' %{http_version}', ...args, `https://127.0.0.1:${port}/x`])
    await process.ended
    return process.out()
  }
  t.equal(await curl('--http2'), 'https /x 2')
  t.equal(await curl('--http1.1'), 'https /x 1.1')
  const trusting = await sidecarProcess(t, url, ['--upstream', 'secure:0', '--upstream-ca', cert])
  const wary = await sidecarProcess(t, url, ['--upstream', 'secure:0'])
  const over = async (place: string) => { const response = await fetch(`${place}/y`); return { status: response.status, text: await response.text() } }
  t.match(await over(wary.at['upstream secure']!), { status: 502 }, 'who cannot say who he is gets nothing')
  t.match(await over(trusting.at['upstream secure']!), { status: 200, text: 'https /y' })
  const client = session(t, trusting.at['upstream secure']!)
  t.match(await ask(client, { ':path': '/z' }), { headers: { ':status': 200 }, body: 'https /z' }, 'from HTTP/2 too')
})
