// Law: a view that was read elsewhere shows what the events would have shown, at the same indexes, whether it came whole, in part, or in the place of another history.
import t from 'tap'
import { State } from '../../src/state/state.js'
import { goneOf } from '../../src/state/tables.js'
import { memoryEngine } from '../../src/engine/memory.js'
import { command, putCheck, putNode, putService, deleteNode } from '../../src/catalog/rows.js'
import { setKey } from '../../src/kv/operations.js'
import { topics } from '../../src/state/topic-names.js'
import { fakeClock } from '../support/fake-clock.js'
import { serviceRecord } from '../support/records.js'
import { checkRow } from '../support/rows.js'
import type { Draft } from '../../src/engine/draft.js'
import type { Row } from '../../src/engine/engine.js'
import type { NodeRecord } from '../../src/state/nodes.js'
import type { ServiceRecord } from '../../src/state/services.js'

const nodeRow = (name: string): NodeRecord => ({ name, id: '', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null })
const serviceRow = (node: string, name: string): ServiceRecord => serviceRecord({ node, name })

const TOPICS = [topics.nodes, topics.services, topics.service('web'), topics.health('web'), topics.node('a'), topics.checks, topics.kvAll, topics.kv('k'), topics.health('db')]

async function server (): Promise<{ state: State, write: (decide: (draft: Draft) => unknown) => Promise<unknown>, rows: () => Promise<Row[]> }> {
  const engine = memoryEngine()
  const state = new State()
  state.started(await engine.open(state))
  return {
    state,
    write: decide => engine.commit(command(decide)),
    rows: async () => (await engine.commit(head => ({ tx: undefined, result: [...head.range(''), ...head.tombstones('')] }))).result,
  }
}

const indexes = (state: State): number[] => TOPICS.map(name => state.index([name]))
const shown = (state: State): unknown => ({ nodes: state.nodes.list().map(n => [n.value.name, n.modifyIndex]), web: state.services.named('web').map(s => [s.value.id, s.modifyIndex]), kv: state.kv.get('k')?.modifyIndex })

t.test('whole, then in part', async t => {
  const from = await server()
  await from.write(draft => { putNode(draft, nodeRow('a')); putService(draft, serviceRow('a', 'web')) })
  await from.write(draft => setKey(draft, { key: 'k', flags: '0', value: '' }))
  await from.write(draft => putCheck(draft, checkRow('a', 'alive', 'passing')))
  const view = new State()
  view.started(0)
  view.adopt({ revision: from.state.revision, base: from.state.base, rows: await from.rows(), anew: true })
  t.strictSame(indexes(view), indexes(from.state))
  t.strictSame(shown(view), shown(from.state))

  const woken: string[] = []
  view.topics.subscribe([topics.health('web')], () => woken.push('web'))
  view.topics.subscribe([topics.kv('k')], () => woken.push('k'))
  const since = view.revision
  await from.write(draft => { putNode(draft, nodeRow('b')); putService(draft, serviceRow('b', 'db')) })
  await from.write(draft => deleteNode(draft, 'a'))
  view.adopt({ revision: from.state.revision, base: from.state.base, rows: (await from.rows()).filter(row => row.revision > since), anew: false })
  t.strictSame(indexes(view), indexes(from.state))
  t.strictSame(shown(view), shown(from.state))
  t.strictSame(woken, ['web'], 'who waits for what stood still is not woken')
})

t.test('another history takes the place of the first, smaller indexes and all', async t => {
  const first = await server()
  for (let i = 0; i < 50; i++) await first.write(draft => putNode(draft, nodeRow(`n${i}`)))
  const view = new State()
  view.started(0)
  view.adopt({ revision: first.state.revision, base: first.state.base, rows: await first.rows(), anew: true })
  const resets: number[] = []
  view.afterReset(() => resets.push(view.revision))
  const other = await server()
  await other.write(draft => { putNode(draft, nodeRow('a')); putService(draft, serviceRow('a', 'web')) })
  const now = await other.rows()
  const vanished = (await first.rows()).filter(row => !now.some(({ key }) => key === row.key)).map(row => ({ key: row.key, value: undefined, created: 0, revision: 0, gone: goneOf(row) }))
  let woken = 0
  view.topics.subscribe([topics.nodes], () => woken++)
  view.adopt({ revision: other.state.revision, base: other.state.base, rows: [...now, ...vanished], anew: true })
  t.strictSame(shown(view), shown(other.state))
  t.strictSame(indexes(view), indexes(other.state))
  t.equal(woken, 1)
  t.equal(resets.length, 1)
})

t.test('reach resolves when the fold is there, and when the time is over', async t => {
  const { state, write } = await server()
  const clock = fakeClock()
  const there = state.reach(2, 5000, clock)
  await write(draft => setKey(draft, { key: 'a', flags: '0', value: '' }))
  await write(draft => setKey(draft, { key: 'b', flags: '0', value: '' }))
  t.equal(await there, true)
  const never = state.reach(9, 1, clock)
  await clock.advance(1)
  t.equal(await never, false)
})
