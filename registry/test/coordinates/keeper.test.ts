// Laws of coordinates on their way in: gathered, the newest of each node, for known nodes alone, never more than fit; and they die with their node.
import t from 'tap'
import { deleteNode } from '../../src/catalog/rows.js'
import { CoordinateKeeper } from '../../src/coordinates/keeper.js'
import { ORIGIN } from '../../src/coordinates/origin.js'
import { silentLog } from '../../src/telemetry/log.js'
import { topics } from '../../src/state/topic-names.js'
import { rows } from '../support/rows.js'
import type { Rows } from '../support/rows.js'
import type { CoordinateRecord } from '../../src/state/coordinates.js'

const at = (node: string, x: number, segment = ''): CoordinateRecord => ({ node, segment, coordinate: { ...ORIGIN, Vec: [x, 0, 0, 0, 0, 0, 0, 0] } })

async function kept (t: { teardown: (fn: () => unknown) => void }, node?: string): Promise<Rows & { readonly coordinates: CoordinateKeeper }> {
  const r = await rows()
  const coordinates = new CoordinateKeeper({ node, commit: r.commit, clock: r.clock, log: silentLog })
  t.teardown(async () => {
    r.keeper.stop()
    await coordinates.stop()
  })
  return { ...r, coordinates }
}

t.test('many updates are one write, the newest of each node and segment', async t => {
  const r = await kept(t)
  await r.node('a')
  await r.node('b')
  const before = r.events.length
  for (const record of [at('a', 1), at('b', 2), at('A', 3), at('a', 4, 'alpha'), at('unknown', 5)]) r.coordinates.offer(record)
  t.strictSame(r.state.coordinates.list(), [])
  await r.clock.advance(5000)
  t.equal(r.events.length - before, 1, 'law: one revision for all that were gathered')
  t.strictSame(r.state.coordinates.list().map(c => [c.node, c.segment, c.coordinate.Vec[0]]), [['A', '', 3], ['a', 'alpha', 4], ['b', '', 2]], 'law: what nobody has registered is dropped')
  const index = r.state.topics.revision(topics.coordinates)
  r.coordinates.offer(at('b', 2))
  await r.clock.advance(5000)
  t.equal(r.state.topics.revision(topics.coordinates), index, 'law: the same coordinate again wakes nobody')
})

t.test('they die with their node', async t => {
  const r = await kept(t)
  await r.node('a')
  r.coordinates.offer(at('a', 1))
  await r.clock.advance(5000)
  const index = r.state.topics.revision(topics.coordinates)
  await r.change(draft => deleteNode(draft, 'a'))
  t.strictSame(r.state.coordinates.list(), [])
  t.ok(r.state.topics.revision(topics.coordinates) > index, 'law: who reads them is told')
})

t.test('more nodes than may wait are told to come again', async t => {
  const r = await kept(t)
  for (let i = 0; i < 4096; i++) r.coordinates.offer(at(`n${i}`, i))
  t.throws(() => r.coordinates.offer(at('one more', 1)), /Too many coordinate updates/)
  t.doesNotThrow(() => r.coordinates.offer(at('n7', 2)), 'law: whoever waits already may say something newer')
  await r.clock.advance(5000)
  t.equal(r.coordinates.waiting, 0)
  t.doesNotThrow(() => r.coordinates.offer(at('one more', 1)))
})

t.test('the agent tells where it is itself, after a while', async t => {
  const r = await kept(t, 'me')
  await r.node('me')
  await r.clock.advance(10_000)
  t.strictSame(r.state.coordinates.list(), [])
  await r.clock.advance(10_000)
  t.strictSame(r.state.coordinates.list(), [{ node: 'me', segment: '', coordinate: ORIGIN }])
})

t.test('a write that fails drops what it carried and leaves no timer', async t => {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  const coordinates = new CoordinateKeeper({ node: 'me', commit: () => Promise.reject(new Error('no disk')), clock: r.clock, log: silentLog })
  coordinates.offer(at('a', 1))
  await r.clock.advance(5000)
  t.equal(coordinates.waiting, 0)
  coordinates.offer(at('a', 2))
  const pending = r.clock.pending
  await coordinates.stop()
  t.equal(r.clock.pending, pending - 2, 'law: a stopped keeper leaves neither the write nor its own coordinate behind')
  coordinates.offer(at('a', 3))
  t.equal(coordinates.waiting, 0)
})
