// (c) Registrations by catalog, agent and lease, and TTL passes; in memory and durable, 64 writers, against a bare server that appends each body with a shared fdatasync.
import { join } from 'node:path'
import { report } from './lib/figures.js'
import { ask, startRoster, temporaryFolder, worker } from './lib/process.js'
import type { Round } from './lib/figures.js'

const ROUNDS = 3
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 3000)
/** The baseline's process lives through all rounds and is compiled to the last by the first of them; so a fresh registry gets as long of the same work before it is measured, on ids of its own. */
const WARM_UP_MS = DURATION_MS
const MEASURED_FROM = 1_000_000

const catalog = JSON.stringify({ Node: 'n{n}', Address: '10.0.0.1', Service: { ID: 'web-{n}', Service: 'web', Port: 80 }, Check: { CheckID: 'c-{n}', Name: 'alive', Status: 'passing', ServiceID: 'web-{n}' } })
const agent = JSON.stringify({ ID: 'api-{n}', Name: 'api', Port: 80, Check: { TTL: '10m', Status: 'passing' } })
const lease = JSON.stringify({ ID: 'l-{n}', TTL: '10m', Node: 'h{n}', Services: [{ Name: 'job', ID: 'job-{n}', Port: 80 }] })
const CASES = [
  ['catalog register', 'PUT', '/v1/catalog/register', catalog, undefined],
  ['agent register with a TTL check', 'PUT', '/v1/agent/service/register', agent, 0.5],
  ['lease with one service', 'PUT', '/v1/lease', lease, undefined],
  ['TTL pass (nothing changes)', 'PUT', '/v1/agent/check/pass/service:api-1', '', undefined],
] as const

const load = worker('./http-load.ts')
const bare = worker('./bare-http.ts')
const { port: barePort } = await ask<{ port: number }>(bare, { appendTo: join(temporaryFolder(), 'append') })
for (const durable of [false, true]) {
  console.log(durable ? '\ndurable' : 'in memory')
  for (const [name, method, path, body, bar] of CASES) {
    const ours: Round[] = []
    const theirs: Round[] = []
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(await ask<Round>(load, { port: barePort, connections: 64, durationMs: DURATION_MS, method: 'PUT', path: '/', body }))
      const roster = await startRoster(durable ? temporaryFolder() : undefined)
      await fetch(`http://127.0.0.1:${roster.port}/v1/agent/service/register`, { method: 'PUT', body: agent.replaceAll('{n}', '1') })
      await ask(load, { port: roster.port, connections: 64, durationMs: WARM_UP_MS, method, path, body })
      ours.push(await ask<Round>(load, { port: roster.port, connections: 64, durationMs: DURATION_MS, method, path, body, from: MEASURED_FROM }))
      await roster.stop()
    }
    report('bare append with fdatasync behind node:http', theirs)
    report(name, ours, theirs, durable ? bar : undefined)
  }
}
bare.kill()
load.kill()
