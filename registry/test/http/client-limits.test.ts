// Laws of limits for each client: at the bound the documented answer, other clients unaffected, loopback not counted.
import t from 'tap'
import { ClientLimits } from '../../src/http/client-limits.js'
import { fakeClock } from '../support/fake-clock.js'
import type { LimitConfig } from '../../src/config/runtime-config.js'

const limits = { httpMaxConnsPerClient: 3, requestRatePerClient: 10, requestBurstPerClient: 5 } as LimitConfig

t.test('connections: the fourth is refused, another client is not, and one that closes makes room', async t => {
  const l = new ClientLimits(fakeClock())
  t.strictSame([1, 2, 3, 4].map(() => l.connect('10.0.0.1', limits)), [true, true, true, false])
  t.equal(l.connect('10.0.0.2', limits), true)
  t.equal(l.stats.connectionsRefused, 1)
  l.disconnect('10.0.0.1')
  t.equal(l.connect('10.0.0.1', limits), true)
  for (let i = 0; i < 1000; i++) t.equal(l.connect('127.0.0.1', limits), true)
})

t.test('requests: the burst, then the rate; who waits as long as told is served', async t => {
  const clock = fakeClock()
  const l = new ClientLimits(clock)
  t.strictSame(Array.from({ length: 6 }, () => l.request('10.0.0.1', limits)), [0, 0, 0, 0, 0, 1])
  t.equal(l.request('10.0.0.2', limits), 0)
  t.equal(l.request('::1', limits), 0)
  await clock.advance(1000)
  t.equal(l.request('10.0.0.1', limits), 0)
  t.equal(l.stats.requestsRefused, 1)
  t.equal(new ClientLimits(clock).request('10.0.0.1', { ...limits, requestRatePerClient: 0 }), 0, 'off by default')
})
