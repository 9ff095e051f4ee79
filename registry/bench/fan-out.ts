// (d) One change to many waiting readers, blocking and over watch streams, a distinct change each round; against bare node:http writing the same bytes to as many held sockets.
import { connect } from 'node:net'
import { createServer } from 'node:http'
import { median, percentile } from './lib/figures.js'
import { ask, startRoster, worker } from './lib/process.js'

const COUNTS = (process.env['BENCH_READERS'] ?? '2000,10000').split(',').map(Number)
const ROUNDS = 3

interface Setup { readonly kind: 'blocking' | 'stream' | 'bare', readonly port: number, readonly count: number, readonly path: string }

/** In the worker: opens the readers once, then for each round says when all wait and when each got its answer. */
async function readers ({ kind, port, count, path }: Setup): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: count }, () => new Promise<import('node:net').Socket>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket))
    socket.on('error', reject)
  })))
  let index = '0'
  const times: number[] = []
  let got = 0
  for (const socket of sockets) {
    let pending = ''
    socket.on('data', chunk => {
      pending += chunk.toString('latin1')
      if (kind === 'stream') {
        if (!pending.includes('"type":"change"')) { if (pending.includes('"type":"snapshot"')) { pending = ''; got++ } return }
      } else {
        const at = pending.indexOf('\r\n\r\n')
        if (at < 0) return
        const length = Number(/content-length: (\d+)/i.exec(pending)?.[1])
        if (pending.length < at + 4 + length) return
        index = /x-consul-index: (\d+)/i.exec(pending)?.[1] ?? index
      }
      pending = ''
      got++
      times.push(Date.now() + performance.now() % 1)
    })
  }
  if (kind === 'stream') {
    for (const socket of sockets) socket.write('GET /v1/watch HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: roster.v1\r\n\r\n')
    await new Promise(resolve => setTimeout(resolve, 2000))
    const text = JSON.stringify({ op: 'sub', id: '1', kind: 'health', params: { service: 'web' } })
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]) // masked with zeros
    for (const socket of sockets) socket.write(frame)
    while (got < count) await new Promise(resolve => setTimeout(resolve, 20))
  }
  process.on('message', () => {
    times.length = 0
    got = 0
    const ask = (): void => { for (const socket of sockets) socket.write(`GET ${path}${kind === 'blocking' ? `&index=${index}` : ''} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`) }
    if (kind !== 'stream') ask()
    const poll = setInterval(() => {
      if (got < count) return
      clearInterval(poll)
      process.send!({ times })
    }, 5)
  })
  process.send!({ ready: true })
}

if (process.argv[2] === 'readers') {
  process.once('message', message => { void readers(message as Setup) })
} else {
  for (const count of COUNTS) await measure(count)
}

async function measure (count: number): Promise<void> {
  const roster = await startRoster()
  const put = (weight: number): Promise<Response> => fetch(`http://127.0.0.1:${roster.port}/v1/catalog/register`, { method: 'PUT', body: JSON.stringify({ Node: 'n1', Address: '10.0.0.1', Service: { ID: 'web', Service: 'web', Port: 80, Meta: { round: String(weight) } } }) })
  await put(0)
  const body = await (await fetch(`http://127.0.0.1:${roster.port}/v1/health/service/web`)).text()
  const held = new Set<import('node:http').ServerResponse>()
  const bareServer = createServer((_request, response) => { held.add(response) })
  await new Promise<void>(resolve => bareServer.listen(0, '127.0.0.1', resolve))
  const bytes = Buffer.from(body)
  const kinds = [['bare', (bareServer.address() as { port: number }).port], ['blocking', roster.port], ['stream', roster.port]] as const
  const lasts: Record<string, number> = {}
  for (const [kind, port] of kinds) {
    const child = worker('../fan-out.ts', ['readers'])
    await ask(child, { kind, port, count, path: '/v1/health/service/web?wait=60s' } satisfies Setup)
    const last: number[] = []
    const p50: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      const answer = ask<{ times: number[] }>(child, { go: true })
      if (kind === 'blocking' && round === 1) { await answer; round = 0.5; continue } // the first answers come at once and bring the index
      await waitHeld(kind === 'bare' ? () => held.size >= count : kind === 'blocking' ? async () => await readersOf(roster.port) >= count : () => true)
      const began = Date.now() + performance.now() % 1
      if (kind === 'bare') {
        for (const response of held) {
          response.writeHead(200, ['Content-Type', 'application/json', 'X-Consul-Index', String(round), 'Content-Length', String(bytes.length)])
          response.end(bytes)
        }
        held.clear()
      } else await put(Math.random())
      const { times } = await answer
      last.push(Math.max(...times) - began)
      p50.push(percentile(times, 0.5) - began)
    }
    lasts[kind] = median(last)
    const ratio = kind === 'bare' ? '' : `  = ${(lasts[kind]! / lasts['bare']!).toFixed(2)} x bare${kind === 'blocking' ? ` (bar 3: ${lasts[kind]! / lasts['bare']! <= 3 ? 'held' : 'MISSED'})` : ''}`
    console.log(`${`${kind}, ${count} readers, ${bytes.length} B`.padEnd(48)} last ${lasts[kind]!.toFixed(0)} ms  p50 ${median(p50).toFixed(0)} ms${ratio}  RSS ${roster.rss().toFixed(0)} MiB`)
    child.kill()
  }
  bareServer.closeAllConnections()
  bareServer.close()
  await roster.stop()
}

async function readersOf (port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^roster_http_blocking_readers (\d+)$/m.exec(text)?.[1])
}

async function waitHeld (holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise(resolve => setTimeout(resolve, 50))
}
