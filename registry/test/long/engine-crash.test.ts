// Law: kill a writing server when you will, nothing that it acknowledged is lost and nothing half-done is seen. Some rounds: test/engine/crash.test.ts.
import t from 'tap'
import { join } from 'node:path'
import { killRounds, seeded } from '../engine/crash.js'
import { bundle } from '../engine/keeper-process.js'

t.setTimeout(600_000)

t.test('kill -9 among writes, three hundred times', async t => {
  const dir = t.testdir()
  await killRounds(t, await bundle(dir), join(dir, 'data'), 300, seeded(2))
})
