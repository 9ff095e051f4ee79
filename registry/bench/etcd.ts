// Registrations a second through one and three servers over etcd, against etcd's bare client with one put a Txn and as many callers, in the same run; how
// long a change takes from one server to a watcher on another; how many events a second the watch decoder takes; what a server at 100,000 instances needs to
// start and to run; and what 200 ms of delay in front of etcd cost.
//
//   node --import=tsx registry/bench/etcd.ts [--seconds 2] [--rounds 3] [--callers 512] [--sync]
//
// A registration is an instance with a TTL check and what points to them: one record in etcd, as the tables' layout has it. Engines, etcd and callers share
// the machine. Without --sync etcd does not wait for the disk, neither for us nor for the bare client.

import { parseArgs } from 'node:util'
import { EtcdClient } from '../src/engine/etcd/client.js'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EtcdEngine } from '../src/engine/etcd/etcd.js'
import { decodeWatch } from '../src/engine/etcd/watch-decoder.js'
import { Writer } from '../src/engine/etcd/wire.js'
import { codec } from '../src/state/codec.js'
import { layout } from '../src/state/places.js'
import { keys } from '../src/state/keys.js'
import { noBuild, startAgent } from '../test/support/agent-process.js'
import { noEtcd, startEtcd } from '../test/support/etcd.js'
import { tcpProxy } from '../test/support/tcp-proxy.js'
import type { Event } from '../src/engine/engine.js'

const BAR_RATIO = 4
const BAR_P50_MS = 20
const BAR_P99_MS = 50
const BAR_EVENTS = 100_000

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' }, callers: { type: 'string', default: '512' }, instances: { type: 'string', default: '100000' }, sync: { type: 'boolean', default: false } } })
const seconds = Number(values.seconds)
const callers = Number(values.callers)

const serviceOf = (i: number): object => ({ node: `n${i % 200}`, kind: '', id: `web-${i}`, name: 'web', tags: ['v1'], address: '198.51.100.7', taggedAddresses: null, meta: { version: '1.2.3' }, port: 8080, ports: null, socketPath: '', weights: { passing: 1, warning: 1 }, enableTagOverride: false, proxy: null, connect: null, locality: null })
const checkOf = (i: number): object => ({ node: `n${i % 200}`, checkId: `service:web-${i}`, name: "Service 'web' check", status: 'passing', notes: '', output: '', serviceId: `web-${i}`, serviceName: 'web', serviceTags: ['v1'], type: 'ttl', interval: '', timeout: '', exposedPort: 0, definition: {} })

/** What a registration writes: three rows, one record. */
const registration = (i: number) => () => ({
  tx: { puts: [[keys.service(`n${i % 200}`, `web-${i}`), serviceOf(i)], [keys.checkOf(`n${i % 200}`, `web-${i}`, `service:web-${i}`), { check: `service:web-${i}` }], [keys.check(`n${i % 200}`, `service:web-${i}`), checkOf(i)]] as const },
  result: undefined,
})

async function rate (act: (i: number) => Promise<unknown>, from: number): Promise<{ readonly perSecond: number, readonly p99Ms: number }> {
  const times: number[] = []
  const began = performance.now()
  let next = from
  await Promise.all(Array.from({ length: callers }, async () => {
    while (performance.now() - began < seconds * 1000) {
      const start = performance.now()
      await act(next++)
      times.push(performance.now() - start)
    }
  }))
  times.sort((a, b) => a - b)
  return { perSecond: times.length / (performance.now() - began) * 1000, p99Ms: times[Math.floor(times.length * 0.99)]! }
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!

if (noEtcd !== false) console.log(noEtcd)
else await main()

async function main (): Promise<void> {
  const etcd = await startEtcd({ sync: values.sync })
  const alive = setInterval(() => {}, 1000)
  try {
    const bare = new EtcdClient({ endpoints: etcd.endpoints })
    const heard = new Map<string, number>()
    const open = async (hears = false): Promise<EtcdEngine> => {
      const engine = new EtcdEngine({ client: new EtcdClient({ endpoints: etcd.endpoints }), prefix: 'bench/', codec, layout })
      await engine.open({ row () {}, event (event: Event) { if (hears) for (const { key } of event.rows) if (key.startsWith('kv/lag')) heard.set(key, performance.now()) } })
      return engine
    }
    const engines = [await open(), await open(), await open(true)]
    const value = Buffer.from(JSON.stringify([serviceOf(1), checkOf(1)]))
    const results: Record<'bare' | 'one' | 'three', Array<{ perSecond: number, p99Ms: number }>> = { bare: [], one: [], three: [] }
    let from = 0
    for (let round = 0; round < Number(values.rounds); round++) {
      results.bare.push(await rate(i => bare.txn({ then: [{ put: Buffer.from(`bare/${i}`), value }] }), from))
      results.one.push(await rate(i => engines[0]!.commit(registration(i)), from))
      results.three.push(await rate(i => engines[i % 3]!.commit(registration(i)), from + 5_000_000))
      from += 1_000_000
    }
    const base = median(results.bare.map(r => r.perSecond))
    for (const [name, rounds] of Object.entries(results)) console.log(`${name.padEnd(6)} ${Math.round(median(rounds.map(r => r.perSecond))).toLocaleString('en').padStart(8)} registrations/s   p99 ${median(rounds.map(r => r.p99Ms)).toFixed(1)} ms   ${(median(rounds.map(r => r.perSecond)) / base).toFixed(2)} × bare`)
    console.log(`bar: one server ≥ ${BAR_RATIO} × bare`)
    await lag(engines, heard)
    decoder()
    await slow(etcd.endpoints[0]!)
    if (noBuild === false) await atSize(etcd.endpoints[0]!, Number(values.instances))
    else console.log(noBuild)
    bare.close()
    await Promise.all(engines.map(engine => engine.close()))
  } finally {
    clearInterval(alive)
    await etcd.stop()
  }
}

/** From the call on server A to the fold on server C, at an easy rate. */
async function lag (engines: readonly EtcdEngine[], heard: ReadonlyMap<string, number>): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < 300; i++) {
    const began = performance.now()
    await engines[0]!.commit(() => ({ tx: { puts: [[`kv/lag${i}`, { value: String(i) }]] }, result: undefined }))
    await engines[2]!.caughtUp()
    times.push(heard.get(`kv/lag${i}`)! - began)
  }
  times.sort((a, b) => a - b)
  console.log(`change on A → folded on C: p50 ${times[150]!.toFixed(2)} ms, p99 ${times[297]!.toFixed(2)} ms (bars ${BAR_P50_MS}, ${BAR_P99_MS})`)
}

/** As if etcd were far away: each answer takes 200 ms more. */
async function slow (endpoint: string): Promise<void> {
  const proxy = await tcpProxy(Number(new URL(endpoint).port), 200)
  const engine = new EtcdEngine({ client: new EtcdClient({ endpoints: [`http://127.0.0.1:${proxy.port}`] }), prefix: 'slow/', codec, layout })
  await engine.open({ row () {}, event () {} })
  const { perSecond, p99Ms } = await rate(i => engine.commit(registration(i)), 0)
  console.log(`etcd 200 ms away: ${Math.round(perSecond).toLocaleString('en')} registrations/s, p99 ${p99Ms.toFixed(0)} ms, leader known: ${engine.freshness().leader}`)
  await engine.close()
  await proxy.close()
}

/** A server's start on a full registry, and its memory then. */
async function atSize (endpoint: string, instances: number): Promise<void> {
  const engine = new EtcdEngine({ client: new EtcdClient({ endpoints: [endpoint] }), prefix: 'full/', codec, layout })
  await engine.open({ row () {}, event () {} })
  for (let n = 0; n < 200; n++) await engine.commit(() => ({ tx: { puts: [[keys.node(`n${n}`), { name: `n${n}`, id: '', address: '198.51.100.7', datacenter: 'dc1', taggedAddresses: null, meta: null }]] }, result: undefined }))
  const AT_ONCE = 100
  for (let from = 0; from < instances; from += AT_ONCE * 4) {
    await Promise.all([0, 1, 2, 3].map(part => engine.commit(() => ({ tx: { puts: Array.from({ length: AT_ONCE }, (_, i) => registration(from + part * AT_ONCE + i)().tx.puts).flat() }, result: undefined }))))
  }
  await engine.close()
  const dir = mkdtempSync(join(tmpdir(), 'roster-bench-'))
  const began = performance.now()
  const agent = await startAgent({ dir, config: { node_name: 'roster', log_level: 'warn', roster: { engine: 'etcd', etcd_endpoints: [endpoint], etcd_prefix: 'full/', server_id: 'bench' } } })
  const readyMs = performance.now() - began
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${agent.child.pid!}/status`, 'utf8'))![1]) / 1024
  console.log(`a server at ${instances.toLocaleString('en')} instances: ready after ${(readyMs / 1000).toFixed(1)} s, ${Math.round(rss)} MiB resident`)
  await agent.stop('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
}

function decoder (): void {
  const value = Buffer.from(JSON.stringify(serviceOf(1)))
  const writer = new Writer().message(1, new Writer().int(3, 1_000_000).finish())
  for (let i = 0; i < 1000; i++) writer.message(11, new Writer().message(2, new Writer().bytes(1, Buffer.from(`roster/r/node/n${i}/service/web-${i}`)).int(2, 5).int(3, 1_000_000 + i).int(4, 1).bytes(5, value).finish()).finish())
  const answer = writer.finish()
  let events = 0
  const began = performance.now()
  while (performance.now() - began < 1000) events += decodeWatch(answer).events.length
  console.log(`watch decoder: ${Math.round(events / (performance.now() - began) * 1000).toLocaleString('en')} events/s (bar ${BAR_EVENTS.toLocaleString('en')})`)
}
