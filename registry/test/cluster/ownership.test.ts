// Each thing has one owner, the same on every server, and a server that comes or goes moves no more than its own share.
import fc from 'fast-check'
import t from 'tap'
import { ownerOf } from '../../src/cluster/ownership.js'

const servers = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/), { minLength: 1, maxLength: 8 })

t.test('one owner, whatever the order in which servers are known', async t => {
  fc.assert(fc.property(servers, fc.string(), (servers, id) => ownerOf(servers, 'lease', id) === ownerOf(servers.toReversed(), 'lease', id) && servers.includes(ownerOf(servers, 'lease', id)!)))
  t.equal(ownerOf([], 'lease', 'x'), undefined)
})

t.test('when a server goes, nothing moves but what it owned', async t => {
  fc.assert(fc.property(servers, fc.string(), (servers, id) => {
    const owner = ownerOf(servers, 'check', id)
    return servers.every(gone => gone === owner || ownerOf(servers.filter(server => server !== gone), 'check', id) === owner)
  }))
  t.pass()
})

t.test('shares are even', async t => {
  const servers = ['roster-1', 'roster-2', 'roster-3', 'roster-4']
  const shares = new Map(servers.map(server => [server, 0]))
  for (let i = 0; i < 10_000; i++) {
    const owner = ownerOf(servers, 'lease', `lease-${i}`)!
    shares.set(owner, shares.get(owner)! + 1)
  }
  for (const [server, share] of shares) t.ok(share > 2200 && share < 2800, `${server}: ${share}`)
})
