// Laws of service names: who is answered, with which records, and what an empty answer says.
import t from 'tap'
import { shows, testDoor } from './support.js'

const SOA = 'consul 0 SOA ns.consul hostmaster.consul 3600 600 86400 0'

t.test('addresses: the instance\'s own before its node\'s, each family to its type, each once', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.node('n2', '2001:db8::2')
  await catalog.service('n1', 'web')
  await catalog.service('n1', 'web', { id: 'again' })
  await catalog.service('n1', 'web', { id: 'own', address: '203.0.113.1' })
  await catalog.service('n2', 'web')
  t.strictSame((await ask('web.service.consul', 'A')).answers.sort(), ['web.service.consul 0 A 198.51.100.1', 'web.service.consul 0 A 203.0.113.1'])
  t.strictSame((await ask('web.service.consul', 'AAAA')).answers, ['web.service.consul 0 AAAA 2001:db8::2'])
  t.equal((await ask('web.service.consul', 'ANY')).answers.length, 3)
  t.equal((await ask('web.service.consul', 'TXT')).answers.length, 3, 'TXT is answered as ANY is')
})

t.test('absent is NXDOMAIN, no record of the type NOERROR; both with the zone\'s SOA', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  for (const [name, type, rcode] of [
    ['absent.service.consul', 'A', 'NXDOMAIN'], ['absent.service.consul', 'MX', 'NXDOMAIN'], ['web.service.dc9.consul', 'A', 'NXDOMAIN'], ['tag.web.service.consul', 'A', 'NXDOMAIN'],
    ['web.service.east.peer.consul', 'A', 'NXDOMAIN'], ['web.service.other.port.consul', 'SRV', 'NXDOMAIN'],
    ['web.service.consul', 'AAAA', 'NOERROR'], ['web.service.consul', 'MX', 'NOERROR'], ['web.service.consul', 'CNAME', 'NOERROR'],
  ] as const) {
    const answer = await ask(name, type)
    shows(t, answer, { rcode, answers: [], authority: [SOA], aa: true, ra: false }, `${name} ${type}`)
  }
  shows(t, await ask('www.example.com'), { rcode: 'REFUSED', aa: false, authority: [], opt: undefined })
  t.equal((await ask('www.example.com', 'A', { edns: 1232 })).opt, undefined, 'nothing is said of EDNS to those we have nothing for')
})

t.test('what is critical is not answered, of the instance or of its node; what warns is, unless only_passing', async t => {
  const { catalog, ask, reload } = await testDoor(t)
  for (const [i, status, wide] of [[1, 'passing'], [2, 'warning'], [3, 'critical'], [4, 'passing', true], [5, 'critical', true]] as const) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
    await catalog.check(`n${i}`, 'check', status, wide === true ? '' : 'web')
  }
  const last = async (): Promise<string[]> => (await ask('web.service.consul', 'A', { edns: 4096 })).answers.map(line => line.at(-1)!).sort()
  t.strictSame(await last(), ['1', '2', '4'])
  reload({ onlyPassing: true })
  t.strictSame(await last(), ['1', '4'])
  reload({})
  for (const i of [1, 2, 4]) await catalog.check(`n${i}`, 'check', 'critical', i === 4 ? '' : 'web')
  shows(t, await ask('web.service.consul'), { rcode: 'NXDOMAIN' }, 'nobody left is no such name')
  shows(t, await ask('n5.node.consul'), { answers: ['n5.node.consul 0 A 198.51.100.5'] }, 'a node is answered whatever its health')
})

t.test('SRV says weight by status, port and target, and leads to the address', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1', { meta: { rack: 'r1' } })
  await catalog.service('n1', 'api', { id: 'a', port: 8001, weights: { passing: 10, warning: 3 } })
  await catalog.service('n1', 'api', { id: 'b', port: 8002, weights: { passing: 10, warning: 3 } })
  await catalog.check('n1', 'b', 'warning', 'b')
  await catalog.service('n1', 'api', { id: 'c', port: 8003, address: '203.0.113.9' })
  await catalog.service('n1', 'api', { id: 'd', port: 8003, address: '203.0.113.9' })
  await catalog.service('n1', 'api', { id: 'e', port: 8004, address: 'api.example.com' })
  const answer = await ask('API.service.Consul', 'SRV', { edns: 4096 })
  t.strictSame(answer.answers.sort(), [
    'API.service.Consul 0 SRV 1 1 8003 cb007109.addr.dc1.Consul', 'API.service.Consul 0 SRV 1 1 8004 api.example.com',
    'API.service.Consul 0 SRV 1 10 8001 n1.node.dc1.Consul', 'API.service.Consul 0 SRV 1 3 8002 n1.node.dc1.Consul',
  ], 'in the letter case of the question, node names in their own')
  t.strictSame(answer.additional.sort(), ['cb007109.addr.dc1.Consul 0 A 203.0.113.9', 'n1.node.dc1.Consul 0 A 198.51.100.1', 'n1.node.dc1.Consul 0 TXT rack=r1'])
})

t.test('weights that cannot be are 1, a weight of 0 for what warns is kept', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  const weight = async (passing: number, warning: number, status: string): Promise<string> => {
    await catalog.service('n1', 'web', { weights: { passing, warning } })
    await catalog.check('n1', 'web', status, 'web')
    return (await ask('web.service.consul', 'SRV')).answers[0]!.split(' ')[4]!
  }
  for (const [passing, warning, status, expected] of [
    [10, 3, 'passing', '10'], [10, 3, 'warning', '3'], [10, 0, 'warning', '0'], [0, 5, 'warning', '1'], [70000, 5, 'passing', '1'], [10, 70000, 'passing', '1'], [10, -1, 'warning', '1'],
    [7, 3, 'no such status', '1'],
  ] as const) t.equal(await weight(passing, warning, status), expected, `${passing}/${warning} ${status}`)
})

t.test('tags in any letter case, tags with dots, RFC 2782 names', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.node('n2', '198.51.100.2')
  await catalog.service('n1', 'web', { tags: ['Loud', 'v1.2'] })
  await catalog.service('n2', 'Web', { tags: ['tcp'] })
  const nodes = async (name: string): Promise<string> => (await ask(name, 'SRV')).answers.map(line => /(n\d)\.node/.exec(line)![1]).sort().join()
  for (const [name, expected] of [
    ['loud.web.service.consul', 'n1'], ['V1.2.WEB.service.consul', 'n1'], ['_web._loud.service.consul', 'n1'], ['tcp.web.service.consul', 'n2'],
    ['_web._tcp.service.consul', 'n1,n2'], ['_web._tcp.consul', 'n1,n2'], ['web.service.dc1.consul', 'n1,n2'], ['loud.v1.2.web.service.consul', ''], ['_web._udp.service.consul', ''],
  ] as const) t.equal(await nodes(name), expected, name)
})

t.test('one of several ports by its name, the default one without', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.node('n2', '198.51.100.2')
  await catalog.service('n1', 'multi', { port: 0, ports: [{ name: 'http', port: 8080, default: true }, { name: 'metrics', port: 9090, default: false }] })
  await catalog.service('n2', 'multi', { port: 99 })
  const ports = async (name: string): Promise<string> => (await ask(name, 'SRV')).answers.map(line => line.split(' ')[5]).sort().join()
  t.equal(await ports('multi.service.consul'), '8080,99')
  t.equal(await ports('multi.service.METRICS.port.consul'), '9090', 'instances without such a port are left out')
  t.equal((await ask('multi.service.nowhere.port.consul', 'A')).answers.length, 2, 'for addresses the port does not count')
})

t.test('tagged addresses stand in for the plain one, by family; where either would do, IPv6', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1', { taggedAddresses: { lan_ipv6: '2001:db8::1', wan: '192.0.2.1' } })
  await catalog.service('n1', 'plain')
  await catalog.service('n1', 'dual', { address: '203.0.113.1', taggedAddresses: { lan_ipv4: { address: '203.0.113.21', port: 1 }, lan_ipv6: { address: '2001:db8::21', port: 2 } } })
  const data = async (name: string, type: string): Promise<string> => (await ask(name, type)).answers.map(line => line.split(' ').at(-1)).join()
  for (const [name, type, expected] of [
    ['plain', 'A', '198.51.100.1'], ['plain', 'AAAA', '2001:db8::1'], ['plain', 'ANY', '2001:db8::1'], ['plain', 'SRV', '20010db8000000000000000000000001.addr.dc1.consul'],
    ['dual', 'A', '203.0.113.21'], ['dual', 'AAAA', '2001:db8::21'], ['dual', 'SRV', '20010db8000000000000000000000021.addr.dc1.consul'],
  ] as const) t.equal(await data(`${name}.service.consul`, type), expected, `${name} ${type}`)
})

t.test('how long an answer holds: by the very name, then by the longest prefix, in whole seconds', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { nodeTtlMs: 9000, serviceTtlMs: { '*': 5000, web: 60_000, 'api-*': 20_000, 'api-inner-*': 30_000, half: 2500, 'no such service': -1 } } })
  await catalog.node('n1', '198.51.100.1', { meta: { k: 'v' } })
  for (const name of ['web', 'api-1', 'api-inner-1', 'other', 'half']) await catalog.service('n1', name)
  const ttl = async (name: string, type = 'A'): Promise<string[]> => {
    const { answers, additional } = await ask(name, type)
    return [...new Set([...answers, ...additional].map(line => line.split(' ')[1]!))]
  }
  for (const [name, expected, type] of [
    ['WEB.service.consul', '60'], ['web.service.consul', '60', 'SRV'], ['api-1.service.consul', '20'], ['api-inner-1.service.consul', '30'], ['other.service.consul', '5'],
    ['half.service.consul', '2'], ['n1.node.consul', '9'], ['c6336401.addr.consul', '9'],
  ] as const) t.strictSame(await ttl(name, type), [expected], name)
})

t.test('a node whose name can be no DNS name is pointed to by its address; an address that can be none leaves out its instance alone', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('m'.repeat(70), '198.51.100.1')
  await catalog.node('a..b', '198.51.100.2')
  await catalog.node('fine', '198.51.100.3')
  for (const node of ['m'.repeat(70), 'a..b', 'fine']) await catalog.service(node, 'web')
  await catalog.service('fine', 'web', { id: 'bad', address: `${'x'.repeat(70)}.example` })
  t.strictSame((await ask('web.service.consul', 'SRV')).answers.map(line => line.split(' ').at(-1)).sort(), ['c6336401.addr.dc1.consul', 'c6336402.addr.dc1.consul', 'fine.node.dc1.consul'])
})

t.test('connect names answer proxies and native instances, whatever stands in front', async t => {
  const { catalog, ask } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.node('n2', '198.51.100.2')
  await catalog.service('n1', 'web')
  shows(t, await ask('web.connect.consul'), { rcode: 'NXDOMAIN' })
  await catalog.service('n1', 'web-proxy', { kind: 'connect-proxy', port: 21000, proxy: { DestinationServiceName: 'web' } })
  await catalog.service('n2', 'web', { connect: { Native: true } })
  t.strictSame((await ask('any.thing.WEB.connect.consul', 'SRV')).answers.sort(), ['any.thing.WEB.connect.consul 0 SRV 1 1 21000 n1.node.dc1.consul', 'any.thing.WEB.connect.consul 0 SRV 1 1 80 n2.node.dc1.consul'])
  shows(t, await ask('web.connect.dc9.consul'), { rcode: 'NXDOMAIN' })
})

t.test('a_record_limit caps addresses on every transport, never targets', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { aRecordLimit: 2 } })
  for (let i = 1; i <= 5; i++) {
    await catalog.node(`n${i}`, `198.51.100.${i}`)
    await catalog.service(`n${i}`, 'web')
  }
  t.equal((await ask('web.service.consul', 'A', { tcp: true })).answers.length, 2)
  t.equal((await ask('web.service.consul', 'ANY', { edns: 4096 })).answers.length, 2)
  t.equal((await ask('web.service.consul', 'SRV', { edns: 4096 })).answers.length, 5)
})

t.test('names that mean something to JavaScript mean nothing here', async t => {
  const { catalog, ask } = await testDoor(t, { dns: { serviceTtlMs: { '*': 3000 } } })
  await catalog.node('__proto__', '198.51.100.1', { meta: { constructor: 'x' } })
  await catalog.service('__proto__', 'constructor', { tags: ['__proto__'] })
  for (const name of ['toString', '__proto__', 'hasOwnProperty']) shows(t, await ask(`${name}.service.consul`), { rcode: 'NXDOMAIN' }, name)
  t.strictSame((await ask('__proto__.constructor.service.consul', 'A')).answers, ['__proto__.constructor.service.consul 3 A 198.51.100.1'])
  t.strictSame((await ask('__proto__.node.consul', 'TXT')).answers, ['__proto__.node.consul 0 TXT constructor=x'])
})
