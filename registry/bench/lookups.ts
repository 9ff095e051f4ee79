// (a) Health lookups of 10 and 100 instances against node:http sending the same bytes. Rounds alternate, so that both see the same machine.
import { report } from './lib/figures.js'
import { ask, startRoster, worker } from './lib/process.js'
import type { Round } from './lib/figures.js'

const ROUNDS = 3
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 3000)

const roster = await startRoster(undefined, { })
const load = worker('./http-load.ts')
for (const instances of [10, 100]) {
  for (let i = 0; i < instances; i++) {
    await fetch(`http://127.0.0.1:${roster.port}/v1/catalog/register`, { method: 'PUT', body: JSON.stringify({ Node: `n${i}`, Address: `10.0.${i >> 8}.${i & 255}`, Service: { ID: `web${instances}-${i}`, Service: `web${instances}`, Port: 8000 + i, Tags: ['v1', 'primary'], Meta: { version: '1.2.3' } }, Check: { CheckID: `c${instances}-${i}`, Name: 'alive', Status: 'passing', ServiceID: `web${instances}-${i}` } }) })
  }
  const path = `/v1/health/service/web${instances}?passing`
  const answer = await fetch(`http://127.0.0.1:${roster.port}${path}`)
  const body = await answer.text()
  const headers = [...answer.headers].filter(([name]) => !['content-length', 'date', 'connection', 'keep-alive'].includes(name)).flat()
  const bare = worker('./bare-http.ts')
  const { port } = await ask<{ port: number }>(bare, { headers, body })
  const ours: Round[] = []
  const theirs: Round[] = []
  for (const at of [port, roster.port]) await ask(load, { port: at, connections: 64, durationMs: 1000, path })
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await ask<Round>(load, { port, connections: 64, durationMs: DURATION_MS, path }))
    ours.push(await ask<Round>(load, { port: roster.port, connections: 64, durationMs: DURATION_MS, path }))
  }
  report(`bare node:http, ${body.length} B`, theirs)
  report(`health/service, ${instances} instances`, ours, theirs, 0.85)
  bare.kill()
}
load.kill()
await roster.stop()
