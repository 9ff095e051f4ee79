// Laws of content-hash: the values are those of a compatible agent for the same definitions, equal content gives equal hashes in whatever order it was
// written, and everything that an agent shows changes it.
import t from 'tap'
import fc from 'fast-check'
import { contentHash } from '../../src/agent/content-hash.js'
import type { ServiceRecord } from '../../src/state/services.js'

const plain: ServiceRecord = {
  node: 'n1', kind: '', id: 'foo', name: 'foo', tags: ['bar', 'baz'], address: '', taggedAddresses: null, meta: null, port: 8000, ports: null, socketPath: '', weights: { passing: 1, warning: 1 }, enableTagOverride: false, proxy: null, connect: null, locality: null,
}

const recorded: ReadonlyArray<readonly [hash: string, what: string, change: Partial<ServiceRecord>]> = [
  ['c4bb6737c185ed93', 'a plain service', {}],
  ['9d3d6ddeaa5abc48', 'meta, addresses and weights', { id: 'm', name: 'meta', tags: [], port: 0, meta: { a: 'b', c: 'd', u: '\u0000é' }, address: '10.0.0.1', taggedAddresses: { lan: { address: '1.2.3.4', port: 5 }, wan: { address: '5.6.7.8', port: 80 }, lan_ipv4: { address: '10.0.0.1', port: 0 }, wan_ipv4: { address: '10.0.0.1', port: 0 } }, weights: { passing: 7, warning: 0 }, enableTagOverride: true }],
  ['f4bf7f550c1fee7b', 'several ports, of which the default is the port', { id: 'mp', name: 'mp', tags: [], port: 80, ports: [{ name: 'http', port: 80, default: true }, { name: 'admin', port: 81, default: false }] }],
  ['3ab9062f79521a0b', 'a native service with a negative port and a socket', { id: 'nat', name: 'nat', tags: [], port: -5, socketPath: '/tmp/x', connect: { Native: true } }],
  ['b309316a0a67200c', 'a port beyond 32 bits, and a locality that has no part', { id: 'loc', name: 'loc', tags: [], port: 99999999999, locality: { region: 'r', zone: 'z' } }],
  ['1de86e7f71b0d6dc', 'a gateway with an empty proxy', { id: 'g', name: 'g', kind: 'mesh-gateway', tags: [], port: 8443, proxy: { Mode: '', MeshGateway: {}, Expose: {} } }],
  ['8dfbf4adab6e53a2', 'a kind that nobody knows', { id: 'o', name: 'o', kind: 'odd', tags: [], port: 0 }],
  ['83e001ac9eb92249', 'a proxy with everything', {
    id: 'p',
    name: 'p',
    kind: 'connect-proxy',
    tags: [],
    port: 1,
    proxy: {
      DestinationServiceName: 'web',
      DestinationServiceID: 'web1',
      LocalServiceAddress: '127.0.0.1',
      LocalServicePort: 9,
      LocalServiceSocketPath: '/s',
      Mode: 'direct',
      Config: { a: 1, b: 'x', c: [1, 2.5, { d: true, e: null }], f: { g: {} }, h: [] },
      Upstreams: [
        { DestinationType: 'service', DestinationName: 'db', Datacenter: 'dc1', LocalBindPort: 5, LocalBindAddress: '127.0.0.2', Config: { x: 1 }, MeshGateway: { Mode: 'remote' } },
        { DestinationType: 'prepared_query', DestinationName: 'q', LocalBindSocketPath: '/x', LocalBindSocketMode: '0644', MeshGateway: {} },
      ],
      MeshGateway: { Mode: 'local' },
      Expose: { Checks: true, Paths: [{ Path: '/m', ListenerPort: 5, LocalPathPort: 6 }] },
      TransparentProxy: { OutboundListenerPort: 15001, DialedDirectly: true },
      AccessLogs: { Enabled: true, Type: 'stdout', JSONFormat: '{}' },
      EnvoyExtensions: [{ Name: 'builtin/lua', Arguments: { a: 1 } }],
    },
  }],
]

t.test('the hash is that of a compatible agent', async t => {
  for (const [hash, what, change] of recorded) t.equal(contentHash({ ...plain, ...change }), hash, what)
})

t.test('the order of keys has no part in it, the order of tags has', async () => {
  const meta = fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 6 })
  fc.assert(fc.property(meta, meta => {
    const reversed = Object.fromEntries(Object.entries(meta).reverse())
    return contentHash({ ...plain, meta }) === contentHash({ ...plain, meta: reversed })
  }), { seed: 1, numRuns: 50 })
  fc.assert(fc.property(fc.uniqueArray(fc.string({ maxLength: 5 }), { minLength: 2, maxLength: 5 }), tags =>
    contentHash({ ...plain, tags }) !== contentHash({ ...plain, tags: [...tags].reverse() })), { seed: 1, numRuns: 50 })
})

t.test('node and locality have no part in it; everything else that is shown has', async t => {
  const own = contentHash(plain)
  t.equal(contentHash({ ...plain, node: 'n2', locality: { region: 'r', zone: 'z' } }), own)
  const changes: ReadonlyArray<Partial<ServiceRecord>> = [
    { kind: 'x' }, { id: 'x' }, { name: 'x' }, { tags: [] }, { address: 'x' }, { port: 1 }, { socketPath: 'x' }, { enableTagOverride: true }, { meta: { a: '' } }, { weights: { passing: 2, warning: 1 } }, { weights: { passing: 1, warning: 2 } }, { taggedAddresses: { lan: { address: '', port: 0 } } }, { ports: [{ name: 'a', port: 8000, default: true }] }, { connect: { Native: true } },
  ]
  const hashes = new Set(changes.map(change => contentHash({ ...plain, ...change })))
  t.notOk(hashes.has(own))
  t.equal(hashes.size, changes.length)
})
