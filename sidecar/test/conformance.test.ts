// One law: a policy means the same whoever follows it. The same cases through the SDK, through the sidecar over HTTP/1.1 and through the sidecar over HTTP/2; what callers get and what instances see
// must be alike.
import { connect } from 'node:http2'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, isRosterClientError } from '@roster/client'
import type { PolicyFile, ServicePolicy } from '@roster/client'
import t from 'tap'
import { folder, freePort, instance, registry, sidecar } from './support/processes.js'
import { until } from './support/until.js'

interface Asked { readonly method?: string, readonly path?: string, readonly headers?: Readonly<Record<string, string>>, readonly body?: string }
interface Got { readonly status: number, readonly text: string }
interface Face { readonly name: string, call (service: string, asked: Asked): Promise<Got> }
/** What an instance does with its nth request, from 0; `dead`: nobody listens there. */
type Behaviour = ((n: number, request: IncomingMessage, response: ServerResponse) => void) | 'dead'
interface Case {
  readonly name: string
  readonly policy?: ServicePolicy
  readonly instances: ReadonlyArray<Behaviour | { readonly meta: Record<string, string>, readonly is: Behaviour }>
  /** @param seen requests that each instance got */
  readonly run: (call: (asked?: Asked) => Promise<Got>, seen: () => readonly number[]) => Promise<unknown>
  readonly expect: unknown
}

const ok: Behaviour = (_n, request, response) => { let body = ''; request.on('data', data => { body += String(data) }).on('end', () => response.end(body === '' ? 'ok' : body)) }
const status = (code: number, headers: Record<string, string> = {}): Behaviour => (_n, request, response) => { request.resume(); response.writeHead(code, headers).end('no') }
const resets: Behaviour = (_n, request) => { request.socket.destroy() }
const slow = (ms: number): Behaviour => (_n, request, response) => { request.resume(); setTimeout(() => response.end('slow'), ms) }
const times = async <T>(n: number, act: (i: number) => Promise<T>): Promise<T[]> => { const all: T[] = []; for (let i = 0; i < n; i++) all.push(await act(i)); return all }
const statuses = async (n: number, call: (asked?: Asked) => Promise<Got>, asked?: Asked): Promise<number[]> => (await times(n, () => call(asked))).map(({ status }) => status)
const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
const quiet = { outlier: false, policy: 'round_robin' } as const

const cases: readonly Case[] = [
  { name: 'a GET that an instance cannot answer is sent to another', policy: { balance: quiet }, instances: [status(503), ok], run: call => statuses(6, call), expect: [200, 200, 200, 200, 200, 200] },
  { name: 'a POST is not', policy: { balance: quiet }, instances: [status(503)], run: async (call, seen) => [await statuses(2, call, { method: 'POST', body: 'x' }), seen()], expect: [[503, 503], [2]] },
  { name: 'a connection that is lost before the answer: a GET goes on, a POST does not', policy: { balance: quiet }, instances: [resets, ok], run: async call => [await statuses(4, call), (await statuses(4, call, { method: 'POST', body: 'x' })).some(code => code === 502)], expect: [[200, 200, 200, 200], true] },
  { name: 'what cannot have arrived is always sent again', policy: { balance: quiet }, instances: ['dead', ok], run: call => statuses(6, call, { method: 'POST', body: 'x' }), expect: [200, 200, 200, 200, 200, 200] },
  { name: 'a body goes along with every attempt', policy: { balance: quiet }, instances: [status(503), ok], run: async call => (await times(4, () => call({ method: 'PUT', body: 'the body' }))).map(({ text }) => text), expect: ['the body', 'the body', 'the body', 'the body'] },
  { name: 'as often as the policy says, and no more', policy: { retry: { attempts: 2 }, balance: quiet }, instances: [status(503), status(503), status(503)], run: async (call, seen) => [await statuses(1, call), sum(seen())], expect: [[503], 2] },
  { name: 'not at all when retries are off', policy: { retry: false, balance: quiet }, instances: [status(503), status(503)], run: async (call, seen) => [await statuses(2, call), sum(seen())], expect: [[503, 503], 2] },
  { name: 'statuses and methods of the policy\'s own', policy: { retry: { statuses: [418], methods: ['POST'] }, balance: quiet }, instances: [status(418), ok], run: call => statuses(4, call, { method: 'POST', body: 'x' }), expect: [200, 200, 200, 200] },
  { name: 'a request that somebody else repeats is not repeated', policy: { balance: quiet }, instances: [status(503), status(503)], run: async (call, seen) => [await statuses(1, call, { headers: { 'x-roster-attempt': '1' } }), sum(seen())], expect: [[503], 1] },
  { name: 'the budget bounds what is sent again', policy: { retry: { attempts: 3, budget: { share: 0, perSecond: 0 } }, balance: quiet }, instances: [status(503), status(503)], run: async (call, seen) => [await statuses(3, call), sum(seen())], expect: [[503, 503, 503], 3] },
  { name: 'a deadline ends the call', policy: { timeoutMs: 100, balance: quiet }, instances: [slow(2000)], run: call => statuses(1, call), expect: [504] },
  { name: 'a caller\'s deadline ends it sooner', policy: { balance: quiet }, instances: [slow(2000)], run: call => statuses(1, call, { headers: { 'x-roster-deadline': '100' } }), expect: [504] },
  { name: 'a slow instance is given up for another', policy: { attemptTimeout: { maxMs: 150, minMs: 150 }, balance: quiet }, instances: [slow(5000), ok], run: call => statuses(2, call), expect: [200, 200] },
  { name: 'more calls than the limit are refused', policy: { concurrency: 1, balance: quiet }, instances: [slow(200)], run: async call => (await Promise.all([call(), call()])).map(({ status }) => status).sort(), expect: [200, 503] },
  { name: 'a route\'s own policy', policy: { retry: false, routes: [{ match: { path: '/again/**' }, retry: { attempts: 2 } }], balance: quiet }, instances: [status(503), status(503)], run: async (call, seen) => { const one = (await call({ path: '/' })).status; const before = sum(seen()); return [one, before, (await call({ path: '/again/x' })).status, sum(seen()) - before] }, expect: [503, 1, 503, 2] },
  { name: 'a fault', policy: { fault: { abort: { status: 599 } } }, instances: [ok], run: async (call, seen) => [await statuses(1, call), seen()], expect: [[599], [0]] },
  { name: 'a breaker', policy: { retry: false, breaker: { minCalls: 4, failureShare: 0.5, openMs: 60_000 }, balance: quiet }, instances: [status(500)], run: async (call, seen) => [await statuses(6, call), sum(seen())], expect: [[500, 500, 500, 500, 503, 503], 4] },
  { name: 'an instance that fails in a row is put aside', policy: { retry: false, balance: { policy: 'round_robin', outlier: { consecutiveFailures: 2, baseMs: 60_000 } } }, instances: [status(500), ok], run: async call => (await statuses(20, call)).filter(code => code === 500).length, expect: 2 },
  { name: 'only those that are selected', policy: { balance: { select: { version: '2.x' } } }, instances: [{ meta: { version: '1.0.0' }, is: ok }, { meta: { version: '2.3.0' }, is: ok }], run: async (call, seen) => { await statuses(6, call); return seen() }, expect: [0, 6] },
  { name: 'the same key, the same instance', policy: { hashHeader: 'x-user', balance: { policy: 'ring_hash' } }, instances: [ok, ok, ok, ok], run: async (call, seen) => { await statuses(8, call, { headers: { 'x-user': 'ann' } }); return [...seen()].sort() }, expect: [0, 0, 0, 8] },
  { name: 'an answer that is no failure is the answer', policy: { balance: quiet }, instances: [status(404), status(404)], run: async (call, seen) => [await statuses(2, call), sum(seen())], expect: [[404, 404], 2] },
  { name: 'nobody', policy: { balance: { select: { tags: ['none'] } } }, instances: [ok], run: call => statuses(1, call), expect: [503] },
]

const { url, call } = await registry(t)

/** The SDK's errors as a sidecar's caller sees them. */
const STATUS: Readonly<Record<string, number>> = { ROSTER_TIMEOUT: 504, ROSTER_NO_INSTANCES: 503, ROSTER_CONCURRENCY_LIMIT: 503, ROSTER_CIRCUIT_OPEN: 503 }

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '').slice(0, 60)
const nameOf = (one: Case, face: string): string => `${slug(one.name)}-${face}`
const FACES = ['sdk', 'h1', 'h2'] as const

const policy: PolicyFile = { version: 1, services: Object.fromEntries(cases.flatMap(one => FACES.map(face => [nameOf(one, face), one.policy ?? {}]))) }
const file = join(folder(t), 'policy.json')
writeFileSync(file, JSON.stringify(policy))

const counts = new Map<string, number[]>()
for (const one of cases) {
  for (const face of FACES) {
    const service = nameOf(one, face)
    const seen = one.instances.map(() => 0)
    counts.set(service, seen)
    for (const [i, given] of one.instances.entries()) {
      const { meta, is } = typeof given === 'object' ? given : { meta: {}, is: given }
      let port = await freePort()
      if (is !== 'dead') {
        const server = createServer((request, response) => is(seen[i]!++, request, response))
        await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
        port = (server.address() as AddressInfo).port
        t.teardown(() => { server.closeAllConnections(); server.close() })
      }
      await call('PUT', '/v1/catalog/register', instance(service, port, { meta }))
    }
  }
}

const roster = createClient({ address: url, cacheDir: false, policy, onWarning: () => {} })
t.teardown(() => roster.close())
const { at } = await sidecar(t, url, ['--policy', file])
const session = connect(at['outbound']!)
t.teardown(() => session.destroy())

const faces: Readonly<Record<(typeof FACES)[number], Face>> = {
  sdk: {
    name: 'the SDK',
    async call (service, { method = 'GET', path = '/', headers = {}, body }) {
      const one = roster.service(service)
      await one.ready()
      await until('the instances are known', () => one.lanes.known && one.source.instances.length > 0)
      try {
        const response = await one.fetch(path, { method, headers, ...body !== undefined && { body } })
        return { status: response.status, text: await response.text() }
      } catch (error) { return { status: isRosterClientError(error) ? STATUS[error.code] ?? 502 : 502, text: String(error) } }
    },
  },
  h1: {
    name: 'the sidecar, HTTP/1.1',
    call: (service, { method = 'GET', path = '/', headers = {}, body }) => new Promise((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port: new URL(at['outbound']!).port, path, method, headers: { host: service, ...headers, ...body !== undefined && { 'content-length': String(body.length) } } }, response => {
        let text = ''
        response.on('data', data => { text += String(data) }).on('end', () => resolve({ status: response.statusCode!, text })).on('error', reject)
      })
      asking.on('error', reject).end(body)
    }),
  },
  h2: {
    name: 'the sidecar, HTTP/2',
    call: (service, { method = 'GET', path = '/', headers = {}, body }) => new Promise((resolve, reject) => {
      const stream = session.request({ ':method': method, ':path': path, ':authority': service, ...headers }, { endStream: body === undefined })
      let status = 0
      let text = ''
      stream.on('response', found => { status = found[':status']! }).on('data', data => { text += String(data) }).on('end', () => resolve({ status, text })).on('error', reject)
      if (body !== undefined) stream.end(body)
    }),
  },
}

for (const one of cases) {
  t.test(one.name, async t => {
    for (const face of FACES) {
      const service = nameOf(one, face)
      t.same(await one.run((asked = {}) => faces[face].call(service, asked), () => [...counts.get(service)!]), one.expect, faces[face].name)
    }
  })
}
