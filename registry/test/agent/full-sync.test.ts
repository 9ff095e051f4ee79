// Laws of the sync: whatever happens to the catalog underneath, it agrees again with what is registered here; and it takes nothing that is not its own.
import fc from 'fast-check'
import t from 'tap'
import { agentBench } from '../support/agent.js'
import { deleteCheck, deleteNode, deleteService, putCheck, putService } from '../../src/catalog/rows.js'
import { keys } from '../../src/state/keys.js'
import { serviceRecord } from '../support/records.js'
import { checkRow } from '../support/rows.js'
import type { AgentBench } from '../support/agent.js'
import type { ServiceRecord } from '../../src/state/services.js'

const CATALOG_ONLY = ['consul']

/** What the agent wants the catalog to say, and what it says. */
const wanted = ({ state }: AgentBench): string[] => [...state.agent.services.values()].map(({ value: { service: s } }) => `${s.id} ${s.name} ${s.port} ${s.tags.join()}`).sort()
const shown = ({ state }: AgentBench): string[] =>
  state.services.onNode('here').map(({ value: s }) => `${s.id} ${s.name} ${s.port} ${s.tags.join()}`).filter(line => !CATALOG_ONLY.includes(line.split(' ')[0]!)).sort()
const wantedChecks = ({ state }: AgentBench): string[] => [...state.agent.checks.values()].map(({ value: { check: c } }) => `${c.checkId} ${c.status} ${c.output} ${c.serviceId}`).sort()
const shownChecks = ({ state }: AgentBench): string[] =>
  state.checks.onNode('here').map(({ value: c }) => `${c.checkId} ${c.status} ${c.output} ${c.serviceId}`).filter(line => !line.startsWith('serfHealth')).sort()

const ID = fc.constantFrom('a', 'b', 'c')
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never
const edit = fc.oneof(
  fc.record({ kind: fc.constant('drop service' as const), id: ID }),
  fc.record({ kind: fc.constant('drop check' as const), id: ID }),
  fc.record({ kind: fc.constant('change service' as const), id: ID, port: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('change check' as const), id: ID, status: fc.constantFrom('passing', 'critical') }),
  fc.record({ kind: fc.constant('add service' as const), id: fc.constantFrom('x', 'y') }),
  fc.record({ kind: fc.constant('add check' as const), id: fc.constantFrom('x', 'y') }),
  fc.record({ kind: fc.constant('drop node' as const) })
)

async function apply (bench: AgentBench, e: Edit): Promise<void> {
  await bench.change(draft => {
    if (draft.get(keys.node('here')) === undefined) return
    const service = 'id' in e ? draft.get<ServiceRecord>(keys.service('here', e.id)) : undefined
    switch (e.kind) {
      case 'drop node': deleteNode(draft, 'here'); break
      case 'drop service': deleteService(draft, 'here', e.id); break
      case 'drop check': deleteCheck(draft, 'here', `service:${e.id}`); break
      case 'change service': if (service !== undefined) putService(draft, { ...service, port: e.port }); break
      case 'change check': if (service !== undefined) putCheck(draft, checkRow('here', `service:${e.id}`, e.status, { serviceId: e.id })); break
      case 'add service': putService(draft, { ...template, id: e.id }); break
      case 'add check': putCheck(draft, checkRow('here', `free-${e.id}`, 'critical')); break
    }
  })
}

const template = serviceRecord({ node: 'here', id: '', name: 'foreign', port: 1 })

t.test('after any edits of the catalog a sync makes it agree, and the next finds nothing to do', async t => {
  await fc.assert(fc.asyncProperty(fc.array(edit, { maxLength: 8 }), async edits => {
    const bench = await agentBench()
    try {
      for (const id of ['a', 'b', 'c']) await bench.service({ ID: id, Name: 'svc', Port: 9, Tags: [id], Check: { TTL: '10m', Status: 'passing' } })
      for (const e of edits) await apply(bench, e)
      await bench.agent.sync()
      t.same(shown(bench), wanted(bench), { edits })
      t.same(shownChecks(bench), wantedChecks(bench), { edits })
      t.ok(bench.state.services.get('here', 'consul') !== undefined && bench.state.checks.get('here', 'serfHealth') !== undefined, 'the server itself is there')
      const before = bench.events.length
      await bench.agent.sync()
      t.equal(bench.events.length, before)
    } finally {
      await bench.stop()
    }
  }), { seed: 7, numRuns: 40 })
})

t.test('tags that may be overridden are taken over from the catalog, the rest is pushed back', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web', Port: 80, Tags: ['mine'], EnableTagOverride: true })
  await bench.change(draft => putService(draft, { ...draft.get<ServiceRecord>(keys.service('here', 'web'))!, tags: ['theirs'], port: 1 }))
  await bench.agent.sync()
  t.match(bench.state.services.get('here', 'web')!.value, { tags: ['theirs'], port: 80 })
  t.same(bench.state.agent.services.get('web')!.value.service.tags, ['theirs'])
})

t.test('what a lease owns is left to it', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.change(draft => {
    putService(draft, { ...template, id: 'leased' })
    putCheck(draft, checkRow('here', 'lease:leased', 'passing', { serviceId: 'leased' }))
    draft.put(keys.lease('l'), { id: 'l', ttlMs: 1000, deregisterAfterMs: 1000, node: 'here', serviceIds: ['leased'], words: {}, lapsed: false })
    draft.put(keys.leaseOf('here', 'leased'), { lease: 'l' })
  })
  await bench.agent.sync()
  t.ok(bench.state.services.get('here', 'leased'))
  t.ok(bench.state.checks.get('here', 'lease:leased'))
})

t.test('other nodes are nobody\'s business here', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.change(draft => {
    draft.put(keys.node('there'), { name: 'there', id: '', address: '10.0.0.2', datacenter: 'dc1', taggedAddresses: null, meta: null })
    putService(draft, { ...template, node: 'there', id: 'x' })
  })
  await bench.agent.sync()
  t.ok(bench.state.services.get('there', 'x'))
})

t.test('ids that differ in letter case alone do not take the row from one another', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ ID: 'web', Name: 'web', Check: { CheckID: 'c', TTL: '1h' } })
  await bench.service({ ID: 'WEB', Name: 'web', Check: { CheckID: 'C', TTL: '1h' } })
  const before = bench.events.length
  await bench.agent.sync()
  await bench.agent.sync()
  t.equal(bench.events.length, before)
  t.equal(bench.state.services.get('here', 'web')!.value.id, 'WEB')
})

t.test('a sync comes by itself, soon after the start and then about once a minute', async t => {
  const bench = await agentBench()
  t.teardown(() => bench.stop())
  await bench.service({ Name: 'web' })
  const gone = async (): Promise<void> => {
    await bench.change(draft => deleteService(draft, 'here', 'web'))
    t.equal(bench.state.services.get('here', 'web'), undefined)
  }
  await gone()
  await bench.clock.advance(6_000)
  t.ok(bench.state.services.get('here', 'web'))
  await gone()
  await bench.clock.advance(121_000)
  t.ok(bench.state.services.get('here', 'web'))
})
