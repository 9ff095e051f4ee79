// Laws of reporting edges: differences are told while there is a lease, quiet processes speak rarely, bounds hold, and a registry that does not want reports is left alone.
import t from 'tap'
import { CallCounts, Balancer, EdgeReporter, Statistics, noLag } from '../../src/index.js'
import type { Instance, LeaseEdgesBody, CalledService } from '../../src/index.js'
import { NotFoundError, UnreachableError } from '../../src/api/errors.js'
import { virtualClock } from '../../src/testing/index.js'

function reporting (upstreams: () => readonly CalledService[], answer: () => Promise<{ EveryMs: number } | undefined> = () => Promise.resolve({ EveryMs: 5000 })) {
  const clock = virtualClock()
  const sent: Array<{ at: number, id: string, body: LeaseEdgesBody }> = []
  const state = { lease: 'l' as string | undefined }
  const reporter = new EdgeReporter({
    clock,
    random: () => 0.5,
    lease: () => state.lease,
    upstreams,
    api: { lease: { edges: async (id: string, body: LeaseEdgesBody) => { sent.push({ at: clock.monotonic(), id, body }); return { value: await answer() } as never } } },
  })
  return { clock, sent, state, reporter }
}

t.test('each report tells what happened since the last; a quiet process repeats itself every 20 s, after saying once that it is over', async t => {
  const counts = new CallCounts()
  const { clock, sent, reporter, state } = reporting(() => [{ service: 'db', counts, aside: [] }])
  reporter.start()
  counts.count(true, 3)
  counts.count(false, 40)
  await clock.run(1500)
  t.match(sent, [{ id: 'l', body: { WindowMs: 1000, Edges: [{ To: 'db', Requests: 2, Errors: 1 }] } }])
  t.equal(sent[0]!.body.Edges[0]!.Latency!.reduce((a, b) => a + b, 0), 2)
  counts.count(true, 3)
  await clock.run(60_000)
  const requests = sent.map(({ at, body }) => [at, body.Edges[0]!.Requests])
  t.strictSame(requests, [[1000, 2], [6000, 1], [11000, 0], [31000, 0], [51000, 0]])
  state.lease = undefined
  await clock.run(60_000)
  t.equal(sent.length, 5)
  t.equal(clock.pending, 0, 'without a lease nothing runs')
  state.lease = 'm'
  reporter.start()
  counts.count(true, 3)
  await clock.run(2000)
  t.match(sent.at(-1), { id: 'm', body: { Edges: [{ Requests: 1 }] } })
  reporter.stop()
  t.equal(clock.pending, 0)
})

t.test('the registry sets the pace within bounds; a report that is lost is not tried again', async t => {
  const counts = new CallCounts()
  let calls = 0
  const { clock, sent, reporter } = reporting(() => [{ service: 'db', counts, aside: ['n/i'] }], () => ++calls === 1 ? Promise.resolve({ EveryMs: 10 }) : Promise.reject(new UnreachableError('away', { sent: false })))
  reporter.start()
  await clock.run(4500)
  t.strictSame(sent.map(({ at }) => at), [1000, 2000, 3000, 4000])
  reporter.stop()
})

t.test('a registry without the endpoint is asked once', async t => {
  const { clock, sent, reporter } = reporting(() => [{ service: 'db', counts: new CallCounts(), aside: ['n/i'] }], () => Promise.reject(new NotFoundError({ status: 404, body: '' } as never)))
  reporter.start()
  await clock.run(60_000)
  reporter.start()
  await clock.run(60_000)
  t.equal(sent.length, 1)
})

t.test('of very many services the busiest are told, and of very many put aside the first', async t => {
  const all = Array.from({ length: 300 }, (_, i) => {
    const counts = new CallCounts()
    for (let n = 0; n < i; n++) counts.count(true, 1)
    return { service: `s${i}`, counts, aside: Array.from({ length: 100 }, (_, n) => `n/${n}`) }
  })
  const { clock, sent, reporter } = reporting(() => all)
  reporter.start()
  await clock.run(1000)
  const { Edges } = sent[0]!.body
  t.strictSame([Edges.length, Edges[0]!.To, Edges.at(-1)!.To, Edges[0]!.Ejected!.length], [256, 's299', 's44', 64])
  reporter.stop()
})

t.test('a balancer counts each call once, whatever becomes of its body, and names who is aside', async t => {
  const clock = virtualClock()
  const statistics = new Statistics(noLag)
  const balancer = new Balancer('db', { outlier: { consecutiveFailures: 2 } }, { clock, statistics, random: () => 0 })
  const instance = (id: string): Instance => ({ id, service: 'db', address: 'h', port: 1, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 })
  balancer.update([instance('n/a'), instance('n/b')])
  const { counts } = statistics.service('db')
  const one = balancer.pick()
  one.answering({ ok: true, ms: 2 })
  one.done({ ok: false })
  t.strictSame([counts.requests, counts.errors], [1, 0])
  balancer.pick().release()
  t.equal(counts.requests, 1, 'given up: it says nothing')
  const stream = balancer.pick({ long: true })
  stream.done({ ok: true })
  t.strictSame([counts.requests, counts.latency.reduce((a, b) => a + b, 0)], [2, 1], 'a stream is a call without a time')
  while (balancer.aside().length === 0) balancer.pick().done({ ok: false })
  t.match(balancer.aside(), [/^n\/[ab]$/])
})
