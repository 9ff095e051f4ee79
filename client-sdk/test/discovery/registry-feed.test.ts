// Laws of the line to the registry: one connection for all services, taken up again where it was, acknowledged when taken in; blocking queries where there is no stream; nothing a
// registry says brings it down.
import t from 'tap'
import type { Test } from 'tap'
import { createApi, isDecodeError, isPermissionDenied, isWrongDatacenter } from '../../src/index.js'
import type { ClientFrame, HealthEntry, RosterClientError } from '../../src/index.js'
import { RegistryFeed } from '../../src/discovery/registry-feed.js'
import { systemClock } from '../../src/index.js'
import { until } from '../support/conditions.js'
import { fakeServer } from '../support/fake-server.js'
import type { Reply } from '../support/fake-server.js'
import { watchServer } from '../support/watch-server.js'

const entry = (id: string, port = 80) => ({ Node: { Node: 'n', Address: '10.0.0.1' }, Service: { ID: id, Service: 'web', Address: '', Port: port, Tags: [], Meta: {} }, Checks: [] }) as unknown as HealthEntry
const row = (id: string, port?: number) => ({ ...entry(id, port), Key: `n/${id}` })

/** Everything comes at once: the lots are drawn at 0. */
const follow = (t: Test, address: string, { services = ['web'], datacenter }: { services?: string[], datacenter?: string } = {}) => {
  const api = createApi({ address }, {})
  const feed = new RegistryFeed({ api, clock: systemClock, random: () => 0, datacenter })
  t.teardown(async () => { await feed.close(); await api.close() })
  const heard: string[] = []
  const errors: RosterClientError[] = []
  const ends = services.map(service => feed.follow({ service }, {
    rows: (instances, index, continued) => heard.push(`${service} ${instances.map(({ id }) => id).join()} @${index}${continued ? ' on' : ''}`),
    still: index => heard.push(`${service} still @${index}`),
    lost: error => { heard.push(`${service} lost`); errors.push(error) },
  }))
  return { heard, errors, ends, feed }
}

t.test('all services on one connection; each frame is acknowledged once it is taken in', async t => {
  const server = await watchServer(t, (frame, say) => {
    if (frame.op === 'sub') say({ id: frame.id, type: 'snapshot', index: 5, upserts: [row(`${(frame.params as { service: string }).service}-1`)], removes: [] })
  })
  const { heard, ends } = follow(t, server.address, { services: ['web', 'db'] })
  const connection = await server.connection()
  await until('both acknowledged', () => connection.heard.filter(frame => frame.op === 'ack').length === 2)
  t.same(heard.sort(), ['db n/db-1 @5', 'web n/web-1 @5'])
  t.equal(server.connections.length, 1)
  t.match(connection.heard.filter((frame): frame is Extract<ClientFrame, { op: 'ack' }> => frame.op === 'ack').map(frame => frame.index), [5, 5])
  ends[0]!()
  await until('unsubscribed', () => connection.heard.some(frame => frame.op === 'unsub'))
})

t.test('a lost connection is taken up again with since: what the server goes on with is no new list', async t => {
  const server = await watchServer(t, (frame, say) => {
    if (frame.op !== 'sub') return
    if (frame.since === undefined) say({ id: frame.id, type: 'snapshot', index: 5, upserts: [row('a'), row('b')], removes: [] })
    else say({ id: frame.id, type: 'change', index: 9, upserts: [row('c')], removes: ['n/a'] })
  })
  const { heard } = follow(t, server.address)
  await until('the first list', () => heard.length === 1)
  ;(await server.connection()).socket.terminate()
  await until('the change', () => heard.length === 3)
  t.same(heard, ['web n/a,n/b @5', 'web lost', 'web n/b,n/c @9 on'])
  t.equal((await server.frame(0) as { since?: number }).since, 5)
})

t.test('a snapshot after since is a new list that does not go on from the old one', async t => {
  const server = await watchServer(t, (frame, say) => { if (frame.op === 'sub') say({ id: frame.id, type: 'snapshot', index: frame.since === undefined ? 50 : 3, upserts: [row('a')], removes: [] }) })
  const { heard } = follow(t, server.address)
  await until('the first list', () => heard.length === 1)
  ;(await server.connection()).socket.terminate()
  await until('the new list', () => heard.length === 3)
  t.same(heard.slice(1), ['web lost', 'web n/a @3'])
})

t.test('a row that is no instance, or a refused subscription, costs this one only, and it is tried again', async t => {
  let tries = 0
  const server = await watchServer(t, (frame, say) => {
    if (frame.op !== 'sub') return
    if ((frame.params as { service: string }).service === 'db') say({ id: frame.id, type: 'snapshot', index: 4, upserts: [], removes: [] })
    else if (tries++ === 0) say({ id: frame.id, type: 'snapshot', index: 4, upserts: [{ Key: 'x' }], removes: [] })
    else if (tries === 2) say({ id: frame.id, type: 'error', error: 'too many subscriptions' })
    else say({ id: frame.id, type: 'snapshot', index: 6, upserts: [row('a')], removes: [] })
  })
  const { heard } = follow(t, server.address, { services: ['web', 'db'] })
  await until('it recovers', () => heard.includes('web n/a @6'))
  t.same(heard.filter(text => text.startsWith('web')), ['web lost', 'web lost', 'web n/a @6'])
  t.same(heard.filter(text => text.startsWith('db')), ['db  @4'])
  t.equal(server.connections.length, 1)
})

t.test('without a watch stream it waits by blocking queries, and an index that goes back begins at 0', async t => {
  const asked: string[] = []
  const answers = [[7, 'a'], [9, 'b'], [3, 'b'], [3, 'c'], [4, '']] as const
  const server = await fakeServer(t, ({ url }, response) => {
    if (!url.startsWith('/v1/health/')) return { status: 404, body: 'Invalid URL path: not a recognized HTTP API endpoint' }
    asked.push(new URL(url, 'http://x').searchParams.get('index') ?? '0')
    const answer = answers[asked.length - 1]
    if (answer === undefined) { response.on('close', () => {}); return undefined }
    return { headers: { 'x-consul-index': String(answer[0]) }, body: answer[1] === '' ? [] : [entry(answer[1])] }
  })
  const { heard } = follow(t, server.address)
  await until('all questions', () => asked.length === 6)
  t.same(asked, ['0', '7', '9', '0', '3', '4'])
  t.same(heard, ['web n/a @7', 'web n/b @9 on', 'web n/b @3', 'web n/c @3', 'web  @4 on'])
})

t.test('garbage and refusals are told and outlived', async t => {
  let mode: 'html' | 'denied' | 'well' = 'html'
  const server = await fakeServer(t, ({ url }, response): Reply | undefined => {
    if (mode === 'html') return { headers: { 'content-type': 'text/html' }, body: '<html>hello</html>' }
    if (mode === 'denied') return { status: 403, body: 'Permission denied' }
    if (!url.startsWith('/v1/health/')) return { status: 404, body: 'no' }
    if (!url.includes('index=')) return { headers: { 'x-consul-index': '7' }, body: [entry('a')] }
    response.on('close', () => {})
    return undefined
  })
  const { heard, errors } = follow(t, server.address)
  await until('html is told', () => errors.some(isDecodeError))
  mode = 'denied'
  await until('the refusal is told', () => errors.some(isPermissionDenied))
  mode = 'well'
  await until('well again', () => heard.includes('web n/a @7'))
})

t.test('another datacenter\'s instances are never used', async t => {
  const server = await fakeServer(t, ({ url }) => url.startsWith('/v1/agent/self') ? { body: { Config: { Datacenter: 'dc9' } } } : { status: 404, body: 'no' })
  const { heard, errors } = follow(t, server.address, { datacenter: 'dc1' })
  await until('it is told', () => errors.length > 0)
  t.ok(isWrongDatacenter(errors[0]))
  t.same(heard.filter(text => text !== 'web lost'), [])
  t.notOk(server.requests.some(({ url }) => url.startsWith('/v1/health')))
})
