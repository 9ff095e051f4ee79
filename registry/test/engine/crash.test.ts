// Law: kill a writing server when you will, nothing that it acknowledged is lost and nothing half-done is seen. Hundreds of rounds: test/long/engine-crash.test.ts.
import t from 'tap'
import { join } from 'node:path'
import { killRounds, seeded } from './crash.js'
import { bundle } from './keeper-process.js'

t.test('kill -9 among writes', async t => {
  const dir = t.testdir()
  await killRounds(t, await bundle(dir), join(dir, 'data'), 8, seeded(1))
})
