// Laws of coordinates over HTTP: updates, lists, `?near` everywhere, and who wakes.
import t from 'tap'
import { writeCoordinates } from '../../src/coordinates/keeper.js'
import { instance, startTestServer, until } from '../support/server.js'
import type { Coordinate } from '../../src/catalog/near.js'
import type { TestServer } from '../support/server.js'

const coord = (x: number): Coordinate => ({ Vec: [x, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 1e-5 })

/** Three nodes with an instance of `web` each, two of them with a coordinate. */
async function server (t: { teardown: (fn: () => unknown) => void }): Promise<TestServer> {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  for (const n of ['far', 'lost', 'near']) await s.call('PUT', '/v1/catalog/register', instance(n, 'web'))
  await put(s, 'far', 0.9)
  await put(s, 'near', 0.1)
  return s
}

/** Written at once, not gathered first. */
const put = async (s: TestServer, node: string, x: number, segment = ''): Promise<void> => { await s.roster.commit(writeCoordinates([{ node, segment, coordinate: coord(x) }])) }

t.test('an update is seen within five seconds', async t => {
  const s = await server(t)
  t.equal((await s.call('PUT', '/v1/coordinate/update', { Node: 'lost', Coord: coord(0.5) })).status, 200)
  await until('it is written', async () => (await s.call('GET', '/v1/coordinate/node/lost')).status === 200)
  t.match(await s.get('/v1/coordinate/node/lost'), [{ Node: 'lost', Segment: '', Coord: coord(0.5) }])
})

t.test('every list that takes `near` is sorted by it', async t => {
  const s = await server(t)
  const nodesOf = async (path: string): Promise<unknown> => (await s.get<Array<{ readonly Node: string | { readonly Node: string } }>>(path)).map(r => typeof r.Node === 'string' ? r.Node : r.Node.Node).filter(n => n !== 'test')
  for (const path of ['/v1/catalog/nodes', '/v1/catalog/service/web', '/v1/health/service/web', '/v1/health/checks/web', '/v1/health/state/any']) {
    t.strictSame(await nodesOf(`${path}?near=near`), ['near', 'far', 'lost'], path)
    t.strictSame(await nodesOf(`${path}?near=FAR`), ['far', 'near', 'lost'], path)
    t.strictSame(await nodesOf(`${path}?near=lost`), ['far', 'lost', 'near'], 'law: seen from nowhere nothing is near')
    t.strictSame(await nodesOf(`${path}?near=nobody`), ['far', 'lost', 'near'])
  }
})

t.test('a reader who sorts by nearness wakes for a coordinate, another does not', async t => {
  const s = await server(t)
  const index = (await s.call('GET', '/v1/health/service/web?near=near')).headers.get('x-consul-index')!
  let plain = false
  const unsorted = s.call('GET', `/v1/health/service/web?index=${index}&wait=20s`).then(() => { plain = true })
  const sorted = s.get<unknown[]>(`/v1/health/service/web?near=near&index=${index}&wait=20s`)
  await until('both are held', () => s.roster.stats.blockingReaders === 2)
  await put(s, 'lost', 0.11)
  t.match(await sorted, [{ Node: { Node: 'near' } }, { Node: { Node: 'lost' } }, { Node: { Node: 'far' } }])
  t.notOk(plain)
  await s.call('PUT', '/v1/catalog/register', instance('another', 'web'))
  await unsorted
})

t.test('reading: lists by segment, one node under the name that was asked for, unknown ones 404', async t => {
  const s = await server(t)
  await put(s, 'far', 0.5, 'alpha')
  t.match(await s.get('/v1/coordinate/nodes'), [{ Node: 'far', Segment: '' }, { Node: 'far', Segment: 'alpha' }, { Node: 'near' }])
  t.match(await s.get('/v1/coordinate/nodes?segment=alpha'), [{ Node: 'far', Segment: 'alpha', Coord: coord(0.5) }])
  t.strictSame(await s.get('/v1/coordinate/nodes?segment=zz'), [])
  t.match(await s.get('/v1/coordinate/node/FAR?segment='), [{ Node: 'FAR', Segment: '' }])
  for (const path of ['/v1/coordinate/node/lost', '/v1/coordinate/node/', '/v1/coordinate/node/far?segment=zz']) {
    const answer = await s.call('GET', path)
    t.strictSame([answer.status, await answer.text(), answer.headers.get('x-consul-index')], [404, '', null], path)
  }
  t.match(await s.get('/v1/coordinate/datacenters?dc=far&index=x'), [{ Datacenter: 'dc1', AreaID: 'wan', Coordinates: [{ Node: 'test' }] }])
})

t.test('who waits for the coordinate of a node that has none is told when it comes', async t => {
  const s = await server(t)
  const index = (await s.call('GET', '/v1/coordinate/nodes')).headers.get('x-consul-index')!
  const waiting = s.get(`/v1/coordinate/node/lost?index=${index}&wait=20s`)
  await until('it is held', () => s.roster.stats.blockingReaders === 1)
  await put(s, 'lost', 0.3)
  t.match(await waiting, [{ Node: 'lost', Coord: coord(0.3) }])
})

t.test('bad updates are refused and change nothing', async t => {
  const s = await server(t)
  const table: ReadonlyArray<readonly [body: unknown, status: number, text: string]> = [
    ['', 400, 'Request decode failed: EOF'],
    ['null', 400, 'Missing Coord'],
    [{ Node: 'far' }, 400, 'Missing Coord'],
    [{ Node: 'far', Coord: null }, 400, 'Missing Coord'],
    [{ Node: 'far', Coord: {} }, 500, 'incompatible coordinate'],
    [{ Node: 'far', Coord: { Vec: [1, 2] } }, 500, 'incompatible coordinate'],
    ['{"Node":"far","Coord":{"Vec":[1e309,0,0,0,0,0,0,0]}}', 400, 'Request decode failed: json: cannot unmarshal number 1e309 into Go struct field Coordinate.Coord.Vec of type float64'],
    [{ Node: 'far', Datacenter: 'dc9', Coord: coord(0.5) }, 500, 'No path to datacenter'],
  ]
  for (const [body, status, text] of table) {
    const answer = await s.call('PUT', '/v1/coordinate/update', body)
    t.strictSame([answer.status, await answer.text()], [status, text], JSON.stringify(body))
  }
  t.equal(s.roster.coordinates.waiting, 0)
})
