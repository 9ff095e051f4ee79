// Law: over twenty minutes of faults no promise of several servers is broken.
import t from 'tap'
import { noBuild } from '../support/agent-process.js'
import { noEtcd } from '../support/etcd.js'
import { faultRun } from '../cluster/fault-run.js'

t.setTimeout(3_600_000)
t.test('twenty minutes of faults', { skip: noEtcd === false ? noBuild : noEtcd }, async t => {
  const report = await faultRun({ ms: Number(process.env['ROSTER_FAULT_MINUTES'] ?? 20) * 60_000, seed: Number(process.env['ROSTER_FAULT_SEED'] ?? 20), log: line => t.comment(line) })
  t.same(report.violations, [])
  t.comment(JSON.stringify({ ...report, faults: report.faults.length }))
})
