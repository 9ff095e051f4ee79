// The registry keeps its promises while members of etcd and servers are killed, paused and cut off. Twenty minutes of it: ../long/cluster-faults.test.ts.
import t from 'tap'
import { noBuild } from '../support/agent-process.js'
import { noEtcd } from '../support/etcd.js'
import { faultRun } from './fault-run.js'

t.test('under faults', { skip: noEtcd === false ? noBuild : noEtcd, timeout: 120_000 }, async t => {
  const report = await faultRun({ ms: 3000, seed: Number(process.env['ROSTER_FAULT_SEED'] ?? 7), log: line => t.comment(line) })
  t.same(report.violations, [])
  t.ok(report.answered > 20 && report.registered > 5 && report.renewals > 5, `there was something to judge: ${JSON.stringify({ ...report, faults: report.faults.length })}`)
})
