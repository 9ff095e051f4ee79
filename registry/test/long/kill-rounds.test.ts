// kill -9 under writers, hundreds of rounds: nothing acknowledged is lost, nothing half-done is seen.
import t from 'tap'
import { noBuild } from '../support/agent-process.js'
import { killRounds } from '../support/kill-rounds.js'

t.test('two hundred rounds', { skip: noBuild, timeout: 3_000_000 }, async t => { await killRounds(t, 200, Number(process.env['SEED'] ?? 1)) })
