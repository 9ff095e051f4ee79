// (e, f) Memory and restart time with 1,000, 10,000 and 100,000 instances, and what a lookup and a registration cost at those sizes.
import { median } from './lib/figures.js'
import { ask, startRoster, temporaryFolder, worker } from './lib/process.js'
import type { Round } from './lib/figures.js'

const SIZES = (process.env['BENCH_SIZES'] ?? '1000,10000,100000').split(',').map(Number)
const load = worker('./http-load.ts')
const costs: Array<{ size: number, lookup: number, registration: number }> = []
for (const size of SIZES) {
  const dir = temporaryFolder()
  let roster = await startRoster(dir)
  const idle = roster.rss()
  let next = 0
  const register = async (): Promise<void> => {
    for (;;) {
      const i = next++
      if (i >= size) return
      // A hundred nodes and ten instances a service: a usual shape.
      await (await fetch(`http://127.0.0.1:${roster.port}/v1/catalog/register`, { method: 'PUT', body: JSON.stringify({ Node: `n${i % 100}`, Address: '10.0.0.1', Service: { ID: `s-${i}`, Service: `svc-${Math.floor(i / 10)}`, Port: 80, Tags: ['v1'], Meta: { version: '1.0.0' } }, Check: { CheckID: `c-${i}`, Name: 'alive', Status: 'passing', ServiceID: `s-${i}` } }) })).arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 32 }, register))
  const full = roster.rss()
  const lookups: number[] = []
  const registrations: number[] = []
  // The first and smallest would otherwise be measured before it is compiled, and the larger ones look better than they are.
  await ask(load, { port: roster.port, connections: 16, durationMs: 1500, path: '/v1/health/service/svc-7?passing&n={n}' })
  for (let round = 0; round < 3; round++) {
    lookups.push((await ask<Round>(load, { port: roster.port, connections: 16, durationMs: 1500, path: '/v1/health/service/svc-7?passing&n={n}' })).rate)
    registrations.push((await ask<Round>(load, { port: roster.port, connections: 64, durationMs: 1500, method: 'PUT', path: '/v1/catalog/register', body: JSON.stringify({ Node: 'n7', Address: '10.0.0.1', Service: { ID: 'cost', Service: 'cost', Port: 80, Meta: { n: `${round}-{n}` } } }) })).rate)
  }
  costs.push({ size, lookup: median(lookups), registration: median(registrations) })
  await roster.stop('SIGKILL')
  roster = await startRoster(dir)
  const bar = size === 10_000 ? (full <= 150 ? ' (bar 150 MiB: held)' : ' (bar 150 MiB: MISSED)') : ''
  console.log(`${String(size).padStart(7)} instances: ${idle.toFixed(0)} MiB empty, ${full.toFixed(0)} MiB full${bar}, ready ${roster.readyMs.toFixed(0)} ms after kill -9${size === 100_000 ? ` (bar 3,000 ms: ${roster.readyMs <= 3000 ? 'held' : 'MISSED'})` : ''}, ${roster.rss().toFixed(0)} MiB then`)
  await roster.stop()
}
for (const { size, lookup, registration } of costs) {
  const of = costs[0]!
  console.log(`${String(size).padStart(7)} instances: lookup ${lookup.toFixed(0)}/s (${(lookup / of.lookup * 100).toFixed(0)} % of the smallest), durable registration ${registration.toFixed(0)}/s (${(registration / of.registration * 100).toFixed(0)} %)`)
}
load.kill()
