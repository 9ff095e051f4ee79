// Laws of what is seen: every exchange is counted and logged with the instance and the reason, a trace goes through whole in the form in which it came, and the pages name what others know.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { METRICS } from '../src/telemetry/metrics.js'
import { readTrace, traceHeaders } from '../src/telemetry/trace-context.js'
import { wantsTracing } from '../src/telemetry/tracing.js'
import { folder, instance, registry, sidecarProcess } from './support/processes.js'
import { until } from './support/until.js'

const hex = (length: number) => fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map(digits => digits.join('')).filter(text => !/^0+$/.test(text))
const get = (headers: Readonly<Record<string, string>>) => (name: string): string | undefined => headers[name]

t.test('a trace is read from what it is written as', async t => {
  fc.assert(fc.property(hex(32), hex(16), fc.boolean(), fc.constantFrom('w3c' as const, 'b3' as const, 'b3-multi' as const), (traceId, spanId, sampled, form) => {
    const written = traceHeaders({ traceId, spanId, sampled, state: undefined, form })
    const own = Object.fromEntries(form === 'w3c' ? written : written.filter(([name]) => name !== 'traceparent'))
    t.same(readTrace(get(own)), { traceId, spanId, sampled, state: undefined, form })
    return true
  }), { numRuns: 50 })
  const id = '4bf92f3577b34da6a3ce929d0e0e4736'
  const span = '00f067aa0ba902b7'
  for (const bad of [`ff-${id}-${span}-01`, `00-${'0'.repeat(32)}-${span}-01`, `00-${id}-${span}-01-x`, `00-${id}-${span}`, id, '']) t.equal(readTrace(get({ traceparent: bad })), undefined, bad)
  t.match(readTrace(get({ traceparent: `01-${id}-${span}-01-future` })), { traceId: id }, 'a later version')
  t.match(readTrace(get({ b3: `${span}-${span}` })), { traceId: span.padStart(32, '0'), sampled: undefined }, 'B3 of 64 bits')
})

t.test('spans are asked for by the standard variables alone', async t => {
  for (const env of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { OTEL_TRACES_EXPORTER: 'none' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' }]) t.equal(wantsTracing(env), false)
  for (const env of [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' }, { OTEL_TRACES_EXPORTER: 'otlp' }]) t.equal(wantsTracing(env), true)
})

t.test('metrics have names of their own family, and say which of others\' they are like', async t => {
  t.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length)
  const page = readFileSync(new URL('../../docs/sidecar.md', import.meta.url), 'utf8')
  for (const { name, type } of METRICS) {
    t.match(name, /^roster_sidecar_[a-z_]+$/)
    if (type === 'counter') t.match(name, /_total$/)
    t.ok(page.includes(`\`${name}\``), `${name} is documented`)
  }
})

t.test('an exchange is logged, counted and traced, with its instance and why it went there', async t => {
  const { url, call } = await registry(t)
  const seen: Array<Record<string, unknown>> = []
  const server = createServer((q, s) => { seen.push(q.headers); s.end('ok') })
  const spans: Array<{ name: string, traceId: string, parentSpanId?: string, spanId: string, kind: number, attributes: Array<{ key: string, value: { stringValue?: string } }> }> = []
  const collector = createServer((q, s) => {
    let body = ''
    q.on('data', data => { body += String(data) }).on('end', () => {
      for (const { scopeSpans } of (JSON.parse(body) as { resourceSpans: Array<{ scopeSpans: Array<{ spans: typeof spans }> }> }).resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
      s.end('{}')
    })
  })
  for (const one of [server, collector]) {
    await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve))
    t.teardown(() => { one.closeAllConnections(); one.close() })
  }
  const portOf = (one: typeof server) => (one.address() as AddressInfo).port
  await call('PUT', '/v1/catalog/register', instance('seen', portOf(server), { id: 'seen-1' }))
  const log = join(folder(t), 'access.log')
  const { at, child, ended } = await sidecarProcess(t, url, ['--upstream', 'seen:0', '--access-log', log], { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${portOf(collector)}`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const parent = '00f067aa0ba902b7'
  await fetch(`${at['upstream seen']!}/a?secret=1`, { headers: { traceparent: `00-${traceId}-${parent}-01`, tracestate: 'vendor=1' } })
  await fetch(`${at['upstream seen']!}/b`, { headers: { b3: `${traceId}-${parent}-1` } })
  t.match(seen[0], { traceparent: new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`), tracestate: 'vendor=1' })
  t.notMatch(seen[0]!['traceparent'], parent, 'the caller of the instance is the attempt')
  t.match(seen[1], { b3: new RegExp(`^${traceId}-[0-9a-f]{16}-1$`) })
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  await until('spans were sent', () => spans.length >= 4)
  const attempt = spans.find(({ name }) => name === 'GET seen')!
  const exchange = spans.find(({ spanId }) => spanId === attempt.parentSpanId)!
  t.match(exchange, { name: 'GET /a', traceId, parentSpanId: parent })
  t.match(attempt.attributes, [{ key: 'roster.instance', value: { stringValue: 'there/seen-1' } }, { key: 'roster.reason', value: { stringValue: 'p2c' } }])
  t.ok(String(seen[0]!['traceparent']).includes(attempt.spanId))
  const [line] = readFileSync(log, 'utf8').split('\n')
  t.match(JSON.parse(line!), { direction: 'outbound', method: 'GET', path: '/a', service: 'seen', instance: 'there/seen-1', why: 'p2c', attempts: 1, status: 200, end: 'ok', bytesOut: 2, traceId })
  t.notMatch(line, 'secret')
})
