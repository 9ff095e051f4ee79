// (h) Keys and values: put with 64 and 256 in flight, get, transactions of 1, 10 and 64 operations, in memory and durable, against the bare server of the same
// bodies; then 100,000 keys of 1 KiB (memory, list of a prefix, restart), 10,000 sessions that expire, 1,000 contenders for one lock.
import { join } from 'node:path'
import { percentile, report } from './lib/figures.js'
import { ask, startRoster, temporaryFolder, worker } from './lib/process.js'
import type { Round } from './lib/figures.js'
import type { RosterProcess } from './lib/process.js'

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const DURATION_MS = Number(process.env['BENCH_MS'] ?? 3000)
/** Of the large cases; lower for a quick look. */
const SCALE = Number(process.env['BENCH_SCALE'] ?? 1)

const value = 'x'.repeat(100)
const txn = (operations: number): string => JSON.stringify(Array.from({ length: operations }, (_, i) => ({ KV: { Verb: 'set', Key: `t/{n}/${i}`, Value: Buffer.from(value).toString('base64') } })))

const load = worker('./http-load.ts')
const round = (port: number, connections: number, method: string, path: string, body?: string, from = 0): Promise<Round> =>
  ask<Round>(load, { port, connections, durationMs: DURATION_MS, method, path, from, ...body === undefined ? {} : { body } })

/** The baseline is compiled to the last by its first round, so a fresh registry gets as long of the same work before it is measured, on keys of its own. */
const MEASURED_FROM = 1_000_000

async function bareServer (setup: object): Promise<{ readonly port: number, readonly stop: () => void }> {
  const bare = worker('./bare-http.ts')
  const { port } = await ask<{ port: number }>(bare, setup)
  return { port, stop: () => { bare.kill() } }
}

// === rates ===
const CASES = [
  ['put, 64 in flight', 64, 'PUT', '/v1/kv/k/{n}', value],
  ['put, 256 in flight', 256, 'PUT', '/v1/kv/k/{n}', value],
  ['put of one key, 64 in flight', 64, 'PUT', '/v1/kv/hot', `${value}{n}`],
  ['transaction of 1', 64, 'PUT', '/v1/txn', txn(1)],
  ['transaction of 10', 64, 'PUT', '/v1/txn', txn(10)],
  ['transaction of 64', 64, 'PUT', '/v1/txn', txn(64)],
] as const

for (const durable of [false, true]) {
  console.log(durable ? '\ndurable' : 'in memory')
  const bare = await bareServer(durable ? { appendTo: join(temporaryFolder(), 'append') } : {})
  for (const [name, connections, method, path, body] of CASES) {
    const ours: Round[] = []
    const theirs: Round[] = []
    for (let i = 0; i < ROUNDS; i++) {
      theirs.push(await round(bare.port, connections, 'PUT', '/', body))
      const roster = await startRoster(durable ? temporaryFolder() : undefined, { limits: { http_max_conns_per_client: 1000 } })
      await round(roster.port, connections, method, path, body)
      ours.push(await round(roster.port, connections, method, path, body, MEASURED_FROM))
      await roster.stop()
    }
    report(`bare ${durable ? 'append with fdatasync' : 'node:http'}, ${name}`, theirs)
    report(name, ours, theirs)
  }
  bare.stop()
}

{
  const roster = await startRoster()
  await fetch(`http://127.0.0.1:${roster.port}/v1/kv/k`, { method: 'PUT', body: value })
  const body = await (await fetch(`http://127.0.0.1:${roster.port}/v1/kv/k`)).text()
  for (const [name, path, bytes] of [['get', '/v1/kv/k', body], ['get raw', '/v1/kv/k?raw', value]] as const) {
    const bare = await bareServer({ body: bytes, headers: ['Content-Type', 'application/json', 'X-Consul-Index', '7', 'X-Consul-KnownLeader', 'true', 'X-Consul-LastContact', '0'] })
    const ours: Round[] = []
    const theirs: Round[] = []
    for (let i = 0; i < ROUNDS; i++) {
      theirs.push(await round(bare.port, 64, 'GET', '/'))
      ours.push(await round(roster.port, 64, 'GET', path))
    }
    report(`bare node:http, ${name}`, theirs)
    report(name, ours, theirs)
    bare.stop()
  }
  await roster.stop()
}

// === many ===
const api = (roster: RosterProcess, method: string, path: string, body?: string): Promise<Response> => fetch(`http://127.0.0.1:${roster.port}${path}`, { method, ...body === undefined ? {} : { body } })

/** `work` for 0 … n-1, so many at once. @returns ms that each took */
async function many (n: number, width: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = []
  let next = 0
  await Promise.all(Array.from({ length: Math.min(n, width) }, async () => {
    for (let i = next++; i < n; i = next++) {
      const began = performance.now()
      await work(i)
      took.push(performance.now() - began)
    }
  }))
  return took
}

const figures = (took: readonly number[]): string => `p50 ${percentile(took, 0.5).toFixed(2)} ms  p99 ${percentile(took, 0.99).toFixed(2)} ms`
const line = (name: string, text: string): void => console.log(`${name.padEnd(58)} ${text}`)

console.log('\nmany')
{
  const keys = Math.round(100_000 * SCALE / 64) * 64
  const folder = temporaryFolder()
  const roster = await startRoster(folder)
  const empty = roster.rss()
  const kibibyte = Buffer.alloc(1024, 'v').toString('base64')
  const took = await many(keys / 64, 16, async i => {
    const operations = Array.from({ length: 64 }, (_, j) => { const n = i * 64 + j; return { KV: { Verb: 'set', Key: `p${Math.floor(n / 100)}/${n}`, Value: kibibyte } } })
    const answer = await api(roster, 'PUT', '/v1/txn', JSON.stringify(operations))
    if (!answer.ok) throw new Error(await answer.text())
    await answer.arrayBuffer()
  })
  line(`${keys} keys of 1 KiB written, 64 a transaction`, figures(took))
  line('memory', `${(roster.rss() - empty).toFixed(0)} MiB over ${empty.toFixed(0)} MiB (the values alone: ${(keys / 1024).toFixed(0)} MiB)`)
  line('list of a prefix with 100 keys', figures(await many(500, 1, async i => { await (await api(roster, 'GET', `/v1/kv/p${i}/?recurse`)).arrayBuffer() })))
  await roster.stop()
  const again = await startRoster(folder)
  const bare = await startRoster(temporaryFolder())
  line('restart to the first answer', `${again.readyMs.toFixed(0)} ms (an empty one in the same run: ${bare.readyMs.toFixed(0)} ms)`)
  const first = await api(again, 'GET', '/v1/kv/p0/?keys')
  line('keys of the first prefix after it', String((await first.json() as unknown[]).length))
  await Promise.all([again.stop(), bare.stop()])
}
{
  const sessions = Math.round(10_000 * SCALE)
  const roster = await startRoster(undefined, { session_ttl_min: '1s' })
  // Twice the TTL is the compatible time until a session is ended.
  const began = performance.now()
  const took = await many(sessions, 64, async () => { await (await api(roster, 'PUT', '/v1/session/create', '{"TTL":"5s","LockDelay":"0s"}')).arrayBuffer() })
  line(`${sessions} sessions made`, figures(took))
  const made = performance.now() - began
  const seen: number[] = []
  for (;;) {
    const asked = performance.now()
    const left = (await (await api(roster, 'GET', '/v1/session/list')).json() as unknown[]).length
    seen.push(performance.now() - asked)
    if (left === 0) break
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  line('until the last had expired', `${((performance.now() - began) / 1000).toFixed(1)} s after the first was made (making took ${(made / 1000).toFixed(1)} s); listing meanwhile ${figures(seen)}`)
  await roster.stop()
}
{
  const contenders = Math.round(1000 * SCALE)
  const roster = await startRoster(undefined, { limits: { http_max_conns_per_client: 5000 } })
  const holders: string[] = []
  const began = performance.now()
  const took = await many(contenders, contenders, async i => {
    const { ID } = await (await api(roster, 'PUT', '/v1/session/create', '{"LockDelay":"0s"}')).json() as { ID: string }
    let index = '0'
    for (;;) {
      if (await (await api(roster, 'PUT', `/v1/kv/lock?acquire=${ID}`, String(i))).text() === 'true') break
      const waited = await api(roster, 'GET', `/v1/kv/lock?index=${index}&wait=10s`)
      index = waited.headers.get('x-consul-index') ?? '0'
      await waited.arrayBuffer()
    }
    holders.push(ID)
    await (await api(roster, 'PUT', `/v1/kv/lock?release=${ID}`, String(i))).text()
  })
  line(`${contenders} contenders, each holding one lock once`, `${((performance.now() - began) / 1000).toFixed(1)} s, ${new Set(holders).size} holders; until one's turn was over ${figures(took)}`)
  await roster.stop()
}
load.kill()
