// Law: HAProxy fills a server-template from our SRV records and follows them.
import t from 'tap'
import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../support/agent-process.js'
import { startTestServer } from '../support/server.js'
import type { AddressInfo } from 'node:net'

const installed = (() => { try { execFileSync('haproxy', ['-v'], { stdio: 'ignore' }); return true } catch { return false } })()

t.test('server-template over DNS SRV', { skip: installed ? false : 'haproxy is not installed', timeout: 60_000 }, async t => {
  const server = await startTestServer()
  const backends = await Promise.all(['a', 'b'].map(name => new Promise<ReturnType<typeof createServer>>(resolve => {
    const backend = createServer((_request, response) => { response.end(name) })
    backend.listen(0, '127.0.0.1', () => resolve(backend))
  })))
  const dir = t.testdir({})
  const port = await freePort()
  writeFileSync(join(dir, 'haproxy.cfg'), `
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
resolvers roster
  nameserver roster 127.0.0.1:${server.dnsPort}
  accepted_payload_size 8192
  hold valid 100ms
  hold nx 100ms
  hold obsolete 100ms
  resolve_retries 3
  timeout resolve 200ms
  timeout retry 200ms
frontend in
  bind 127.0.0.1:${port}
  default_backend web
backend web
  balance roundrobin
  server-template web 5 _web._tcp.service.consul resolvers roster init-addr none
`)
  const haproxy = spawn('haproxy', ['-f', join(dir, 'haproxy.cfg'), '-db'], { stdio: 'ignore' })
  const ended = new Promise(resolve => haproxy.once('exit', resolve))
  t.teardown(async () => {
    haproxy.kill('SIGKILL')
    await ended
    for (const backend of backends) backend.close()
    await server.stop()
  })
  const answers = async (wanted: string): Promise<void> => {
    for (;;) {
      const seen = new Set<string>()
      for (let i = 0; i < 8; i++) {
        const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).catch(() => undefined)
        if (answer?.ok === true) seen.add(await answer.text())
      }
      if ([...seen].sort().join('') === wanted) return
      if (haproxy.exitCode !== null) throw new Error('haproxy ended')
    }
  }
  const register = (i: number): Promise<Response> => server.call('PUT', '/v1/agent/service/register', { ID: `web-${i}`, Name: 'web', Address: '127.0.0.1', Port: (backends[i]!.address() as AddressInfo).port })
  await register(0)
  await answers('a')
  await register(1)
  await answers('ab')
  await server.call('PUT', '/v1/agent/service/deregister/web-0')
  await answers('b')
  t.pass('it followed')
})
