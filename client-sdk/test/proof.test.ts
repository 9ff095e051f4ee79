// Laws of calls while servers and registry go wrong: see support/proof.ts. Small and short here; in full: long/proof.test.ts.
import t from 'tap'
import { proof } from './support/proof.js'
import { registries } from './support/programs.js'

t.test('calls go on', t => proof(t, registries[0]!.command!, { servers: 3, perSecond: 150, settleMs: 500, lookMs: 400, awayMs: 250, grownTo: 4, slowShare: 0.15, timed: false, leaveOut: ['slower', '503', 'killed', 'flaps', 'overloaded', 'grows'] }))
