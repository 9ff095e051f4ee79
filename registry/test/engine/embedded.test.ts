// The durable engine keeps every promise, and what it has acknowledged over a restart; its log stays in proportion to what is in it.
import t from 'tap'
import fc from 'fast-check'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedStore, embeddedEngine } from '../../src/engine/embedded.js'
import { LocalEngine } from '../../src/engine/local.js'
import { Model, contract, same, transaction } from './contract.js'
import { Recorder, jsonCodec, write } from './recorder.js'

let made = 0
const freshDir = (t: { testdir: () => string }): string => join(t.testdir(), `data${made++}`)

t.test('contract', async t => {
  const dir = t.testdir()
  contract(t, async () => {
    const path = join(dir, `data${made++}`)
    return { engine: embeddedEngine(path, jsonCodec), reopen: () => embeddedEngine(path, jsonCodec) }
  })
})

t.test('many restarts, with a log that is cleaned all the time', async t => {
  const dir = t.testdir()
  await fc.assert(fc.asyncProperty(fc.array(fc.array(transaction, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 5 }), async lives => {
    const path = join(dir, `data${made++}`)
    const model = new Model()
    for (const life of lives) {
      const engine = embeddedEngine(path, jsonCodec, { slackBytes: 200 })
      const fold = new Recorder()
      try {
        same(await engine.open(fold), model.revision)
        same(fold.view, model.rows)
        for (const [i, tx] of life.entries()) {
          model.apply(tx)
          const done = engine.commit(write(tx))
          if (i % 3 === 0) await done // some alone, some together
        }
      } finally {
        await engine.close()
      }
      same(fold.view, model.rows)
    }
  }), { seed: 5, numRuns: 15 })
})

t.test('the log stays in proportion to what is in it', async t => {
  const path = freshDir(t)
  const slackBytes = 256 * 1024
  const open = async (): Promise<{ store: EmbeddedStore, engine: LocalEngine, fold: Recorder }> => {
    const store = new EmbeddedStore(path, jsonCodec, { slackBytes })
    const engine = new LocalEngine(store)
    const fold = new Recorder()
    await engine.open(fold)
    return { store, engine, fold }
  }
  const { store, engine, fold } = await open()
  const still = Array.from({ length: 300 }, (_, i) => [`still/${i}`, 'x'.repeat(1000)] as const)
  await engine.commit(write({ puts: still }))
  let largest = 0
  for (let i = 0; i < 300; i++) {
    await engine.commit(write({ puts: Array.from({ length: 20 }, (_, j) => [`busy/${(i * 7 + j) % 50}`, { i, text: 'y'.repeat(1000) }] as const) }))
    largest = Math.max(largest, store.size.bytes)
  }
  const bound = 2 * store.size.used + 2 * slackBytes
  t.ok(largest < bound, `law: 6 MB written over 350 kB of rows leave at most twice that and the slack (${largest} < ${bound})`)
  t.ok(statSync(join(path, 'roster/log/data.mdb')).size < 2 * bound, 'law: and the file follows')
  const sum = [...fold.rows.values()].length
  t.equal(sum, 350)
  const { used } = store.size
  await engine.close()
  const again = await open()
  t.teardown(() => again.engine.close())
  t.strictSame(again.fold.view, fold.view, 'law: what was moved is what it was')
  t.equal(again.store.size.used, used, 'law: a restart counts what is of use as it was counted before')
})

t.test('a purge is remembered as long as the log holds what it purged', async t => {
  const path = freshDir(t)
  let engine = embeddedEngine(path, jsonCodec, { slackBytes: 4096 })
  await engine.open(new Recorder())
  await engine.commit(write({ puts: [['doomed', 1], ['kept', 1]] }))
  await engine.commit(write({ deletes: [['doomed']] }))
  await engine.commit(write({ purges: ['doomed'] }))
  for (let i = 0; i < 60; i++) {
    await engine.commit(write({ puts: [['busy', { i, text: 'z'.repeat(500) }]] }))
    await engine.close()
    const fold = new Recorder()
    engine = embeddedEngine(path, jsonCodec, { slackBytes: 4096 })
    await engine.open(fold)
    if (fold.rows.has('doomed')) t.fail(`law: what was purged does not come back (restart ${i})`)
  }
  t.teardown(() => engine.close())
})

t.test('rows larger than a record, and more rows than fit in one', async t => {
  const path = freshDir(t)
  const engine = embeddedEngine(path, jsonCodec)
  const fold = new Recorder()
  await engine.open(fold)
  await engine.commit(write({ puts: [['large', 'x'.repeat(600_000)], ...Array.from({ length: 2000 }, (_, i) => [`k${i}`, 'y'.repeat(100)] as const)] }))
  await engine.commit(write({ puts: [['large', 'z'.repeat(700_000)]] }))
  await engine.close()
  const again = new Recorder()
  const second = embeddedEngine(path, jsonCodec)
  t.equal(await second.open(again), 2)
  t.teardown(() => second.close())
  t.strictSame(again.view, fold.view)
})
