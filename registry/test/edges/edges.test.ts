// Laws of edges: what callers report is added up by pairs of services, bounded, told to watchers and metrics, and forgotten when they fall silent or end.
import t from 'tap'
import fc from 'fast-check'
import { EdgeStore, MAX_EDGES, MAX_PAIRS_COUNTED, REPORT_LIFE_MS } from '../../src/edges/edge-store.js'
import { LATENCY_BUCKETS, boundMs, quantileMs } from '../../src/edges/latency.js'
import { bucketOf, LATENCY_BUCKETS as SENDERS_BUCKETS } from '@roster/client'
import { State } from '../../src/state/state.js'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer, watchStream } from '../support/server.js'
import type { TestServer } from '../support/server.js'

const lease = (server: TestServer, id: string, ...names: string[]): Promise<Response> => server.call('PUT', '/v1/lease', { ID: id, TTL: '1h', Node: `node-${id}`, Services: names.map(Name => ({ Name, Port: 1 })) })
interface Topology { Services: Array<Record<string, unknown>>, Edges: Array<{ From: string, To: string, Rate: number, ErrorRatio: number, P50Ms: number | null, P99Ms: number | null, Callers: number, Ejected: unknown[] }> }

t.test('two callers of one pair are one edge: rates add up, percentiles are of all calls, ejected instances are named', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await lease(server, 'a', 'web')
  await lease(server, 'b', 'web')
  await lease(server, 'c', 'orders')
  const stream = await watchStream(server)
  t.teardown(() => stream.socket.close())
  stream.say({ op: 'sub', id: 'e', kind: 'edges' })
  await stream.next(({ type }) => type === 'snapshot')
  const fast = new Array<number>(LATENCY_BUCKETS).fill(0)
  fast[bucketOf(8)] = 99
  const slow = new Array<number>(bucketOf(1000) + 1).fill(0)
  slow[bucketOf(1000)] = 1
  const answer = await server.call('PUT', '/v1/lease/a/edges', { WindowMs: 5000, Edges: [{ To: 'orders', Requests: 99, Errors: 0, Latency: fast }] })
  t.strictSame([answer.status, await answer.json()], [200, { EveryMs: 5000 }])
  await server.call('PUT', '/v1/lease/b/edges', { WindowMs: 1000, Edges: [{ From: 'web', To: 'orders', Requests: 1, Errors: 1, Latency: slow, Ejected: ['node-c/orders'] }] })
  const { Edges, Services } = await server.get<Topology>('/v1/topology')
  t.match(Edges, [{ From: 'web', To: 'orders', Rate: 20.8, ErrorRatio: 0.01, Callers: 2, Ejected: [{ Instance: 'node-c/orders', Callers: 1 }] }])
  t.ok(Edges[0]!.P50Ms! > 5.6 && Edges[0]!.P50Ms! <= 8, 'the median is that of the many')
  t.match(Services, [{ Name: 'orders', Instances: 1, Passing: 1 }, { Name: 'web', Instances: 2 }])
  const frame = await stream.next(({ type, upserts }) => type === 'change' && upserts[0]?.['Callers'] === 2)
  t.match(frame.upserts, [{ Key: 'web→orders', To: 'orders', ErrorRatio: 0.01 }])
  const metrics = await (await server.call('GET', '/metrics')).text()
  t.match(metrics, /^roster_edge_requests_total\{from="web",to="orders"\} 100$/m)
  t.match(metrics, /^roster_edge_errors_total\{from="web",to="orders"\} 1$/m)
  t.match(metrics, /^roster_edge_ejected_instances\{from="web",to="orders"\} 1$/m)
  t.equal((await server.get<Topology>('/v1/topology?service=nobody')).Edges.length, 0)
})

t.test('whoever falls silent, or ends, takes its edges along; those who go on are kept', async t => {
  const clock = fakeClock()
  const server = await startTestServer({ clock })
  t.teardown(() => server.stop())
  for (const id of ['a', 'b', 'c']) {
    await lease(server, id, `svc-${id}`)
    await server.call('PUT', `/v1/lease/${id}/edges`, { WindowMs: 5000, Edges: [{ To: 'db', Requests: 1 }] })
  }
  const callers = async (): Promise<string[]> => (await server.get<Topology>('/v1/topology')).Edges.map(({ From }) => From)
  await server.call('DELETE', '/v1/lease/b')
  t.strictSame(await callers(), ['svc-a', 'svc-c'])
  await clock.advance(REPORT_LIFE_MS / 2)
  await server.call('PUT', '/v1/lease/c/edges', { WindowMs: 5000, Edges: [{ To: 'db', Requests: 0 }] })
  await clock.advance(REPORT_LIFE_MS / 2)
  t.strictSame(await callers(), ['svc-c'])
  await server.call('PUT', '/v1/lease/c/edges', { WindowMs: 5000, Edges: [] })
  t.strictSame(await callers(), [], 'a report replaces the one before')
  t.notMatch(await (await server.call('GET', '/metrics')).text(), /from="svc-a"/, 'metrics forget it as well')
})

t.test('what a stranger sends wrong is refused with the documented error, and nothing changes', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await lease(server, 'a', 'web')
  await lease(server, 'empty')
  await server.call('PUT', '/v1/lease/a/edges', { WindowMs: 5000, Edges: [{ To: 'db', Requests: 5 }] })
  const edge = { To: 'db', Requests: 5 }
  const bad: ReadonlyArray<readonly [string, unknown, number, RegExp]> = [
    ['a', { Edges: [edge] }, 400, /WindowMs/],
    ['a', { WindowMs: 1e9, Edges: [edge] }, 400, /WindowMs/],
    ['a', { WindowMs: 5000, Edges: [{ Requests: 1 }] }, 400, /To is missing/],
    ['a', { WindowMs: 5000, Edges: [{ ...edge, Errors: 6 }] }, 400, /Errors/],
    ['a', { WindowMs: 5000, Edges: [{ ...edge, Requests: -1 }] }, 400, /uint/],
    ['a', { WindowMs: 5000, Edges: [{ ...edge, Latency: new Array(35).fill(0) }] }, 400, /Latency/],
    ['a', { WindowMs: 5000, Edges: [{ ...edge, Ejected: new Array(65).fill('x') }] }, 400, /64 instances/],
    ['a', { WindowMs: 5000, Edges: [{ ...edge, To: 'x'.repeat(513) }] }, 400, /512 characters/],
    ['a', { WindowMs: 5000, Edges: new Array(257).fill(edge) }, 400, /256 edges/],
    ['a', { WindowMs: 5000, Edges: [edge], More: 1 }, 400, /unknown field/],
    ['a', 'x'.repeat(300_000), 413, /./],
    ['empty', { WindowMs: 5000, Edges: [edge] }, 400, /From is missing/],
    ['nobody', { WindowMs: 5000, Edges: [edge] }, 404, /^Unknown lease ID/],
  ]
  for (const [id, body, status, why] of bad) {
    const answer = await server.call('PUT', `/v1/lease/${id}/edges`, body)
    t.equal(answer.status, status, JSON.stringify(body).slice(0, 80))
    t.match(await answer.text(), why)
  }
  t.match((await server.get<Topology>('/v1/topology')).Edges, [{ To: 'db', Rate: 1, Callers: 1 }])
})

t.test('however many report, what is kept is bounded: those that reported longest ago go', async t => {
  const clock = fakeClock()
  const store = new EdgeStore({ state: new State(), clock, onChange: () => {} })
  t.teardown(() => store.stop())
  const edges = Array.from({ length: 200 }, (_, i) => ({ from: 'web', to: `s${i}`, requests: 1, errors: 0, latency: [], ejected: [] }))
  for (let i = 0; i < 150; i++) store.report(`l${i}`, 5000, edges.map(edge => ({ ...edge, to: `${edge.to}-${i}` })))
  t.ok(store.size <= MAX_EDGES)
  t.equal([...store.counted()].length, MAX_PAIRS_COUNTED)
  t.equal(store.list().find(({ to }) => to === 's0-0'), undefined)
  t.ok(store.list().find(({ to }) => to === 's0-149'))
})

t.test('a quantile is within a factor of √2 of the true one, and both sides count in the same buckets', async t => {
  t.equal(LATENCY_BUCKETS, SENDERS_BUCKETS)
  fc.assert(fc.property(fc.array(fc.double({ min: 0.3, max: 16_000, noNaN: true }), { minLength: 1, maxLength: 200 }), fc.constantFrom(0.5, 0.9, 0.99), (times, q) => {
    const counts = new Array<number>(LATENCY_BUCKETS).fill(0)
    for (const ms of times) {
      const bucket = bucketOf(ms)
      counts[bucket]!++
      if (!(ms <= boundMs(bucket) * (1 + 1e-6) && (bucket === 0 || ms > boundMs(bucket - 1) * (1 - 1e-6)))) return false
    }
    const sorted = times.toSorted((a, b) => a - b)
    const told = quantileMs(counts, q)!
    const truth = sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)]!
    return told <= truth * 1.4143 && told >= truth / 1.4143 - 1e-9
  }))
  t.equal(quantileMs([], 0.5), null)
})
