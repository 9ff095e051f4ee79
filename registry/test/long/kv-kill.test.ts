// Law: what was acknowledged outlives `kill -9`, whole, over hundreds of rounds.
import t from 'tap'
import { killRounds } from '../robustness/kill-rounds.js'
import { rosterProcess } from '../robustness/process.js'

t.setTimeout(3_600_000)
t.test('kill -9 during writes', async t => {
  const rounds = Number(process.env['ROSTER_KILL_ROUNDS'] ?? 300)
  await killRounds(t, await rosterProcess(t), rounds, Number(process.env['ROSTER_KILL_SEED'] ?? 14))
})
