// Laws of calls while servers and registry go wrong, in full: see ../support/proof.ts.
import t from 'tap'
import { proof } from '../support/proof.js'
import { NO_CONSUL, registries } from '../support/programs.js'

for (const { name, command } of registries) {
  t.test(name, { skip: command === undefined && NO_CONSUL, timeout: 600_000 }, t => proof(t, command!, { servers: 10, perSecond: 500, settleMs: 10_000, lookMs: 5000, awayMs: 60_000, grownTo: 18, slowShare: 0.05, timed: true }))
}
