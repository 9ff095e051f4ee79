// The short form of long/churn.test.ts: a few seconds in which everything comes and goes once or twice.
import { platform } from 'node:os'
import t from 'tap'
import { churn } from './support/churn.js'

t.test('instances and the registry come and go under load, and no idempotent request fails', { skip: platform() === 'linux' ? false : 'descriptors are counted in /proc' }, async t => {
  const { requests, failures, events, descriptors } = await churn(t, { ms: 5000, parallel: 8, everyMs: 250, registryEveryMs: 2000 })
  t.same(failures, [])
  t.ok(requests > 50, `${requests} requests`)
  t.ok(events['registry']! >= 1 && events['started']! >= 4, JSON.stringify(events))
  t.ok(descriptors[1] < descriptors[0] + 60, `descriptors ${descriptors.join(' => ')}`)
})
