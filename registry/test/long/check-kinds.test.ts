// Thousands of runs of every kind in one process, against servers good and bad, a third of them cut short at any moment: the process lives, and when it is
// over no socket, child or timer is left. (Node 20 itself crashes if a TLS socket and the one below it are closed in the wrong order.)
import t from 'tap'
import { createSecureServer, createServer as createH2 } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { readdirSync } from 'node:fs'
import { createServer as createTls } from 'node:tls'
import type { CheckDefinition } from '../../src/health/definition.js'
import { runCheck, tlsFile } from '../support/check-run.js'
import { freePort, listen, listenHttp, listenRaw } from '../support/listen.js'

const RUNS = 6000
const AT_ONCE = 60

/** A seeded generator (mulberry32), so that a failure can be had again. */
function generator (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}

const openFiles = (): number => process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0

t.test('every kind, again and again, cut short or not', async t => {
  const cert = { key: tlsFile('localhost.key'), cert: tlsFile('localhost.crt') }
  const random = generator(17)
  const late = (fn: () => void): void => { setTimeout(fn, random() * 30) }
  const ports = {
    web: await listenHttp(t, (request, response) => late(() => request.url === '/redirect' ? response.writeHead(302, { location: '/x' }).end() : response.end('x'.repeat(10_000)))),
    webTls: await listen(t, createHttps(cert, (_, response) => late(() => response.end('ok')))),
    h2: await listen(t, createH2().on('stream', stream => { late(() => { if (!stream.destroyed) stream.respond({ ':status': 404 }, { endStream: true }) }) })),
    h2Tls: await listen(t, createSecureServer(cert)),
    tls: await listen(t, createTls(cert, socket => { socket.on('error', () => {}).resume() })),
    closes: await listenRaw(t, socket => socket.end()),
    resets: await listenRaw(t, socket => late(() => socket.resetAndDestroy())),
    garbage: await listenRaw(t, socket => socket.end(Buffer.alloc(3000, 'garbage\r\n'))),
    silent: await listenRaw(t, () => {}),
    free: await freePort(),
  }
  const targets = Object.values(ports)
  const kinds: ReadonlyArray<(port: number) => Partial<CheckDefinition>> = [
    port => ({ http: `http://127.0.0.1:${port}/redirect` }),
    port => ({ http: `https://127.0.0.1:${port}/`, tlsSkipVerify: random() < 0.5 }),
    port => ({ tcp: `127.0.0.1:${port}` }),
    port => ({ tcp: `localhost:${port}`, tcpUseTls: true, tlsServerName: random() < 0.5 ? 'localhost' : 'other.example' }),
    port => ({ udp: `127.0.0.1:${port}` }),
    port => ({ grpc: `127.0.0.1:${port}` }),
    port => ({ grpc: `127.0.0.1:${port}`, grpcUseTls: true }),
    port => ({ h2ping: `127.0.0.1:${port}`, h2pingUseTls: random() < 0.5 }),
  ]
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < RUNS) {
      const script = started++ % 40 === 0
      const fields = script ? { args: ['/bin/sh', '-c', 'sleep 0.02; echo x'] } : kinds[Math.floor(random() * kinds.length)]!(targets[Math.floor(random() * targets.length)]!)
      const abort = new AbortController()
      const cut = random() < 0.33 ? setTimeout(() => abort.abort(), random() * 40) : undefined
      const result = await runCheck(fields, { timeoutMs: 20 + random() * 150 }, abort.signal)
      clearTimeout(cut)
      if (result !== undefined && result.output.length > 5000) t.fail(`an output of ${result.output.length} characters: ${JSON.stringify(fields)}`)
    }
  }
  await runCheck({ tcp: `localhost:${ports.tls}`, tcpUseTls: true }) // what is loaded once is loaded
  const before = openFiles()
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  t.equal(started >= RUNS, true)
  // Closing takes its turns on both ends of each connection.
  for (let i = 0; i < 2000 && openFiles() > before + 2; i++) await new Promise(resolve => setTimeout(resolve, 5))
  t.ok(openFiles() <= before + 2, `${openFiles()} files open, ${before} before`)
})
