// Laws of what a query finds: who is fit, in which order, and what becomes of nothing.
import t from 'tap'
import fc from 'fast-check'
import { putCheck, putNode, putService } from '../../src/catalog/rows.js'
import { writeCoordinates } from '../../src/coordinates/keeper.js'
import { ORIGIN } from '../../src/coordinates/origin.js'
import { executeQuery } from '../../src/queries/execute.js'
import { checkRow, rows } from '../support/rows.js'
import { queryOf } from './support.js'
import { serviceRecord } from '../support/records.js'
import type { QueryAsker } from '../../src/queries/execute.js'
import type { ServiceQuery } from '../../src/state/queries.js'
import type { ServiceRecord } from '../../src/state/services.js'
import type { Rows } from '../support/rows.js'

const asker: QueryAsker = { node: 'me', datacenter: 'dc1', near: '', ip: '', connect: false, limit: 0, random: () => 0.999 }

const service = (node: string, more: Partial<ServiceRecord> = {}): ServiceRecord => serviceRecord({ node, name: 'web', ...more })

async function withInstances (t: { teardown: (fn: () => void) => void }, instances: ReadonlyArray<readonly [node: string, more?: Partial<ServiceRecord>, statuses?: Readonly<Record<string, string>>, meta?: Record<string, string>]>): Promise<Rows> {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  await r.change(draft => {
    for (const [i, [node, more, statuses, meta]] of instances.entries()) {
      putNode(draft, { name: node, id: '', address: `10.0.0.${i + 1}`, datacenter: 'dc1', taggedAddresses: null, meta: meta ?? null })
      putService(draft, service(node, more))
      for (const [id, status] of Object.entries(statuses ?? {})) putCheck(draft, checkRow(node, id, status, id.startsWith('node') ? {} : { serviceId: more?.id ?? 'web' }))
    }
  })
  return r
}

const found = (r: Rows, query: Partial<ServiceQuery>, more: Partial<QueryAsker> = {}): string[] =>
  executeQuery(r.state, queryOf({ service: query }), { ...asker, ...more }).instances.map(i => i.node.value.name)

t.test('critical ones are dropped, warnings stay unless only passing ones are wanted; ignored checks do not count', async t => {
  const r = await withInstances(t, [['ok', {}, { a: 'passing' }], ['warn', {}, { a: 'warning' }], ['bad', {}, { a: 'critical' }], ['node', {}, { node: 'critical' }], ['odd', {}, { a: 'odd word' }]])
  t.strictSame(found(r, {}).sort(), ['odd', 'ok', 'warn'], 'law: any critical check, of node or instance, takes an instance out')
  t.strictSame(found(r, { onlyPassing: true }), ['ok'])
  t.strictSame(found(r, { ignoreCheckIds: ['a', 'node'], onlyPassing: true }).sort(), ['bad', 'node', 'odd', 'ok', 'warn'])
  t.strictSame(found(r, { ignoreCheckIds: ['A'] }).sort(), ['odd', 'ok', 'warn'], 'ids of checks are told apart by letter case here')
})

t.test('tags in any letter case, with a mark those that must not be there; metadata exactly', async t => {
  const r = await withInstances(t, [['one', { tags: ['V1', 'blue'], meta: { v: '1' } }, {}, { rack: 'r1' }], ['two', { tags: ['v1'], meta: { v: '2' } }, {}, { rack: 'r2' }], ['bare']])
  t.strictSame(found(r, { tags: ['v1'] }).sort(), ['one', 'two'])
  t.strictSame(found(r, { tags: ['V1', '!BLUE'] }), ['two'])
  t.strictSame(found(r, { tags: ['!v1'] }), ['bare'])
  t.strictSame(found(r, { tags: ['v1', '!v1'] }), [])
  t.strictSame(found(r, { tags: [''] }), [], 'the empty tag is one that nobody has')
  t.strictSame(found(r, { tags: ['!'] }).length, 3)
  t.strictSame(found(r, { nodeMeta: { rack: 'r1' }, serviceMeta: { v: '1' } }), ['one'])
  t.strictSame(found(r, { nodeMeta: { rack: 'r1' }, serviceMeta: { v: '2' } }), [])
  t.strictSame(found(r, { serviceMeta: { toString: 'x' } }), [])
})

t.test('connect: proxies in the place of the service, by the query or by the caller', async t => {
  const r = await withInstances(t, [['one'], ['proxy', { id: 'p', name: 'web-proxy', kind: 'connect-proxy', proxy: { DestinationServiceName: 'web' } }]])
  t.strictSame(found(r, {}), ['one'])
  t.strictSame(found(r, { connect: true }), ['proxy'])
  t.strictSame(found(r, {}, { connect: true }), ['proxy'])
})

t.test('near: the named node first, the others by distance, then the limit', async t => {
  const r = await withInstances(t, [['far'], ['near'], ['lost'], ['me']])
  const at = (x: number) => ({ ...ORIGIN, Vec: [x, 0, 0, 0, 0, 0, 0, 0] })
  await r.commit(writeCoordinates([['me', 0], ['near', 0.1], ['far', 0.9]].map(([node, x]) => ({ node: node as string, segment: '', coordinate: at(x as number) }))))
  t.strictSame(found(r, { near: '_agent' }), ['me', 'near', 'far', 'lost'])
  t.strictSame(found(r, { near: '_agent' }, { near: 'FAR' }), ['far', 'near', 'me', 'lost'], 'law: the caller\'s word goes before the query\'s, in any letter case')
  t.strictSame(found(r, { near: '_ip' }, { ip: '10.0.0.2' }).slice(0, 2), ['near', 'me'])
  t.equal(found(r, { near: '_ip' }, { ip: '10.9.9.9' }).length, 4, 'an address that nobody has sorts nothing')
  t.equal(found(r, { near: '_ip' }).length, 4)
  t.equal(found(r, {}, { near: 'lost' })[0], 'lost', 'law: the named node comes first also without coordinates')
  t.strictSame(found(r, {}, { near: 'me', limit: 2 }), ['me', 'near'])
  t.equal(found(r, {}, { limit: -3 }).length, 4)
})

t.test('failover: datacenters are unknown and not counted, peers are counted and empty', async t => {
  const r = await withInstances(t, [['one']])
  const run = (query: Partial<ServiceQuery>): unknown => {
    const { instances, ...rest } = executeQuery(r.state, queryOf({ service: { service: 'absent', ...query } }), asker)
    return { ...rest, found: instances.length }
  }
  const to = (failover: Partial<ServiceQuery['failover']>): Partial<ServiceQuery> => ({ failover: { nearestN: 0, datacenters: null, targets: null, ...failover } })
  t.strictSame(run(to({ datacenters: ['dc2', 'dc1'] })), { datacenter: 'dc1', peer: '', failovers: 0, found: 0 })
  t.strictSame(run(to({ nearestN: 3 })), { datacenter: 'dc1', peer: '', failovers: 0, found: 0 })
  t.strictSame(run(to({ targets: [{ peer: 'a', datacenter: '' }, { peer: '', datacenter: 'dc2' }, { peer: 'b', datacenter: '' }] })), { datacenter: '', peer: 'b', failovers: 2, found: 0 })
  t.strictSame(run({ peer: 'p' }), { datacenter: '', peer: 'p', failovers: 0, found: 0 })
  t.strictSame(run({ ...to({ targets: [{ peer: 'a', datacenter: '' }] }), service: 'web' }), { datacenter: 'dc1', peer: '', failovers: 0, found: 1 }, 'law: who finds something looks nowhere else')
})

t.test('a shuffle loses and doubles nobody, whatever chance says', async t => {
  const r = await withInstances(t, Array.from({ length: 9 }, (_, i) => [`n${i}`] as const))
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), { minLength: 1, maxLength: 20 }), throws => {
    let i = 0
    const names = found(r, {}, { random: () => throws[i++ % throws.length]! })
    return names.length === 9 && new Set(names).size === 9
  }), { seed: 7, numRuns: 100 })
})
