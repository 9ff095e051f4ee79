// Laws of `roster import consul`, between two servers: it copies once and then finds nothing to do, writes nothing on a dry run, only reads from the source;
// the mirror shows what is there, gives way to what is registered here, and leaves nothing healthy behind.
import t from 'tap'
import type { Test } from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { commandLine, startCommandLine } from '../support/command-line.js'
import { instance, startTestServer, until } from '../support/server.js'
import type { Clock } from '../../src/clock.js'
import type { TestServer } from '../support/server.js'

async function twoServers (t: Test, clock?: Clock): Promise<{ readonly source: TestServer, readonly target: TestServer, readonly argv: string[] }> {
  const source = await startTestServer({ config: { node_name: 'theirs' } })
  t.teardown(() => source.stop())
  const target = await startTestServer({ config: { node_name: 'ours' }, ...clock === undefined ? {} : { clock } })
  t.teardown(() => target.stop())
  return { source, target, argv: ['import', 'consul', `-addr=${source.url}`, `-http-addr=${target.url}`] }
}

interface Counts { readonly Counts: Record<string, object>, readonly Left: Array<{ readonly what: string, readonly failed: boolean }> }
const counts = (out: string): Counts => JSON.parse(out) as Counts

t.test('copies keys with their flags, queries, config entries, intentions; a second run finds nothing to do', async t => {
  const { source, target, argv } = await twoServers(t)
  await source.call('PUT', '/v1/kv/a/b?flags=18446744073709551615', Buffer.from([0, 255, 1]))
  await source.call('PUT', '/v1/kv/empty')
  await source.call('PUT', '/v1/kv/a%2F%2Fodd%3F', 'x')
  const { ID: session } = await (await source.call('PUT', '/v1/session/create', {})).json() as { ID: string }
  await source.call('PUT', `/v1/kv/leader?acquire=${session}`, 'me')
  await target.call('PUT', '/v1/kv/empty', 'not yet')
  await source.call('POST', '/v1/query', { Name: 'web', Service: { Service: 'web', Tags: ['!blue'] } })
  await source.call('POST', '/v1/query', { Name: 'mine', Session: session, Service: { Service: 'web' } })
  for (const entry of [{ Kind: 'service-defaults', Name: 'web', Protocol: 'http' }, { Kind: 'service-defaults', Name: 'web2', Protocol: 'http' }, { Kind: 'service-router', Name: 'web', Routes: [{ Match: { HTTP: { PathPrefix: '/v2' } }, Destination: { Service: 'web2' } }] }]) {
    t.equal((await source.call('PUT', '/v1/config', entry)).status, 200, entry.Name)
  }
  await source.call('PUT', '/v1/connect/intentions/exact?source=web&destination=db', { Action: 'deny' })
  const before = source.roster.state.revision

  const dry = await commandLine([...argv, '-dry-run'])
  t.equal(dry.code, 0, dry.err)
  t.match(dry.out, /Would copy\s+New/)
  t.equal((await target.call('GET', '/v1/kv/a/b')).status, 404, 'a dry run writes nothing')

  const ran = await commandLine([...argv, '-o=json'])
  t.equal(ran.code, 0, ran.err + ran.out)
  t.match(counts(ran.out).Counts, { keys: { new: 3, changed: 1, same: 0, failed: 0 }, 'prepared queries': { new: 1 }, 'config entries': { new: 3, failed: 0 }, intentions: { new: 1 } })
  for (const what of [/1 lock/, /1 session/, /query "mine"/, /1 query id/]) t.ok(counts(ran.out).Left.some(left => what.test(left.what) && !left.failed), String(what))
  t.match(await target.get('/v1/kv/a/b'), [{ Value: Buffer.from([0, 255, 1]).toString('base64') }])
  t.match(await (await target.call('GET', '/v1/kv/a/b')).text(), /"Flags": ?18446744073709551615/)
  t.match(await target.get('/v1/kv/empty'), [{ Value: null }])
  t.equal((await target.call('GET', '/v1/kv/a%2F%2Fodd%3F')).status, 200)
  t.match(await target.get('/v1/query'), [{ Name: 'web', Service: { Tags: ['!blue'] } }])
  t.match(await target.get('/v1/config/service-router/web'), { Kind: 'service-router' })
  t.match(await target.get('/v1/connect/intentions/exact?source=web&destination=db'), { Action: 'deny' })

  const written = target.roster.state.revision
  const again = await commandLine([...argv, '-o=json'])
  t.match(counts(again.out).Counts, { keys: { new: 0, changed: 0, same: 4 }, 'prepared queries': { new: 0, changed: 0, same: 1 }, 'config entries': { new: 0, changed: 0, same: 3 }, intentions: { new: 0, same: 1 } })
  t.equal(target.roster.state.revision, written, 'nothing is written twice')
  t.equal(source.roster.state.revision, before, 'the source is only read')
})

t.test('misuse and failures are said in a line', async t => {
  const { source, target, argv } = await twoServers(t)
  const said = async (...args: string[]): Promise<string> => {
    const { code, err } = await commandLine(args)
    t.equal(code, 1, args.join(' '))
    return err
  }
  t.match(await said('import', 'consul', `-http-addr=${target.url}`), /Must specify the -addr/)
  t.match(await said('import', 'consul', `-addr=${target.url}`, `-http-addr=${target.url}`), /same registry/)
  t.match(await said(...argv, '-skip=keys,all'), /Cannot skip "all"/)
  t.match(await said(...argv, '-follow', '-dry-run'), /-follow and -dry-run/)
  t.match(await said(...argv, '-ttl=10ms', '-follow'), /-ttl must be/)
  t.match(await said(...argv, '-addr-ca-file=/none.pem'), /Error loading CA file: open \/none.pem: no such file/)
  t.match(await said('import', 'consul', '-addr=127.0.0.1:1', `-http-addr=${target.url}`), /Error querying the source/)
  t.match(await said('import', 'consul', `-addr=${source.url}`, '-http-addr=127.0.0.1:1'), /Error querying the target/)
})

t.test('a terminal sees how far it is, anyone else does not', async t => {
  const { source, argv } = await twoServers(t)
  await Promise.all(Array.from({ length: 300 }, (_, i) => source.call('PUT', `/v1/kv/k${i}`, 'x')))
  t.equal((await commandLine(argv)).err, '')
  t.match((await commandLine([...argv, '-skip=queries,config'], { terminal: true })).err, /^$|keys compared/)
})

interface Shown { readonly Node: { readonly Node: string }, readonly Service: { readonly ID: string, readonly Meta: Record<string, string>, readonly Address: string }, readonly Checks: Array<{ readonly Status: string, readonly Output: string }> }
const shown = (server: TestServer, service: string): Promise<Shown[]> => server.get<Shown[]>(`/v1/health/service/${service}`)
const statuses = async (server: TestServer, service: string): Promise<string[]> => (await shown(server, service)).map(({ Service, Checks }) => `${Service.ID} ${Checks.at(-1)!.Status}`).sort()
const holds = (what: string, server: TestServer, service: string, wanted: string[]): Promise<void> => until(what, async () => JSON.stringify(await statuses(server, service)) === JSON.stringify(wanted))

t.test('the mirror follows instances and health, gives way to ours, and leaves "mirror stopped" behind', async t => {
  const clock = fakeClock()
  const { source, target, argv } = await twoServers(t, clock)
  await source.call('PUT', '/v1/catalog/register', instance('n1', 'web'))
  await source.call('PUT', '/v1/catalog/register', { ...instance('n2', 'web', 'critical'), Address: '10.0.0.2' })
  const running = startCommandLine([...argv, '-follow', '-ttl=3s'])
  t.teardown(() => running.signal('SIGINT'))
  await holds('both are mirrored, health and all', target, 'web', ['web-n1 passing', 'web-n2 critical'])
  t.match(await shown(target, 'web'), [{ Node: { Node: 'n1-mirror' }, Service: { Address: '10.0.0.1', Meta: { 'external-source': 'consul' } } }, {}])
  t.strictSame(Object.keys(await target.get<object>('/v1/catalog/services')).sort(), ['consul', 'web'], 'not the other registry itself')

  await source.call('PUT', '/v1/catalog/register', { ...instance('n2', 'web', 'passing'), Address: '10.0.0.2' })
  await holds('health follows', target, 'web', ['web-n1 passing', 'web-n2 passing'])
  await source.call('PUT', '/v1/catalog/register', instance('n3', 'web', 'warning'))
  await holds('who comes is shown', target, 'web', ['web-n1 passing', 'web-n2 passing', 'web-n3 warning'])
  await source.call('PUT', '/v1/catalog/deregister', { Node: 'n3' })
  await holds('who goes is gone', target, 'web', ['web-n1 passing', 'web-n2 passing'])

  t.equal((await target.call('PUT', '/v1/agent/service/register', { ID: 'web-n1', Name: 'web', Address: '10.0.0.1', Port: 80, Check: { TTL: '1h', Status: 'passing' } })).status, 200)
  await until('registered at both, it is shown once, and ours is the one', async () => (await shown(target, 'web')).map(row => `${row.Node.Node} ${row.Service.ID}`).sort().join() === 'n2-mirror web-n2,ours web-n1')

  running.signal('SIGINT')
  t.equal((await running.ended).code, 0)
  t.strictSame(await statuses(target, 'web'), ['web-n1 passing', 'web-n2 passing'], 'a mirror that starts again within the TTL is not missed')
  await clock.advance(3000)
  await holds('nothing is left with a frozen health', target, 'web', ['web-n1 passing', 'web-n2 critical'])
  t.equal((await shown(target, 'web')).find(row => row.Service.ID === 'web-n2')!.Checks.at(-1)!.Output, 'mirror stopped')
})

t.test('a mirror that starts again takes its leases up, and ends those of nodes that have gone meanwhile', async t => {
  const { source, target, argv } = await twoServers(t, fakeClock())
  for (const node of ['n1', 'n2']) await source.call('PUT', '/v1/catalog/register', instance(node, 'web'))
  const first = startCommandLine([...argv, '-follow'])
  await until('both', async () => (await shown(target, 'web')).length === 2)
  first.signal('SIGTERM')
  await first.ended
  await source.call('PUT', '/v1/catalog/deregister', { Node: 'n2' })
  const second = startCommandLine([...argv, '-follow'])
  t.teardown(() => second.signal('SIGINT'))
  await until('n1 alone', async () => (await statuses(target, 'web')).join() === 'web-n1 passing')
  t.equal((await target.get<unknown[]>('/v1/leases')).length, 1)
  // An operator, or a restore, took the lease: it is granted again.
  await target.call('DELETE', '/v1/lease/mirror:consul:dc1:n1')
  await until('back again', async () => (await statuses(target, 'web')).join() === 'web-n1 passing')
  second.signal('SIGINT')
  t.equal((await second.ended).code, 0)
})

t.test('a source that falls silent is not vouched for: its instances turn critical although the mirror lives', async t => {
  const clock = fakeClock()
  const { source, target, argv } = await twoServers(t, clock)
  await source.call('PUT', '/v1/catalog/register', instance('n1', 'web'))
  const running = startCommandLine([...argv, '-follow', '-ttl=3s'])
  await holds('mirrored', target, 'web', ['web-n1 passing'])
  await source.stop()
  await until('it says so', () => /Error mirroring/.test(running.err()))
  await clock.advance(3000)
  await holds('no frozen health', target, 'web', ['web-n1 critical'])
  running.signal('SIGINT')
  t.equal((await running.ended).code, 0)
})
