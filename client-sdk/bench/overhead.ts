// What balancing and the default policy cost: `payments.fetch` beside bare undici fetch, and the service's Dispatcher beside a bare Pool with as many connections, in turns within one run
// so that a busy machine slows both alike. Prints calls per second, p99 and the ratio; the bar is 90 %.
// Usage: npm run build && npx tsx client-sdk/bench/overhead.ts [seconds a turn, default 0.5] [pairs of turns, default 21]
//
// What is measured is what is shipped: a tool that runs sources adds a helper to every function, which costs more than the policies do. So this file first makes plain JavaScript of itself.
// Each pair has a process of its own: what the one taught the compiler would count against the other.

import { fork, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { Agent, fetch, Pool } from 'undici'
import { Balancer } from '../dist/balance/balancer.js'
import type { Instance } from '../dist/balance/instance.js'
import { measureLoopLag } from '../dist/balance/loop-lag.js'
import { Statistics } from '../dist/balance/statistics.js'
import { fixedLeg } from '../dist/chain/lanes.js'
import { plainWays } from '../dist/chain/ways.js'
import { systemClock } from '../dist/clock.js'
import type { ServiceSource } from '../dist/discovery/service-source.js'
import { callService } from '../dist/faces/call-service.js'
import { resolvePolicy } from '../dist/policy/merge.js'

const CONNECTIONS = 16
const BAR = 0.9

if (import.meta.url.endsWith('.ts')) {
  const outfile = fileURLToPath(new URL('../.cache/overhead.mjs', import.meta.url))
  buildSync({ entryPoints: [fileURLToPath(import.meta.url)], outfile, format: 'esm' })
  const failed = ['fetch', 'dispatcher'].filter(pair => spawnSync(process.execPath, [outfile, pair, ...process.argv.slice(2)], { stdio: 'inherit' }).status !== 0)
  console.log(failed.length === 0 ? `holds: at least ${100 * BAR} % each` : `MISSED by ${failed.join(' and ')}: at least ${100 * BAR} % each`)
  process.exitCode = failed.length === 0 ? 0 : 1
} else if (process.argv[2] === '--serve') {
  // The instance is a process of its own: client and server must not share an event loop.
  const body = Buffer.from(JSON.stringify({ charged: true, amount: 42, currency: 'EUR' }))
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.setHeader('content-length', body.length)
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
  process.on('disconnect', () => process.exit(0))
} else await compare(process.argv[2] ?? '', Number(process.argv[3] ?? 0.5), Number(process.argv[4] ?? 21))

async function compare (pair: string, seconds: number, turns: number): Promise<void> {
  const child = fork(new URL(import.meta.url), ['--serve'])
  const port = await new Promise<number>(resolve => child.once('message', message => resolve(message as number)))
  const origin = `http://127.0.0.1:${port}`

  const lag = measureLoopLag(systemClock)
  const balancer = new Balancer('payments', {}, { lag, statistics: new Statistics(lag) })
  const instances: readonly Instance[] = [{ id: 'a', service: 'payments', address: '127.0.0.1', port, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 }]
  const source: ServiceSource = {
    name: 'payments',
    instances,
    snapshot: () => ({ instances, index: 1, ageMs: 0, source: 'registry', complete: true }),
    ready: async () => {},
    subscribe: () => () => {},
    close () {},
  }
  balancer.update(source.instances)
  const payments = callService({ name: 'payments', source, legs: fixedLeg(plainWays('payments').only!, source, balancer, resolvePolicy([{ connections: CONNECTIONS }])) })
  const pool = new Pool(origin, { connections: CONNECTIONS })
  const agent = new Agent({ connections: CONNECTIONS })

  const pairs: ReadonlyArray<readonly [name: string, bare: () => Promise<unknown>, ours: () => Promise<unknown>]> = [
    ['fetch', async () => (await fetch(`${origin}/charges`, { dispatcher: agent })).arrayBuffer(), async () => (await payments.fetch('/charges')).arrayBuffer()],
    ['dispatcher', async () => (await pool.request({ path: '/charges', method: 'GET' })).body.arrayBuffer(), async () => (await payments.dispatcher.request({ path: '/charges', method: 'GET' })).body.arrayBuffer()],
  ]
  const [, bare, ours] = pairs.find(([name]) => name === pair)!
  // Once for the compilers.
  await Promise.all([run(bare, 0.5), run(ours, 0.5)])
  const results = { bare: [] as Turn[], ours: [] as Turn[] }
  for (let turn = 0; turn < turns; turn++) {
    // Who goes first changes, so that a trend within the run favours nobody.
    for (const side of turn % 2 === 0 ? ['bare', 'ours'] as const : ['ours', 'bare'] as const) results[side].push(await run(side === 'bare' ? bare : ours, seconds))
  }
  // By pairs of turns, so that what slows both sides does not count.
  const ratio = median(results.ours.map(({ perSecond }, turn) => perSecond / results.bare[turn]!.perSecond))
  const told = (side: readonly Turn[]) => `${median(side.map(({ perSecond }) => perSecond)).toFixed(0)}/s p99 ${median(side.map(({ p99 }) => p99)).toFixed(2)} ms`
  console.log(`${pair.padEnd(10)}  bare ${told(results.bare)}   roster ${told(results.ours)}   ratio ${(100 * ratio).toFixed(1)} %`)
  await Promise.all([payments.close(), pool.close(), agent.close()])
  child.disconnect()
  process.exitCode = ratio >= BAR ? 0 : 1
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
