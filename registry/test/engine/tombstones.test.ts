// Laws of forgetting: a tombstone is kept for fifteen minutes of this process's time, then goes with all others that are due, under one floor.
import t from 'tap'
import { memoryEngine } from '../../src/engine/memory.js'
import { FLOOR_KEY, KEEP_MS, TombstoneCollector, purgeTombstones } from '../../src/engine/tombstones.js'
import { fakeClock } from '../support/fake-clock.js'
import { Recorder, look, write } from './recorder.js'
import type { Engine, Fold } from '../../src/engine/engine.js'
import type { FakeClock } from '../support/fake-clock.js'
import type { TombstoneCollectorOptions } from '../../src/engine/tombstones.js'

const MINUTE = 60_000

interface Kept { readonly clock: FakeClock, readonly engine: Engine, readonly fold: Recorder, readonly collector: TombstoneCollector }

async function kept (options?: TombstoneCollectorOptions, engine: Engine = memoryEngine()): Promise<Kept> {
  const clock = fakeClock()
  const fold = new Recorder()
  const collector = new TombstoneCollector(clock, engine, options)
  const both: Fold = {
    row (row) { fold.row(row); collector.row(row) },
    event (event) { fold.event(event); collector.event(event) },
  }
  await engine.open(both)
  return { clock, engine, fold, collector }
}

t.test('kept for a quarter of an hour, then gone, and a floor in their place', async t => {
  const { clock, engine, fold, collector } = await kept()
  await engine.commit(write({ puts: [['a', 1], ['b', 1], ['live', 1]] }))
  await engine.commit(write({ deletes: [['a'], ['b']] }))
  await clock.advance(14 * MINUTE)
  t.strictSame([...fold.rows.keys()].sort(), ['a', 'b', 'live'])
  t.notOk(fold.rows.has(FLOOR_KEY), 'law: nothing to forget, no floor')
  await clock.advance(2 * MINUTE)
  t.strictSame([...fold.rows.keys()].sort(), ['live', FLOOR_KEY])
  t.equal(fold.rows.get(FLOOR_KEY)?.revision, 3, 'law: the floor is the revision of the purge, above what was forgotten')
  t.equal(fold.events.length, 3, 'law: one transaction for all that are due')
  t.equal(collector.size, 0)
  await clock.advance(60 * MINUTE)
  t.equal(fold.events.length, 3, 'law: with nothing due, nothing is written')
  collector.stop()
  t.equal(clock.pending, 0, 'law: no timer is left')
})

t.test('each counts from its own deletion', async t => {
  const { clock, engine, fold, collector } = await kept()
  await engine.commit(write({ puts: [['a', 1], ['b', 1]] }))
  await engine.commit(write({ deletes: [['a']] }))
  await clock.advance(10 * MINUTE)
  await engine.commit(write({ deletes: [['b']] }))
  await engine.commit(write({ puts: [['a', 2]] }))
  await engine.commit(write({ deletes: [['a']] }))
  await clock.advance(10 * MINUTE)
  t.strictSame([...fold.rows.keys()].sort(), ['a', 'b'], 'law: a row that came back and went again counts anew')
  await clock.advance(6 * MINUTE)
  t.strictSame([...fold.rows.keys()], [FLOOR_KEY])
  collector.stop()
})

t.test('counted anew at each start', async t => {
  const clock = fakeClock()
  const engine = memoryEngine()
  await engine.open(new Recorder())
  await engine.commit(write({ puts: [['a', 1]] }))
  await engine.commit(write({ deletes: [['a']] }))
  await clock.advance(60 * MINUTE)
  const collector = new TombstoneCollector(clock, engine)
  const { result } = await engine.commit(look(head => [...head.tombstones('')]))
  for (const row of result) collector.row(row)
  await clock.advance(14 * MINUTE)
  t.equal(collector.size, 1)
  collector.stop()
})

t.test('a purge takes no younger tombstone, no live row and no neighbour', async t => {
  const engine = memoryEngine()
  await engine.open(new Recorder())
  await engine.commit(write({ puts: [['a', 1], ['a/b', 1], ['c', 1], ['d', 1]] }))
  await engine.commit(write({ deletes: [['a'], ['a/b'], ['c'], ['d']] }))
  await engine.commit(write({ puts: [['c', 2], ['d', 2]] }))
  await engine.commit(write({ deletes: [['d']] }))
  const seen = new Map([['a', { revision: 2, atMs: 0 }], ['c', { revision: 2, atMs: 0 }], ['d', { revision: 2, atMs: 0 }], ['never', { revision: 2, atMs: 0 }], ['a/b', { revision: 2, atMs: 1 }]])
  const purged = async (nowMs: number): Promise<unknown> => {
    const { result } = await engine.commit(purgeTombstones(nowMs, seen))
    return [result, await engine.commit(look(head => [...head.tombstones('')].map(r => `${r.key}@${r.revision}`))).then(a => a.result)]
  }
  t.strictSame(await purged(KEEP_MS - 1), [0, ['a@2', 'a/b@2', 'd@4']])
  t.strictSame(await purged(KEEP_MS), [1, ['a/b@2', 'd@4']])
  t.strictSame(await purged(KEEP_MS + 1), [1, ['d@4']])
})

t.test('many at once go in several transactions', async t => {
  const counts: number[] = []
  const { clock, engine, fold, collector } = await kept({ onPurge: count => counts.push(count) })
  const keys = Array.from({ length: 12_000 }, (_, i) => `k${i}`)
  await engine.commit(write({ puts: keys.map(key => [key, 1] as const) }))
  await engine.commit(write({ deletes: keys.map(key => [key] as const) }))
  await clock.advance(15 * MINUTE)
  t.strictSame(counts, [5000, 5000, 2000])
  t.strictSame([...fold.rows.keys()], [FLOOR_KEY])
  collector.stop()
})

t.test('a purge that fails is tried again', async t => {
  const errors: unknown[] = []
  const engine = memoryEngine()
  let failing = true
  const commit = engine.commit.bind(engine)
  engine.commit = command => failing ? Promise.reject(new Error('full')) : commit(command)
  const { clock, fold, collector } = await kept({ onError: error => errors.push(error) }, engine)
  await commit(write({ puts: [['a', 1]] }))
  await commit(write({ deletes: [['a']] }))
  await clock.advance(17 * MINUTE)
  t.ok(errors.length > 0, 'law: its errors are shown')
  failing = false
  await clock.advance(MINUTE)
  t.strictSame([...fold.rows.keys()], [FLOOR_KEY], 'law: and survived')
  collector.stop()
  collector.stop()
})
