// Real peers on both sides: nginx, Python, WebSocket, server-sent events, large bodies; what the public port adds and refuses; and noise on every port.
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { folder, freePort, instance, registry, run, sidecarProcess } from './support/processes.js'
import { until } from './support/until.js'

const { url, call, get } = await registry(t)
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).error === undefined

t.test('nginx behind two sidecars: ranges, HEAD, 304, gzip, as it answers itself', { skip: has('nginx', '-v') ? false : 'there is no nginx' }, async t => {
  const dir = folder(t)
  mkdirSync(join(dir, 'www'))
  writeFileSync(join(dir, 'www', 'file.txt'), 'x'.repeat(100_000))
  const port = await freePort()
  writeFileSync(join(dir, 'nginx.conf'), `daemon off; master_process off; error_log stderr; pid ${dir}/pid; events {} http { access_log off; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s; gzip on; gzip_proxied any; gzip_types text/plain; server { listen 127.0.0.1:${port}; root ${dir}/www; } }`)
  await sidecarProcess(t, url, ['--service', 'files', '--port', String(port), '--', 'nginx', '-p', dir, '-c', join(dir, 'nginx.conf')])
  const { at } = await sidecarProcess(t, url, ['--upstream', 'files:0'])
  const curl = async (place: string, ...args: string[]) => {
    const process = run(t, ['curl', '-s', '-i', ...args, `${place}/file.txt`])
    await process.ended
    const [head = '', ...rest] = process.out().split('\r\n\r\n')
    return { status: head.split(' ')[1], fields: head.split('\r\n').slice(1).filter(line => !/^(date|connection|server|keep-alive|transfer-encoding):/i.test(line)).sort(), body: createHash('sha256').update(rest.join('\r\n\r\n')).digest('hex') }
  }
  const etag = (await curl(`http://127.0.0.1:${port}`)).fields.find(line => /^etag/i.test(line))!.replace(/^etag: /i, '')
  for (const args of [[], ['-I'], ['-r', '10-20'], ['-r', '999999-'], ['-H', `If-None-Match: ${etag}`], ['-H', 'Accept-Encoding: gzip', '--compressed'], ['-X', 'DELETE'], ['-X', 'POST', '-d', 'x']]) {
    t.same(await curl(at['upstream files']!, ...args), await curl(`http://127.0.0.1:${port}`, ...args), args.join(' '))
  }
})

t.test('a WebSocket and server-sent events through two sidecars', async t => {
  const server = createServer((_q, s) => {
    s.writeHead(200, { 'content-type': 'text/event-stream' })
    s.write('data: one\n\n')
    setTimeout(() => s.end('data: two\n\n'), 200)
  })
  new WebSocketServer({ server }).on('connection', socket => { socket.on('message', data => socket.send(`echo ${String(data)}`)) })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const inner = await sidecarProcess(t, url, ['--service', 'live', '--port', String((server.address() as AddressInfo).port)])
  const { at, admin } = await sidecarProcess(t, url, ['--upstream', 'live:0'])
  const socket = new WebSocket(at['upstream live']!.replace('http', 'ws'))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const got = new Promise<string>(resolve => socket.once('message', data => resolve(String(data))))
  socket.send('hello')
  t.equal(await got, 'echo hello')
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  socket.close(4001)
  t.equal(await closed, 4001)
  const at_: number[] = []
  const texts: string[] = []
  await new Promise(resolve => request(`${at['upstream live']!}/events`, response => { response.on('data', data => { at_.push(performance.now()); texts.push(String(data)) }).on('end', resolve) }).end())
  t.same(texts, ['data: one\n\n', 'data: two\n\n'])
  t.ok(at_[1]! - at_[0]! > 100, 'the first one did not wait for the second')
  await until('it is counted', async () => /roster_sidecar_responses_total\{direction="outbound",service="live",class="1xx"\} 1/.test((await admin<string>('/metrics')).body))
  t.match((await inner.admin<string>('/metrics')).body, /direction="inbound",service="live"/)
})

t.test('a large body goes through whole, both ways, without being held', async t => {
  const server = createServer((q, s) => { q.pipe(s) })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  await sidecarProcess(t, url, ['--service', 'mirror', '--port', String((server.address() as AddressInfo).port)])
  const { at, child } = await sidecarProcess(t, url, ['--upstream', 'mirror:0'])
  const part = randomBytes(1024 * 1024)
  const sent = createHash('sha256')
  const back = createHash('sha256')
  await new Promise<void>((resolve, reject) => {
    const asking = request(`${at['upstream mirror']!}/`, { method: 'POST' }, response => { response.on('data', (data: Buffer) => back.update(data)).on('end', resolve).on('error', reject) })
    asking.on('error', reject)
    let left = 64
    const more = (): void => {
      while (left-- > 0) {
        sent.update(part)
        if (!asking.write(part)) { asking.once('drain', more); return }
      }
      asking.end()
    }
    more()
  })
  t.equal(back.digest('hex'), sent.digest('hex'))
  const { readFileSync } = await import('node:fs')
  t.ok(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024 < 350, 'its memory did not grow with the body')
})

t.test('the public port: who speaks for whom, how many at once', async t => {
  const CODE = 'require("node:http").createServer((q, s) => { const a = () => s.end(JSON.stringify(q.headers)); q.url === "/slow" ? setTimeout(a, 400) : a() }).listen(process.env.PORT, "127.0.0.1")'
  const open = async (...args: string[]) => (await sidecarProcess(t, url, ['--service', 'front', '--port', '0', ...args, '--', process.execPath, '-e', CODE])).at['public']!
  const wary = await open('--max-requests', '1')
  const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', forwarded: 'for=203.0.113.9' }
  const seen = await (await fetch(wary, { headers })).json() as Record<string, string>
  t.match(seen, { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', via: /roster-inbound-front/ })
  t.notOk('forwarded' in seen, 'a stranger speaks for nobody')
  const both = await Promise.all([fetch(`${wary}/slow`), fetch(`${wary}/slow`)])
  t.same(both.map(({ status }) => status).sort(), [200, 503])
  const trusting = await open('--trust-forwarded', '127.0.0.0/8')
  t.match(await (await fetch(trusting, { headers })).json(), { 'x-forwarded-for': '203.0.113.9, 127.0.0.1', 'x-forwarded-proto': 'https' })
})

t.test('who calls whom is known to the registry', async t => {
  const server = createServer((_q, s) => s.end('ok'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => { server.closeAllConnections(); server.close() })
  await call('PUT', '/v1/catalog/register', instance('callee', (server.address() as AddressInfo).port))
  const CODE = 'require("node:http").createServer((q, s) => s.end()).listen(process.env.PORT, "127.0.0.1")'
  const { at } = await sidecarProcess(t, url, ['--service', 'caller', '--port', '0', '--upstream', 'callee:0', '--', process.execPath, '-e', CODE])
  for (let i = 0; i < 20; i++) await (await fetch(at['upstream callee']!)).text()
  await until('it was told', async () => JSON.stringify(await get('/v1/topology')).includes('"callee"'), 25_000)
})

t.test('noise on every port: nobody falls over, and what comes after is answered', async t => {
  const CODE = 'require("node:http").createServer((q, s) => s.end("well")).listen(process.env.PORT, "127.0.0.1")'
  const { at, child } = await sidecarProcess(t, url, ['--service', 'noisy', '--port', '0', '--upstream', 'noisy:0', '--upstream', 'noisier:0/tcp', '--', process.execPath, '-e', CODE])
  const starts = ['', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: noisy\r\n\r\n', 'POST / HTTP/1.1\r\nHost: noisy\r\nTransfer-Encoding: chunked\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'CONNECT noisy:80 HTTP/1.1\r\nHost: noisy:80\r\n\r\n']
  const throwAt = (place: string, start: string): Promise<void> => new Promise(resolve => {
    const socket = connect(Number(new URL(place).port), '127.0.0.1')
    socket.on('error', () => {}).on('close', () => resolve()).resume()
    socket.write(Buffer.concat([Buffer.from(start), randomBytes(1 + Math.floor(Math.random() * 600))]))
    setTimeout(() => socket.destroy(), 30)
  })
  for (let round = 0; round < 5; round++) await Promise.all(Object.values(at).flatMap(place => starts.map(start => throwAt(place, start))))
  t.equal(child.exitCode, null)
  t.equal(await (await fetch(at['upstream noisy']!)).text(), 'well')
  t.equal(await (await fetch(at['public']!)).text(), 'well')
  t.equal((await fetch(`${at['admin']!}/ready`)).status, 200)
})
