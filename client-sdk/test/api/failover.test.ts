// Laws of failover: keep to what works, keep the order, move once however many fail together.
import fc from 'fast-check'
import t from 'tap'
import { Failover } from '../../src/api/failover.js'

t.test('stays until failure, then takes the next in order, and round', async t => {
  const failover = new Failover(['a', 'b', 'c'])
  t.same(failover.order(), ['a', 'b', 'c'])
  failover.failed('a')
  t.same(failover.order(), ['b', 'c', 'a'])
  failover.failed('a')
  t.equal(failover.current, 'b', 'a hundred requests that failed on a move once')
  failover.failed('b')
  failover.failed('c')
  t.same(failover.order(), ['a', 'b', 'c'])
})

t.test('the order is always a rotation of what was given, whatever fails', async () => {
  fc.assert(fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 }), fc.array(fc.nat(4)), (servers, failures) => {
    const failover = new Failover(servers)
    for (const i of failures) failover.failed(servers[i % servers.length]!)
    const order = failover.order()
    const at = servers.indexOf(order[0]!)
    return order.length === servers.length && order.every((server, i) => server === servers[(at + i) % servers.length])
  }), { seed: 8, numRuns: 200 })
})
