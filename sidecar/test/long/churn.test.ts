// Thirty minutes in which everything comes and goes, under load.
import t from 'tap'
import { churn } from '../support/churn.js'

t.setTimeout(60 * 60_000)

t.test('30 minutes of churn: no idempotent request fails, memory and descriptors stay flat', async t => {
  const minutes = Number(process.env['CHURN_MINUTES'] ?? 30)
  const { requests, failures, events, descriptors, megabytes } = await churn(t, { ms: minutes * 60_000, parallel: 16, everyMs: 500, registryEveryMs: 60_000 })
  t.comment(`${requests} requests, ${JSON.stringify(events)}, descriptors ${descriptors.join(' => ')}, MB ${megabytes.map(Math.round).join(' => ')}`)
  t.same(failures, [])
  t.ok(descriptors[1] <= descriptors[0] * 1.5 + 20, `descriptors ${descriptors.join(' => ')}`)
  t.ok(megabytes[1] <= megabytes[0] * 1.3 + 20, `MB ${megabytes.join(' => ')}`)
})
