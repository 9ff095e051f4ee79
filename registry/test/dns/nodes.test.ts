// Laws of node and address names: what a node answers to each type, its metadata as text, addresses spelt in hex.
import t from 'tap'
import { metaText } from '../../src/dns/text-records.js'
import { shows, testDoor } from './support.js'

t.test('a node answers addresses and metadata; of other types it says nothing, and nothing of its absence', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('alpha', '198.51.100.7', { meta: { rack: 'r1' } })
  await catalog.node('gamma.rack1', '2001:db8::7')
  await catalog.node('Delta', '198.51.100.9')
  const text = 'alpha.node.consul 0 TXT rack=r1'
  shows(t, await ask('alpha.node.consul'), { rcode: 'NOERROR', answers: ['alpha.node.consul 0 A 198.51.100.7'], additional: [text], authority: [] })
  shows(t, await ask('alpha.node.consul', 'AAAA'), { rcode: 'NOERROR', answers: [], additional: [text], authority: [] }, 'no SOA')
  shows(t, await ask('alpha.node.consul', 'ANY'), { answers: ['alpha.node.consul 0 A 198.51.100.7', text], additional: [] })
  shows(t, await ask('alpha.node.consul', 'TXT'), { answers: [text], additional: [] })
  shows(t, await ask('DELTA.Node.CONSUL'), { answers: ['DELTA.Node.CONSUL 0 A 198.51.100.9'] })
  shows(t, await ask('gamma.rack1.node.DC1.consul', 'AAAA'), { answers: ['gamma.rack1.node.DC1.consul 0 AAAA 2001:db8::7'] })
  for (const type of ['MX', 'SRV', 'PTR', 'CNAME']) {
    shows(t, await ask('alpha.node.consul', type), { rcode: 'NOERROR', answers: [], authority: [] }, type)
    shows(t, await ask('nobody.node.consul', type), { rcode: 'NOERROR', answers: [], authority: [] }, `nobody ${type}`)
  }
  for (const name of ['nobody.node.consul', 'alpha.node.dc9.consul', 'alpha.node.dc1.extra.consul', 'node.consul', 'alpha.node.east.peer.consul']) {
    shows(t, await ask(name), { rcode: 'NXDOMAIN', authority: [/SOA/] }, name)
  }
})

t.test('metadata beside other answers can be switched off', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { enableAdditionalNodeMetaTxt: false } })
  await catalog.node('alpha', '198.51.100.7', { meta: { rack: 'r1' } })
  await catalog.service('alpha', 'web')
  t.strictSame((await ask('alpha.node.consul')).additional, [])
  t.strictSame((await ask('web.service.consul', 'SRV')).additional, ['alpha.node.dc1.consul 0 A 198.51.100.7'])
  t.strictSame((await ask('alpha.node.consul', 'TXT')).answers, ['alpha.node.consul 0 TXT rack=r1'])
})

t.test('metadata as RFC 1464 writes it', async t => {
  for (const [key, value, text] of [
    ['rack', 'r1', 'rack=r1'], ['empty', '', 'empty='], ['eq', 'a=b`c', 'eq=a=b``c'], ['a=b', 'c', 'a`=b=c'], ['`', '`', '``=``'], [' lead trail ', 'x', '` lead trail` =x'], ['  ', 'x', '` ` =x'],
    ['rfc1035-free', 'just words', 'just words'], ['RFC1035-upper', 'also bare', 'also bare'], ['', 'x', '=x'],
  ] as const) t.equal(metaText(key, value), text, key)
})

t.test('long texts are several strings, read as one', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1', { meta: { k: 'é'.repeat(250) } })
  const [answer] = (await ask('n1.node.consul', 'TXT', { edns: 4096 })).answers
  const bytes = Buffer.byteLength(`k=${'é'.repeat(250)}`)
  t.equal(answer!.split(' ')[3]!.split('|').length, Math.ceil(bytes / 255))
})

t.test('addresses spelt in hex: of the other type they stand beside the answer', async t => {
  const { ask } = await testDoor(t)
  shows(t, await ask('c0a80001.addr.consul'), { rcode: 'NOERROR', answers: ['c0a80001.addr.consul 0 A 192.168.0.1'], additional: [] })
  shows(t, await ask('c0a80001.addr.dc9.any.thing.consul', 'ANY'), { answers: [/192\.168\.0\.1$/] })
  for (const type of ['AAAA', 'SRV', 'TXT', 'MX']) shows(t, await ask('c0a80001.addr.consul', type), { rcode: 'NOERROR', answers: [], additional: [/192\.168\.0\.1$/], authority: [] }, type)
  shows(t, await ask('00000000000000000000ffffc0a80001.addr.consul', 'AAAA'), { answers: [/AAAA ::ffff:/] }, 'an IPv4 address in IPv6 stays IPv6 here')
  shows(t, await ask('c0a800012.addr.consul'), { rcode: 'NXDOMAIN' })
})
