// Laws of the smaller policies, each alone, with a passed-in clock: attempt timeout, deadline, breaker, concurrency, tracing, metrics.
import { Registry } from 'prom-client'
import t from 'tap'
import { attemptTimeout, limitMs } from '../../src/interceptors/attempt-timeout.js'
import { Breaker, breaker } from '../../src/interceptors/breaker.js'
import { concurrency, ConcurrencyLimit } from '../../src/interceptors/concurrency.js'
import { deadline } from '../../src/interceptors/deadline.js'
import { inbound } from '../../src/interceptors/inbound.js'
import type { Interceptor } from '../../src/interceptors/interceptor.js'
import { CallMetrics, metrics } from '../../src/interceptors/metrics.js'
import { isFailureStatus, isInstanceFailure, retryAfterMs } from '../../src/interceptors/outcome.js'
import { Patience } from '../../src/interceptors/patience.js'
import { ResponseTimes } from '../../src/interceptors/response-times.js'
import { routeOf } from '../../src/interceptors/route.js'
import { tracing } from '../../src/interceptors/tracing.js'
import type { TracingApi } from '../../src/interceptors/tracing.js'
import { DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_BREAKER } from '../../src/policy/policy.js'
import { fakeClock } from '../support/fake-clock.js'
import { lost, scripted } from '../support/scripted.js'

// === attempt timeout ===

t.test('attempt timeout: four times the 99th percentile, between one and ten seconds, ten while nothing is known', async t => {
  const times = new ResponseTimes()
  t.equal(limitMs(DEFAULT_ATTEMPT_TIMEOUT, times.p99(0)), 10_000)
  for (let i = 0; i < 1000; i++) times.observe(i < 980 ? 20 : 500, 0)
  t.ok(Math.abs(times.p99(1000)! - 500) < 60, `${times.p99(1000)} is within a tenth of 500`)
  t.ok(limitMs(DEFAULT_ATTEMPT_TIMEOUT, times.p99(1000)) >= 2000)
  t.equal(limitMs(DEFAULT_ATTEMPT_TIMEOUT, 3), 1000)
  t.equal(limitMs(DEFAULT_ATTEMPT_TIMEOUT, 9000), 10_000)
  t.equal(times.p99(120_000), undefined, 'what is old is forgotten')
})

function timedOut (over: { resendable?: boolean, couldMoveOn?: boolean, long?: boolean, routeIsLong?: boolean } = {}) {
  const clock = fakeClock()
  const { resendable = true, couldMoveOn = true, long = false, routeIsLong = false } = over
  const limited = attemptTimeout({ policy: { factor: 4, minMs: 1000, maxMs: 1000 }, times: new ResponseTimes(), balancer: { isLong: () => routeIsLong }, patience: new Patience(clock), clock })
  const outer: Interceptor = dispatch => (request, handler) => {
    request.call.resendable = resendable
    request.call.retrier = { couldMoveOn: () => couldMoveOn }
    return limited(dispatch)(request, handler)
  }
  const script = scripted(outer, { long })
  clock.advance(1200)
  return { ...script, clock }
}

t.test('attempt timeout: cuts an attempt that another instance could take over', async t => {
  t.match(timedOut().told, [{ code: 'ROSTER_TIMEOUT', timeoutMs: 1000 }])
})

for (const [what, over] of Object.entries({ 'may have been done': { resendable: false }, 'nobody could take over': { couldMoveOn: false }, 'takes long by its policy': { long: true }, 'takes long by experience': { routeIsLong: true } })) {
  t.test(`attempt timeout: leaves alone what ${what}`, async t => { t.same(timedOut(over).told, []) })
}

t.test('attempt timeout: a head in time ends the watch, and no timer stays when nobody waits', async t => {
  const clock = fakeClock()
  const limited = attemptTimeout({ policy: { factor: 4, minMs: 1000, maxMs: 1000 }, times: new ResponseTimes(), balancer: { isLong: () => false }, patience: new Patience(clock), clock })
  const script = scripted(dispatch => (request, handler) => { request.call.resendable = true; request.call.retrier = { couldMoveOn: () => true }; return limited(dispatch)(request, handler) })
  clock.advance(500)
  script.attempts[0]!.heads(200)
  clock.advance(10_000)
  t.same(script.told, [200])
  t.equal(clock.pending, 0)
})

// === deadline ===

t.test('deadline: ends the call within its body too, with a typed error', async t => {
  const clock = fakeClock()
  const script = scripted(deadline({ timeoutMs: 100, clock }))
  script.attempts[0]!.heads(200)
  t.equal(script.call.deadlineAt, 100)
  clock.advance(100)
  t.match(script.told, [200, { code: 'ROSTER_TIMEOUT', timeoutMs: 100 }])
  t.ok(script.call.givenUp)
})

t.test('deadline: the caller\'s caller counts, nothing is sent when its time is over, and an end in time leaves no timer', async t => {
  const clock = fakeClock()
  t.equal(scripted(deadline({ timeoutMs: 100, clock }), { headers: { 'x-roster-deadline': '30' } }).call.deadlineAt, 30)
  t.equal(scripted(deadline({ timeoutMs: false, clock }), { headers: { 'x-roster-deadline': 'soon' } }).call.deadlineAt, Infinity, 'a header that is no number breaks nothing')
  const late = scripted(deadline({ timeoutMs: false, clock }), { headers: { 'x-roster-deadline': '0' } })
  t.equal(late.attempts.length, 0)
  t.match(late.told, [{ code: 'ROSTER_TIMEOUT' }])
  clock.advance(100)
  scripted(deadline({ timeoutMs: 100, clock })).attempts[0]!.answers(200)
  t.equal(clock.pending, 0)
})

t.test('inbound: what is left counts down and goes on', async t => {
  const clock = fakeClock()
  const came = inbound({ 'x-roster-deadline': '100', 'x-roster-attempt': '1' }, clock)
  clock.advance(40)
  t.same(came.headers(), { 'x-roster-deadline': '60', 'x-roster-attempt': '1' })
  t.same(inbound({}, clock).headers(), {})
})

// === breaker ===

t.test('breaker: refuses after too many failures, lets one through when its time is up, and believes it', async t => {
  const clock = fakeClock()
  const state = new Breaker(DEFAULT_BREAKER, 0)
  const policy = breaker(state, clock)
  for (let i = 0; i < 19; i++) scripted(policy).attempts[0]!.answers(i % 2 === 0 ? 200 : 503)
  t.equal(state.state, 'closed', 'too few to decide')
  scripted(policy).attempts[0]!.fails(lost())
  t.equal(state.state, 'open')
  const refused = scripted(policy)
  t.equal(refused.attempts.length, 0)
  t.match(refused.told, [{ code: 'ROSTER_CIRCUIT_OPEN', retryAfterMs: 5000 }])
  clock.advance(5000)
  const trial = scripted(policy)
  t.equal(scripted(policy).attempts.length, 0, 'one at a time')
  trial.attempts[0]!.fails(lost())
  t.equal(state.state, 'open')
  clock.advance(5000)
  const given = scripted(policy)
  given.attempts[0]!.fails(new Error('the caller left'))
  const next = scripted(policy)
  next.attempts[0]!.answers(404)
  t.equal(state.state, 'closed', 'a trial that was given up says nothing; a caller\'s mistake is no failure')
})

// === concurrency ===

t.test('concurrency: as many as allowed, bodies included; a place is free again after any end', async t => {
  const limit = new ConcurrencyLimit(2)
  const policy = concurrency(limit)
  const [first, second] = [scripted(policy), scripted(policy)]
  first.attempts[0]!.heads(200)
  t.match(scripted(policy).told, [{ code: 'ROSTER_CONCURRENCY_LIMIT', limit: 2 }])
  first.attempts[0]!.ends()
  second.attempts[0]!.fails(lost())
  t.equal(limit.active, 0)
  t.equal(scripted(policy).attempts.length, 1)
})

// === tracing ===

t.test('tracing: a span for the choice and one for the call, with the instance and the reason; W3C context goes along', async t => {
  const spans: Array<{ name: string, attributes: Record<string, unknown>, ended: boolean, parent: unknown, status?: unknown }> = []
  const api: TracingApi = {
    trace: {
      getTracer: () => ({
        startSpan (name, options, parent) {
          const span = { name, attributes: { ...options?.attributes } as Record<string, unknown>, ended: false, parent } as (typeof spans)[number]
          spans.push(span)
          return {
            spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1, traceState: { serialize: () => 'x=y' } }),
            setAttribute: (key, value) => { span.attributes[key] = value },
            setStatus: status => { span.status = status },
            recordException: () => {},
            end: () => { span.ended = true },
          }
        },
      }),
      setSpan: (context) => context,
    },
    context: { active: () => 'the caller\'s' },
    propagation: { inject: () => {} },
  }
  const script = scripted(tracing(api))
  t.same(script.call.added, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'x=y' })
  t.match(spans, [{ name: 'resolve payments', ended: true, attributes: { 'roster.instance': 'a', 'roster.reason': 'p2c' } }, { name: 'GET /', ended: false, parent: 'the caller\'s' }])
  script.attempts[0]!.answers(503)
  t.match(spans[1], { ended: true, attributes: { 'roster.instance': 'a', 'http.response.status_code': 503 }, status: { code: 2 } })
})

// === metrics ===

t.test('metrics: a registry of prom-client\'s shows calls, times and what is under way', async t => {
  const clock = fakeClock()
  const registry = new Registry()
  const all = new CallMetrics(registry)
  const policy = metrics(all, clock)
  const [first, second] = [scripted(policy), scripted(policy)]
  scripted(policy)
  clock.advance(30)
  first.attempts[0]!.answers(200)
  second.attempts[0]!.fails(lost())
  const page = await registry.metrics()
  for (const line of [
    'roster_client_calls_total{service="payments",result="2xx"} 1', 'roster_client_calls_total{service="payments",result="UND_ERR_SOCKET"} 1', 'roster_client_in_flight{service="payments"} 1',
    'roster_client_call_duration_seconds_bucket{le="0.025",service="payments"} 0', 'roster_client_call_duration_seconds_bucket{le="0.05",service="payments"} 2',
    'roster_client_call_duration_seconds_count{service="payments"} 2', '# TYPE roster_client_call_duration_seconds histogram',
  ]) t.ok(page.includes(line), line)
  t.throws(() => new CallMetrics(registry), /already has roster_client_calls_total/)
})

// === what an end says ===

const errors: ReadonlyArray<readonly [code: string | undefined, blamed: boolean]> = [
  ['ECONNREFUSED', true], ['ECONNRESET', true], ['UND_ERR_SOCKET', true], ['UND_ERR_CONNECT_TIMEOUT', true], ['UND_ERR_HEADERS_TIMEOUT', true], ['HPE_INVALID_CONSTANT', true], ['ERR_TLS_CERT_ALTNAME_INVALID', true], ['ROSTER_TIMEOUT', true],
  ['UND_ERR_INVALID_ARG', false], ['UND_ERR_ABORTED', false], ['UND_ERR_DESTROYED', false], ['ERR_STREAM_PREMATURE_CLOSE', false], ['ABORT_ERR', false], [undefined, false],
]
for (const [code, blamed] of errors) t.test(`${code} is ${blamed ? '' : 'not '}held against the instance`, async t => { t.equal(isInstanceFailure(Object.assign(new Error('x'), { code })), blamed) })

t.test('429 and 5xx are failures, except those that say that nobody will', async t => {
  t.same([200, 302, 404, 429, 500, 501, 503, 505, 599].filter(isFailureStatus), [429, 500, 503, 599])
})

const waits: ReadonlyArray<readonly [value: string | undefined, ms: number | undefined]> = [['2', 2000], ['0', 0], [' 7 ', 7000], ['Thu, 01 Jan 1970 00:00:05 GMT', 4000], ['Thu, 01 Jan 1970 00:00:00 GMT', 0], ['-1', undefined], ['soon', undefined], ['2026', 2_026_000], ['', undefined], [undefined, undefined]]
for (const [value, ms] of waits) t.test(`Retry-After ${value} is ${ms} ms`, async t => { t.equal(retryAfterMs(value, 1000), ms) })

const routes: ReadonlyArray<readonly [path: string, route: string]> = [['/charges/42/items?page=2', 'GET /charges/:/items'], ['/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'GET /users/:'], ['/v1/health', 'GET /v1/health'], ['/', 'GET /'], [`/${'x'.repeat(40)}`, 'GET /:']]
for (const [path, route] of routes) t.test(`${path} is of the route ${route}`, async t => { t.equal(routeOf('GET', path), route) })
