// Laws of reading an instance: where it is, how well, whether it wants calls; and of selecting by what it says of itself.
import t from 'tap'
import { instanceOf } from '../../src/balance/instance.js'
import { selects } from '../../src/balance/select.js'
import type { HealthEntry } from '../../src/index.js'

interface Given { readonly service?: object, readonly node?: object, readonly checks?: ReadonlyArray<{ readonly CheckID?: string, readonly Status: string, readonly Output?: string }> }
const entry = ({ service, node, checks = [] }: Given): HealthEntry => ({
  Node: { ID: '', Node: 'n1', Address: '10.0.0.1', Datacenter: 'dc1', TaggedAddresses: null, Meta: null, CreateIndex: 1, ModifyIndex: 1, ...node },
  Service: { ID: 'web1', Service: 'web', Tags: null, Address: '', Meta: null, Weights: { Passing: 4, Warning: 2 }, EnableTagOverride: false, Proxy: {}, Connect: {}, PeerName: '', CreateIndex: 1, ModifyIndex: 1, ...service },
  Checks: checks.map(check => ({ Node: 'n1', CheckID: 'c', Name: '', Notes: '', Output: '', ServiceID: '', ServiceName: '', ServiceTags: [], Type: '', Interval: '', Timeout: '', ExposedPort: 0, Definition: {}, CreateIndex: 1, ModifyIndex: 1, ...check })) as HealthEntry['Checks'],
})

for (const [name, given, expected] of [
  ['the node\'s address where it has none, nulls as nothing', {}, { id: 'n1/web1', service: 'web', address: '10.0.0.1', port: 0, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 4, zone: undefined }],
  ['its own address', { service: { Address: '10.0.0.9', Port: 80 } }, { address: '10.0.0.9', port: 80 }],
  ['warning has its own weight', { checks: [{ Status: 'passing' }, { Status: 'warning' }] }, { health: 'warning', weight: 2, withdrawn: false }],
  ['the worst check counts', { checks: [{ Status: 'critical' }, { Status: 'warning' }] }, { health: 'critical', weight: 4, withdrawn: false }],
  ['maintenance of the node', { checks: [{ CheckID: '_node_maintenance', Status: 'critical' }] }, { withdrawn: true }],
  ['maintenance of the service', { checks: [{ CheckID: '_service_maintenance:web1', Status: 'critical' }] }, { withdrawn: true }],
  ['maintenance of another service', { checks: [{ CheckID: '_service_maintenance:web2', Status: 'critical' }] }, { withdrawn: false }],
  ['draining', { checks: [{ CheckID: 'service:web1', Status: 'critical', Output: 'draining: SIGTERM' }] }, { withdrawn: true }],
  ['not ready', { checks: [{ CheckID: 'service:web1', Status: 'critical', Output: 'not ready' }] }, { withdrawn: true }],
  ['drained words in another check', { checks: [{ CheckID: 'http', Status: 'critical', Output: 'draining' }] }, { withdrawn: false }],
  ['zone of the service', { service: { Locality: { Zone: 'a' } }, node: { Locality: { Zone: 'b' } } }, { zone: 'a' }],
  ['zone of the node', { node: { Locality: { Zone: 'b' } } }, { zone: 'b' }],
  ['zone in the metadata', { service: { Meta: { zone: 'c' } } }, { zone: 'c' }],
] as const) t.test(name, async t => t.match(instanceOf(entry(given as unknown as Given)), expected))

const instance = (tags: string[], meta: Record<string, string>) => ({ tags, meta })
for (const [name, selector, given, expected] of [
  ['nothing asked', {}, instance([], {}), true],
  ['all tags, any case', { tags: ['Blue', 'v1'] }, instance(['blue', 'V1', 'x'], {}), true],
  ['one tag missing', { tags: ['blue', 'v2'] }, instance(['blue'], {}), false],
  ['a tag not wanted', { tags: ['!blue'] }, instance(['BLUE'], {}), false],
  ['a tag not wanted and not there', { tags: ['!blue'] }, instance(['red'], {}), true],
  ['metadata', { meta: { rack: 'r1' } }, instance([], { rack: 'r1', x: 'y' }), true],
  ['other metadata', { meta: { rack: 'r1' } }, instance([], { rack: 'R1' }), false],
  ['inherited metadata is none', { meta: { toString: 'x' } }, instance([], {}), false],
  ['that version', { version: '1.4.2' }, instance([], { version: 'v1.4.2' }), true],
  ['another patch', { version: '1.4.2' }, instance([], { version: '1.4.3' }), false],
  ['any patch', { version: '1.4' }, instance([], { version: '1.4.3' }), true],
  ['any patch, written out', { version: 'v1.4.x' }, instance([], { version: '1.4.3-beta' }), true],
  ['1.4 is not 1.40', { version: '1.4' }, instance([], { version: '1.40.0' }), false],
  ['any minor', { version: '1' }, instance([], { version: '1.40.0' }), true],
  ['no version at all', { version: '1' }, instance([], {}), false],
] as const) t.test(`select: ${name}`, async t => t.equal(selects(selector)(given), expected))
