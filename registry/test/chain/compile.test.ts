// Laws of discovery chains: what entries make of a service, node by node, and what does not fit together.
import t from 'tap'
import { chainEntries } from '../../src/chain/chain-entries.js'
import { compileChain } from '../../src/chain/compile.js'
import { chainJson } from '../../src/chain/wire.js'
import { heap } from '../config-entries/support.js'
import type { Chain } from '../../src/chain/chain.js'
import type { ChainOverrides } from '../../src/chain/compile.js'

const chain = (service: string, entries: readonly object[], overrides?: ChainOverrides): Chain =>
  compileChain(chainEntries(heap(...entries), service), { service, datacenter: 'dc1', trustDomain: 'td.consul', ...(overrides === undefined ? {} : { overrides }) })

const broken = (service: string, entries: readonly object[]): string => {
  try {
    chain(service, entries)
    return 'compiles'
  } catch (error) {
    return (error as Error).message
  }
}

const http = (Name: string, more: object = {}): object => ({ Kind: 'service-defaults', Name, Protocol: 'http', ...more })
const resolver = (Name: string, more: object): object => ({ Kind: 'service-resolver', Name, ...more })
const splitter = (Name: string, ...Splits: readonly object[]): object => ({ Kind: 'service-splitter', Name, Splits })
const router = (Name: string, ...Routes: readonly object[]): object => ({ Kind: 'service-router', Name, Routes })
const to = (Service: string, more: object = {}): object => ({ Match: { HTTP: { PathPrefix: `/${Service}` } }, Destination: { Service, ...more } })

t.test('a service that no entry is about is its own target', async t => {
  const { start, nodes, targets, protocol, isDefault } = chain('web', [])
  t.equal(start, 'resolver:web.default.default.dc1')
  t.strictSame([...nodes.keys()], [start])
  t.match(targets.get('web.default.default.dc1'), { service: 'web', sni: 'web.default.dc1.internal.td.consul', connectTimeoutNs: 5e9 })
  t.equal(protocol, 'tcp')
  t.ok(isDefault)
})

t.test('router, splitter, resolver, in this order', async t => {
  const { start, nodes, targets, isDefault } = chain('web', [
    http('web'), http('api'), http('new'),
    router('web', to('api')),
    splitter('web', { Weight: 90 }, { Weight: 10, Service: 'new' }),
    resolver('api', { Subsets: { v1: { Filter: 'Service.Meta.v == 1' } }, DefaultSubset: 'v1', ConnectTimeout: '7s' }),
  ])
  t.equal(start, 'router:web.default.default')
  t.match(nodes.get(start), { type: 'router', routes: [{ next: 'resolver:v1.api.default.default.dc1' }, { next: 'splitter:web.default.default', definition: { Match: { HTTP: { PathPrefix: '/' } } } }] }, 'law: what no route takes goes to the service itself')
  t.match(nodes.get('splitter:web.default.default'), { splits: [{ weight: 90, next: 'resolver:web.default.default.dc1' }, { weight: 10, next: 'resolver:new.default.default.dc1' }] })
  t.match(targets.get('v1.api.default.default.dc1'), { subset: 'v1', filter: 'Service.Meta.v == 1', connectTimeoutNs: 7e9, sni: 'v1.api.default.dc1.internal.td.consul' })
  t.notOk(isDefault)
})

t.test('a split that leads to a splitter is flattened: weights are multiplied, none is lost', async t => {
  const { nodes } = chain('a', [http('a'), http('b'), http('c'), splitter('a', { Weight: 50 }, { Weight: 50, Service: 'b' }), splitter('b', { Weight: 50 }, { Weight: 50, Service: 'c' })])
  t.match(nodes.get('splitter:a.default.default'), { splits: [{ weight: 50 }, { weight: 25, next: 'resolver:b.default.default.dc1' }, { weight: 25, next: 'resolver:c.default.default.dc1' }] })
  t.notOk(nodes.has('splitter:b.default.default'), 'law: what nobody leads to is not there')
})

t.test('a redirect is followed, a failover is kept in its order', async t => {
  const redirected = chain('web', [resolver('web', { Redirect: { Service: 'api', Datacenter: 'dc2' } })])
  t.strictSame([...redirected.targets.keys()], ['api.default.default.dc2'])
  t.equal(redirected.start, 'resolver:api.default.default.dc2')
  const { nodes, targets, start } = chain('web', [resolver('web', { Failover: { '*': { Targets: [{ Service: 'b' }, { Datacenter: 'dc2' }, { Service: 'c', Peer: 'p' }] } } })])
  t.match(nodes.get(start), { failover: ['b.default.default.dc1', 'web.default.default.dc2', 'c.default.default.external.p'] })
  t.equal(targets.size, 4)
  t.equal(targets.get('c.default.default.external.p')!.sni, '', 'law: the names of another cluster are its own')
  const datacenters = chain('web', [resolver('web', { Failover: { '*': { Datacenters: ['dc3', 'dc1', 'dc2'] } } })])
  t.match(datacenters.nodes.get(datacenters.start), { failover: ['web.default.default.dc3', 'web.default.default.dc2'] }, 'law: nothing fails over to itself')
})

t.test('defaults reach every target: mesh gateway, server name of a service outside of the mesh', async t => {
  const { targets } = chain('web', [{ Kind: 'proxy-defaults', Name: 'global', MeshGateway: { Mode: 'remote' } }, resolver('web', { Failover: { '*': { Service: 'far' } } }), { Kind: 'service-defaults', Name: 'far', ExternalSNI: 'far.example', MeshGateway: { Mode: 'local' } }])
  t.match(targets.get('web.default.default.dc1'), { meshGateway: 'remote', external: false })
  t.match(targets.get('far.default.default.dc1'), { sni: 'far.example', external: true, name: 'far.default.dc1.internal.td.consul', meshGateway: '' })
})

t.test('the protocol is that of service-defaults, else of proxy-defaults, else tcp', async t => {
  const global = { Kind: 'proxy-defaults', Name: 'global', Config: { protocol: 'grpc' } }
  t.equal(chain('web', [global]).protocol, 'grpc')
  t.equal(chain('web', [global, http('web')]).protocol, 'http')
  t.equal(chain('web', [global, { Kind: 'service-defaults', Name: 'web' }]).protocol, 'tcp', 'law: an entry without one says tcp')
})

t.test('overrides count over all entries, and leave a mark', async t => {
  const entries = [http('web'), splitter('web', { Weight: 100 })]
  const plain = chain('web', entries)
  t.equal(plain.customizationHash, '')
  const tcp = chain('web', entries, { protocol: 'tcp', connectTimeoutNs: 0, meshGateway: '' })
  t.equal(tcp.protocol, 'tcp')
  t.equal(tcp.start, 'resolver:web.default.default.dc1', 'law: without a look into requests there is nothing to split')
  t.match(tcp.customizationHash, /^[0-9a-f]{8}$/)
  const slow = chain('web', entries, { protocol: '', connectTimeoutNs: 9e9, meshGateway: 'local' })
  t.match(slow.targets.get('web.default.default.dc1'), { connectTimeoutNs: 9e9, meshGateway: 'local' })
  t.not(slow.customizationHash, tcp.customizationHash)
  t.equal(chain('web', entries, { protocol: 'http', connectTimeoutNs: 5e9, meshGateway: '' }).customizationHash, '', 'law: what changes nothing leaves none')
})

t.test('what does not fit together, in the words of a compatible server', async t => {
  const cases: ReadonlyArray<readonly [string, readonly object[], string]> = [
    ['a', [splitter('a', { Weight: 100 })], 'discovery chain "a" uses a protocol "tcp" that does not permit advanced routing or splitting behavior'],
    ['a', [http('a'), splitter('a', { Weight: 50 }, { Weight: 50, Service: 'b' })], 'discovery chain "a" uses inconsistent protocols; service "b" has "tcp" which is not "http"'],
    ['a', [http('a'), http('b'), splitter('a', { Weight: 100, Service: 'b' }), splitter('b', { Weight: 100, Service: 'a' })], 'detected circular reference: [splitter:a.default.default -> splitter:b.default.default -> splitter:a.default.default]'],
    ['a', [resolver('a', { Redirect: { Service: 'b' } }), resolver('b', { Redirect: { Service: 'a' } })], 'detected circular resolver redirect: [a.default.default.dc1 -> b.default.default.dc1 -> a.default.default.dc1]'],
    ['a', [http('a'), http('b'), splitter('a', { Weight: 100, Service: 'b', ServiceSubset: 'v1' })], 'service "b" does not have a subset named "v1"'],
    ['a', [{ Kind: 'service-defaults', Name: 'a', ExternalSNI: 'x' }, resolver('a', { Subsets: { v1: {} } })], 'service "a" has an external SNI set; cannot define subsets for external services'],
    ['a', [{ Kind: 'service-defaults', Name: 'a', ExternalSNI: 'x' }, resolver('a', { Failover: { '*': { Service: 'b' } } })], 'service "a" has an external SNI set; cannot define failover for external services'],
  ]
  for (const [service, entries, words] of cases) t.equal(broken(service, entries), words)
})

t.test('a chain has an end: splits of splits and hops are bounded', async t => {
  // Each level doubles: 2^11 splits at the end.
  const levels = Array.from({ length: 12 }, (_, i) => `s${i}`)
  const doubling = levels.slice(0, -1).flatMap((name, i) => [http(name), splitter(name, { Weight: 50, Service: levels[i + 1]! }, { Weight: 50, Service: `${name}x` }), http(`${name}x`), splitter(`${name}x`, { Weight: 50, Service: levels[i + 1]! }, { Weight: 50, Service: `${name}y` }), http(`${name}y`)])
  t.match(broken('s0', [...doubling, http('s11')]), /^discovery chain "s0" .*1000/)
  const long = Array.from({ length: 300 }, (_, i) => [http(`l${i}`), splitter(`l${i}`, { Weight: 100, Service: `l${i + 1}` })]).flat()
  t.match(broken('l0', [...long, http('l300')]), /^discovery chain "l0" has more than 200 hops$/)
})

t.test('names are found in any letter case, and nodes carry them as they are written', async t => {
  const { targets } = chain('web', [resolver('WEB', { Redirect: { Service: 'API' } })])
  t.strictSame([...targets.values()].map(target => target.service), ['API'])
})

t.test('answers leave out what is empty, and write times as clients know them', async t => {
  const json = chainJson(chain('web', [http('web'), resolver('web', { RequestTimeout: '3s' })]), { automatic: ['240.0.0.1'], manual: [] })
  t.match(json, { ServiceName: 'web', Protocol: 'http', StartNode: 'resolver:web.default.default.dc1', Nodes: { 'resolver:web.default.default.dc1': { Type: 'resolver', Resolver: { ConnectTimeout: '5s', RequestTimeout: 3e9, Target: 'web.default.default.dc1' } } }, AutoVirtualIPs: ['240.0.0.1'] })
  t.notOk('CustomizationHash' in json)
})
