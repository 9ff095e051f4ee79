// Laws of the LMDB file and of the store over it, at length. Samples: test/engine/log.test.ts and embedded.test.ts.
import t from 'tap'
import fc from 'fast-check'
import { join } from 'node:path'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { Model, same, transaction } from '../engine/contract.js'
import { randomLog } from '../engine/log.test.js'
import { Recorder, jsonCodec, write } from '../engine/recorder.js'

t.setTimeout(900_000)

t.test('whole after every step, within its room', async t => {
  const dir = t.testdir()
  for (let seed = 1; seed <= 20; seed++) await randomLog(join(dir, `small${seed}`), seed, 6, 300, 3000)
  for (let seed = 1; seed <= 10; seed++) await randomLog(join(dir, `large${seed}`), seed, 4, 200, 70_000)
  t.pass()
})

t.test('many restarts do what the model does', async t => {
  const dir = t.testdir()
  let made = 0
  await fc.assert(fc.asyncProperty(fc.array(fc.array(transaction, { minLength: 1, maxLength: 40 }), { minLength: 2, maxLength: 10 }), fc.integer({ min: 0, max: 3000 }), async (lives, slackBytes) => {
    const path = join(dir, `data${made++}`)
    const model = new Model()
    for (const life of lives) {
      const engine = embeddedEngine(path, jsonCodec, { slackBytes })
      const fold = new Recorder()
      try {
        same(await engine.open(fold), model.revision)
        same(fold.view, model.rows)
        for (const [i, tx] of life.entries()) {
          model.apply(tx)
          const done = engine.commit(write(tx))
          if (i % 3 === 0) await done
        }
      } finally {
        await engine.close()
      }
      same(fold.view, model.rows)
    }
  }), { seed: 21, numRuns: 300 })
})
