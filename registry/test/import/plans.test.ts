// Laws of what an import decides: rows that say the same are left alone, what belongs to the other registry is not carried over, and of two registrations ours wins.
import t from 'tap'
import fc from 'fast-check'
import { each } from '../../src/import/each.js'
import { entryBody, sourcesWithMeta } from '../../src/import/entry-plan.js'
import { newWords, planMirror, verdict } from '../../src/import/mirror-plan.js'
import { planQueries } from '../../src/import/query-plan.js'
import { Report } from '../../src/import/report.js'
import { sameContent } from '../../src/import/same-content.js'
import type { CatalogService, HealthEntry, PreparedQuery } from '@roster/client/api'

t.test('content is the same whatever says nothing and in whatever order, and different as soon as something differs', async t => {
  for (const [a, b] of [[{ A: 1, B: null }, { A: 1, C: [] }], [{ A: { B: '' } }, {}], [{ x: 1, y: 2 }, { y: 2, x: 1 }], [null, undefined], [[], null]]) t.ok(sameContent(a, b), JSON.stringify([a, b]))
  for (const [a, b] of [[{ A: 1 }, { A: 2 }], [['a', 'b'], ['b', 'a']], [['', 'b'], ['b']], [{ A: 'x' }, { a: 'x' }], [{ A: true }, {}]]) t.notOk(sameContent(a, b), JSON.stringify([a, b]))
  fc.assert(fc.property(fc.jsonValue(), value => sameContent(value, JSON.parse(JSON.stringify(value)))), { seed: 4, numRuns: 50 })
})

const query = (fields: Partial<PreparedQuery>): PreparedQuery => ({ ID: 'q', Service: { Service: 'web' }, CreateIndex: 1, ModifyIndex: 1, ...fields })

t.test('queries are known again by name, those without by what they say; those of a session stay behind', async t => {
  const steps = planQueries(
    [query({ ID: '1', Name: 'a' }), query({ ID: '2', Name: 'b', Service: { Service: 'db' } }), query({ ID: '3', Name: 'c' }), query({ ID: '4' }), query({ ID: '5', Service: { Service: 'other' } }), query({ ID: '6', Session: 's' })],
    [query({ ID: '7', Name: 'a', Template: { Type: '' as 'name_prefix_match' } }), query({ ID: '8', Name: 'b' }), query({ ID: '9', Name: '', DNS: { TTL: '' } })])
  t.strictSame(steps.map(step => step.do), ['nothing', 'update', 'create', 'nothing', 'create', 'leave'])
  t.match(steps[1], { id: '8' })
  for (const step of steps) if (step.do === 'create') t.notOk('ID' in step.body || 'ModifyIndex' in step.body, 'ids are given by the registry')
})

t.test('an entry is written without what the other registry gave it', async t => {
  const entry = { Kind: 'service-intentions', Name: 'db', CreateIndex: 3, ModifyIndex: 4, Hash: 9, Sources: [{ Name: 'web', Action: 'allow', Precedence: 9, LegacyID: 'x', LegacyMeta: { a: 'b' } }, { Name: 'api', LegacyMeta: {} }] }
  t.strictSame(entryBody(entry), { Kind: 'service-intentions', Name: 'db', Sources: [{ Name: 'web', Action: 'allow' }, { Name: 'api' }] })
  t.strictSame(sourcesWithMeta(entry), ['web'])
})

const theirs = (node: string, id: string, fields: object = {}, status = 'passing'): HealthEntry => ({
  Node: { Node: node, Address: `10.0.0.${node.length}` },
  Service: { ID: id, Service: 'web', Tags: ['x'], Address: '', Meta: null, Port: 80, Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false, ...fields },
  Checks: [{ Name: 'alive', Status: 'passing', Output: 'ok' }, { Name: 'disk', Status: status, Output: 'full' }],
}) as unknown as HealthEntry
const ours = (id: string, fields: object = {}): CatalogService => ({ Node: 'here', Address: '10.9.9.9', ServiceID: id, ServiceName: 'web', ServiceAddress: '', ServicePort: 80, ServiceMeta: {}, ...fields }) as unknown as CatalogService

t.test('an instance that is registered here, by id or by place, is not mirrored; what only the mirror shows does not count', async t => {
  const shown = (list: readonly CatalogService[]): string[] => planMirror('dc1', [theirs('n1', 'a'), theirs('n1', 'b', { Port: 81 })], list).flatMap(node => [...node.instances.keys()])
  t.strictSame(shown([]), ['a', 'b'])
  t.strictSame(shown([ours('a')]), ['b'])
  t.strictSame(shown([ours('other', { ServiceAddress: '10.0.0.2', ServicePort: 81 })]), ['a'])
  t.strictSame(shown([ours('a', { ServiceMeta: { 'external-source': 'consul' } })]), ['a', 'b'])
})

t.test('mirrored instances are marked, have an address of their own, and are on a node that nobody else registers on', async t => {
  const [node, ...others] = planMirror('dc1', [theirs('n1', 'a'), theirs('n1', 'p', { Kind: 'connect-proxy' }), theirs('n1', 'consul', { Service: 'consul' })], [])
  t.strictSame(others, [])
  t.match(node, { id: 'mirror:consul:dc1:n1', node: 'n1-mirror', address: '10.0.0.2' })
  t.strictSame([...node!.instances.keys()], ['a'])
  t.match(node!.instances.get('a')!.body, { Name: 'web', Address: '10.0.0.2', Port: 80, Tags: ['x'], Meta: { 'external-source': 'consul' } })
})

t.test('a verdict is the worst check and what is wrong; what is right says nothing', async t => {
  t.strictSame(verdict([]), { status: 'passing', output: '' })
  t.strictSame(verdict([{ Name: 'a', Status: 'passing', Output: 'ok' }, { Name: 'b', Status: 'critical', Output: 'no' }, { Name: 'c', Status: 'warning', Output: 'hm' }]), { status: 'critical', output: 'b: no\nc: hm' })
  t.equal(verdict([{ Name: 'a', Status: 'critical', Output: 'x'.repeat(10_000) }]).output.length, 4096, 'bounded')
})

t.test('only news is said, worst first, instances of one fate together', async t => {
  const plan = (b: string): ReturnType<typeof planMirror>[number] => planMirror('dc1', [theirs('n', 'a'), theirs('n', 'b', {}, b), theirs('n', 'c', {}, b)], [])[0]!
  t.strictSame(newWords(undefined, plan('critical')).map(word => [word.Status, word.ServiceIDs]), [['critical', ['b', 'c']], ['passing', ['a']]])
  t.strictSame(newWords(plan('critical'), plan('warning')).map(word => [word.Status, word.ServiceIDs]), [['warning', ['b', 'c']]])
  t.strictSame(newWords(plan('warning'), plan('warning')), [])
})

t.test('a report counts everything and lists a bounded part', async t => {
  const report = new Report()
  for (let i = 0; i < 500; i++) report.fail('keys', `key ${i}`, 'no')
  t.equal(report.failed, 500)
  t.equal(report.left.length, 200)
  t.equal(report.more, 300)
})

t.test('work on many is done once each, never more than so many at a time, and stops at the first error', async t => {
  let now = 0
  let most = 0
  const seen: number[] = []
  await each(Array.from({ length: 20 }, (_, i) => i), 3, async i => {
    most = Math.max(most, ++now)
    await Promise.resolve()
    seen.push(i)
    now--
  })
  t.equal(most, 3)
  t.strictSame(seen.sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i))
  let begun = 0
  await t.rejects(each(Array.from({ length: 20 }, (_, i) => i), 2, async i => {
    begun++
    if (i === 1) throw new Error('stop')
    await Promise.resolve()
  }), { message: 'stop' })
  t.ok(begun < 20)
})
