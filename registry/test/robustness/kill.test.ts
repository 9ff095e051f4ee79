// Law: what was acknowledged outlives `kill -9`, whole. One round; hundreds are in ../long/kv-kill.test.ts.
import t from 'tap'
import { killRounds } from './kill-rounds.js'
import { rosterProcess } from './process.js'

t.test('kill -9 during writes', async t => {
  await killRounds(t, await rosterProcess(t), 1, 13)
})
