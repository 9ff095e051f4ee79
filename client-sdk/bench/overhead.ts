// What balancing and the default policy cost: `payments.fetch` beside bare undici fetch, and the service's Dispatcher beside a bare Pool with as many connections, in turns within one run
// so that a busy machine slows both alike. Prints calls per second, p99 and the ratio; the bar is 90 %.
// Usage: npx tsx client-sdk/bench/overhead.ts [seconds a turn, default 2] [turns, default 6]

import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, fetch, Pool } from 'undici'
import { Balancer } from '../src/balance/balancer.js'
import { measureLoopLag } from '../src/balance/loop-lag.js'
import { Statistics } from '../src/balance/statistics.js'
import { systemClock } from '../src/clock.js'
import { callService } from '../src/faces/call-service.js'
import { resolvePolicy } from '../src/policy/merge.js'
import { instance, listSource } from '../test/support/service.js'

const CONNECTIONS = 16
const BAR = 0.9

/** The instance is a process of its own: client and server must not share an event loop. */
if (process.argv[2] === '--serve') {
  const body = Buffer.from(JSON.stringify({ charged: true, amount: 42, currency: 'EUR' }))
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.setHeader('content-length', body.length)
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
  process.on('disconnect', () => process.exit(0))
} else await compare(Number(process.argv[2] ?? 2), Number(process.argv[3] ?? 6))

async function compare (seconds: number, turns: number): Promise<void> {
  const child = fork(new URL(import.meta.url), ['--serve'], { execArgv: process.execArgv })
  const port = await new Promise<number>(resolve => child.once('message', message => resolve(message as number)))
  const origin = `http://127.0.0.1:${port}`

  const lag = measureLoopLag(systemClock)
  const balancer = new Balancer('payments', {}, { lag, statistics: new Statistics(lag) })
  const source = listSource('payments', [instance('a', port)])
  balancer.update(source.instances)
  const payments = callService({ source, balancer, policy: resolvePolicy([{ connections: CONNECTIONS }]) })
  const pool = new Pool(origin, { connections: CONNECTIONS })
  const agent = new Agent({ connections: CONNECTIONS })

  const pairs: ReadonlyArray<readonly [name: string, bare: () => Promise<unknown>, ours: () => Promise<unknown>]> = [
    ['fetch', async () => (await fetch(`${origin}/charges`, { dispatcher: agent })).arrayBuffer(), async () => (await payments.fetch('/charges')).arrayBuffer()],
    ['dispatcher', async () => (await pool.request({ path: '/charges', method: 'GET' })).body.arrayBuffer(), async () => (await payments.dispatcher.request({ path: '/charges', method: 'GET' })).body.arrayBuffer()],
  ]
  let worst = Infinity
  for (const [name, bare, ours] of pairs) {
    // Once for the compilers.
    await Promise.all([run(bare, 0.5), run(ours, 0.5)])
    const results = { bare: [] as Turn[], ours: [] as Turn[] }
    for (let turn = 0; turn < turns; turn++) {
      // Who goes first changes, so that a trend within the run favours nobody.
      for (const side of turn % 2 === 0 ? ['bare', 'ours'] as const : ['ours', 'bare'] as const) results[side].push(await run(side === 'bare' ? bare : ours, seconds))
    }
    const [a, b] = [median(results.bare.map(({ perSecond }) => perSecond)), median(results.ours.map(({ perSecond }) => perSecond))]
    const [p, q] = [median(results.bare.map(({ p99 }) => p99)), median(results.ours.map(({ p99 }) => p99))]
    worst = Math.min(worst, b / a)
    console.log(`${name.padEnd(10)}  bare ${a.toFixed(0)}/s p99 ${p.toFixed(2)} ms   roster ${b.toFixed(0)}/s p99 ${q.toFixed(2)} ms   ratio ${(100 * b / a).toFixed(1)} %`)
  }
  console.log(`${worst >= BAR ? 'holds' : 'MISSED'}: at least ${100 * BAR} %`)
  await Promise.all([payments.close(), pool.close(), agent.close()])
  child.disconnect()
  process.exitCode = worst >= BAR ? 0 : 1
}

interface Turn { readonly perSecond: number, readonly p99: number }

/** As many callers as connections, each with one call under way. */
async function run (call: () => Promise<unknown>, seconds: number): Promise<Turn> {
  const times: number[] = []
  const start = performance.now()
  const end = start + 1000 * seconds
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let now = performance.now(); now < end;) {
      await call()
      const then = performance.now()
      times.push(then - now)
      now = then
    }
  }))
  times.sort((a, b) => a - b)
  return { perSecond: times.length / ((performance.now() - start) / 1000), p99: times[Math.floor(times.length * 0.99)]! }
}

function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}
