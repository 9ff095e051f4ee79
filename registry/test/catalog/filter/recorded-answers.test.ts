// Law: over the same records a filter keeps what a Consul server keeps, and a bad one is refused in its words. Every question of the recorded answers
// that carries a filter is here, over records as that server sent them (less the fields that no question looks at).
import t from 'tap'
import { compileFilter, deferFilter } from '../../../src/catalog/filter/filter.js'
import { schemas } from '../../../src/catalog/filter/schemas.js'

type Records = Readonly<Record<string, unknown>>
type Question = readonly [filter: string, kept: string]

const kept = (text: string, schema: typeof schemas[keyof typeof schemas], records: Records): string =>
  Object.entries(records).filter(([, record]) => compileFilter(text, schema)(record)).map(([id]) => id).join(' ')

const ask = (name: string, schema: typeof schemas[keyof typeof schemas], records: Records, questions: readonly Question[]): void => {
  t.test(name, async t => {
    for (const [text, ids] of questions) t.equal(kept(text, schema, records), ids, text)
  })
}

const lan = (address: string): object => ({ lan: address, lan_ipv4: address, wan: address, wan_ipv4: address })

const nodes: Records = {
  golden: { ID: '7b9e5f5e-5b0c-4a43-8a37-a5b5ae51c0f5', Node: 'golden', Address: '127.0.0.1', Datacenter: 'dc1', TaggedAddresses: lan('127.0.0.1'), Meta: { 'consul-network-segment': '', 'consul-version': '1.23.0' } },
  n1: { ID: 'aaaaaaaa-2222-4222-8222-000000000001', Node: 'n1', Address: '10.0.0.1', Datacenter: 'dc1', TaggedAddresses: { wan: '1.1.1.1' }, Meta: { 'dash-ed': 'x', rack: 'a' } },
  n2: { ID: '', Node: 'n2', Address: '10.0.0.2', Datacenter: 'dc1', TaggedAddresses: null, Meta: null }
}

ask('catalog/nodes', schemas.node, nodes, [
  ['Node == n1', 'n1'],
  ['Address == "10.0.0.2"', 'n2'],
  ['ID == "aaaaaaaa-2222-4222-8222-000000000001"', 'n1'],
  ['Datacenter == dc1 and Node != golden', 'n1 n2'],
  ['Meta.rack == a', 'n1'],
  ['Meta.rack != a', 'golden n2'],
  ['Meta["dash-ed"] == x', 'n1'],
  ['rack in Meta', 'n1'],
  ['Meta is empty', 'n2'],
  ['TaggedAddresses.wan == "1.1.1.1"', 'n1'],
  ['wan in TaggedAddresses', 'golden n1'],
  ['Node matches "^n[12]$"', 'n1 n2'],
  ['not Node == golden', 'n1 n2'],
  ['Node == n1 or Node == n2', 'n1 n2'],
  ['Node!=golden', 'n1 n2'],
  ['Node==zzz', ''],
  ['((((Node == golden))))', 'golden'],
  ['Node == "gol\\u0064en"', 'golden'],
  ['Node == `golden`', 'golden'],
  ['not not Node == golden', 'golden'],
  ['golden in Node', 'golden'],
  ['Node contains gold', 'golden'],
  ['Node not contains gold', 'n1 n2']
])

const instances: Records = {
  w1: {
    ID: 'aaaaaaaa-2222-4222-8222-000000000001',
    Node: 'n1',
    Address: '10.0.0.1',
    Datacenter: 'dc1',
    TaggedAddresses: { wan: '1.1.1.1' },
    NodeMeta: { 'dash-ed': 'x', rack: 'a' },
    ServiceKind: '',
    ServiceID: 'w1',
    ServiceName: 'web',
    ServiceTags: ['t1', 't2'],
    ServiceAddress: '10.1.0.1',
    ServiceTaggedAddresses: { lan: { Address: '10.2.0.1', Port: 81 } },
    ServiceWeights: { Passing: 7, Warning: 1 },
    ServiceMeta: { v: '1' },
    ServicePort: 80,
    ServiceEnableTagOverride: true,
    ServiceProxy: { Mode: '', MeshGateway: {}, Expose: {} },
    ServiceConnect: {}
  },
  w2: {
    ID: '',
    Node: 'n2',
    Address: '10.0.0.2',
    Datacenter: 'dc1',
    TaggedAddresses: null,
    NodeMeta: null,
    ServiceKind: '',
    ServiceID: 'w2',
    ServiceName: 'web',
    ServiceTags: [],
    ServiceAddress: '',
    ServiceWeights: { Passing: 1, Warning: 1 },
    ServiceMeta: {},
    ServicePort: 2,
    ServiceEnableTagOverride: false,
    ServiceProxy: { Mode: '', MeshGateway: {}, Expose: {} },
    ServiceConnect: { Native: true }
  }
}

ask('catalog/service', schemas.catalogService, instances, [
  ['ServiceID == w1', 'w1'],
  ['ServiceName == web', 'w1 w2'],
  ['ServicePort == 80', 'w1'],
  ['ServiceAddress == ""', 'w2'],
  ['t1 in ServiceTags', 'w1'],
  ['ServiceTags is empty', 'w2'],
  ['ServiceMeta.v == 1', 'w1'],
  ['ServiceWeights.Passing == 7', 'w1'],
  ['ServiceTaggedAddresses.lan.Port == 81', 'w1'],
  ['ServiceEnableTagOverride == true', 'w1'],
  ['ServiceConnect.Native == true', 'w2'],
  ['ServiceKind == ""', 'w1 w2'],
  ['Node == n2', 'w2'],
  ['NodeMeta.rack == a', 'w1'],
  ['TaggedAddresses.wan == "1.1.1.1"', 'w1'],
  ['Address == "10.0.0.1" and Datacenter == dc1', 'w1'],
  ['ServiceProxy.DestinationServiceName == web', '']
])

ask('catalog/services', schemas.catalogService, {
  web: { Node: 'n1', ServiceName: 'web', ServiceTags: ['Blue', 'green', 'x'] },
  web3: { Node: 'n3', ServiceName: 'web', ServiceTags: [] },
  db: { Node: 'n3', ServiceName: 'db', ServiceTags: ['y', 'z'] }
}, [['ServiceName==web', 'web web3'], ['Node==n3', 'web3 db'], ['"y" in ServiceTags', 'db']])

ask('catalog/node, catalog/node-services', schemas.nodeService, {
  w1: { ID: 'w1', Service: 'web', Tags: ['t1', 't2'], Address: '10.1.0.1', Meta: { v: '1' }, Port: 80, Weights: { Passing: 7, Warning: 1 }, Proxy: { Mode: '', MeshGateway: {}, Expose: {} }, Connect: {}, PeerName: '' },
  db: {
    Kind: 'connect-proxy',
    ID: 'db',
    Service: 'db',
    Tags: [],
    Address: '',
    Meta: {},
    Port: 1,
    Weights: { Passing: 1, Warning: 1 },
    Proxy: { DestinationServiceName: 'web', DestinationServiceID: 'w1', LocalServicePort: 8, Mode: '', Upstreams: [{ DestinationType: 'service', DestinationName: 'up', Datacenter: '', LocalBindPort: 9, MeshGateway: {} }], MeshGateway: {}, Expose: {} },
    Connect: {},
    PeerName: ''
  }
}, [
  ['Service == web', 'w1'],
  ['Kind == "connect-proxy"', 'db'],
  ['Proxy.DestinationServiceName == web', 'db'],
  ['Proxy.Upstreams.DestinationName == up', 'db'],
  ['Port == 99', ''],
  ['"t2" in Tags', 'w1'],
  ['Service == db', 'db'],
  ['ID == nope', ''],
  ['Proxy.LocalServicePort == 8', 'db']
])

ask('agent/services', schemas.nodeService, {
  w1: {
    ID: 'w1',
    Service: 'web',
    Tags: ['v1', 'prod'],
    Meta: { 'a-b': 'x', env: 'prod' },
    Port: 80,
    Address: '10.0.0.1',
    Weights: { Passing: 1, Warning: 1 },
    EnableTagOverride: false,
    TaggedAddresses: { lan_ipv4: { Address: '10.0.0.1', Port: 80 }, wan_ipv4: { Address: '10.0.0.1', Port: 80 } }
  },
  w2: { ID: 'w2', Service: 'web', Tags: ['v2'], Meta: {}, Port: 81, Address: '', Weights: { Passing: 5, Warning: 2 }, EnableTagOverride: true },
  d1: { ID: 'd1', Service: 'db', Tags: [], Meta: {}, Port: 0, Address: '', TaggedAddresses: { lan: { Address: '10.0.0.7', Port: 5432 } }, Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false }
}, [
  ['Service == web', 'w1 w2'],
  ['Service != web', 'd1'],
  ['ID == "w1"', 'w1'],
  ['ID matches "^w[0-9]$"', 'w1 w2'],
  ['ID not matches "^w"', 'd1'],
  ['v1 in Tags', 'w1'],
  ['Tags contains v2', 'w2'],
  ['v1 not in Tags', 'w2 d1'],
  ['Tags is empty', 'd1'],
  ['Tags is not empty', 'w1 w2'],
  ['Meta.env == prod', 'w1'],
  ['Meta.env != prod', 'w2 d1'],
  ['env in Meta', 'w1'],
  ['Meta is empty', 'w2 d1'],
  ['Meta["env"] == prod', 'w1'],
  ['Port == 80', 'w1'],
  ['Port != 80', 'w2 d1'],
  ['Address == "10.0.0.1"', 'w1'],
  ['Address == ""', 'w2 d1'],
  ['EnableTagOverride == true', 'w2'],
  ['Weights.Passing == 5', 'w2'],
  ['TaggedAddresses.lan.Port == 5432', 'd1'],
  ['TaggedAddresses.lan.Address matches "^10"', 'w1 w2 d1'],
  ['lan in TaggedAddresses', 'd1'],
  ['Service == web and (Port == 81 or Meta.env == prod) and not v2 in Tags', 'w1'],
  ['Service == `db`', 'd1'],
  ['w in Service', 'w1 w2'],
  ['Service contains "eb"', 'w1 w2'],
  ['Kind == ""', 'w1 w2 d1'],
  ['', 'w1 w2 d1']
])

const localChecks: Records = {
  c1: { Node: 'golden', CheckID: 'c1', Name: 'Service \'web\' check', Status: 'passing', Notes: 'first', Output: '', ServiceID: 'w1', ServiceName: 'web', ServiceTags: ['v1', 'prod'], Type: 'ttl', Interval: '', Timeout: '', ExposedPort: 0, Definition: {} },
  c2: { Node: 'golden', CheckID: 'c2', Name: 'Service \'web\' check', Status: 'critical', Notes: '', Output: '', ServiceID: 'w2', ServiceName: 'web', ServiceTags: ['v2'], Type: 'ttl', Interval: '', Timeout: '', ExposedPort: 0, Definition: {} },
  n1: { Node: 'golden', CheckID: 'n1', Name: 'node one', Status: 'critical', Notes: '', Output: '', ServiceID: '', ServiceName: '', ServiceTags: [], Type: 'ttl', Interval: '', Timeout: '', ExposedPort: 0, Definition: {} }
}

ask('agent/checks', schemas.check, localChecks, [
  ['Status == passing', 'c1'],
  ['ServiceName == web', 'c1 c2'],
  ['ServiceID == ""', 'n1'],
  ['Notes == first', 'c1'],
  ['Name matches node', 'n1'],
  ['v1 in ServiceTags', 'c1'],
  ['Node == golden and Status == critical', 'c2 n1'],
  ['CheckID != c1', 'c2 n1'],
  ['CheckID=="c2"', 'c2'],
  ['Status!=passing', 'c2 n1'],
  ['Type == ttl', 'c1 c2 n1']
])

ask('health/node, health/checks, health/state', schemas.check, {
  z: { Node: 'a', CheckID: 'z', Name: 'zz', Status: 'critical', Notes: 'nn', Output: 'oo', ServiceID: '', ServiceName: '', ServiceTags: [], Type: '' },
  a: { Node: 'a', CheckID: 'a', Name: 'a', Status: 'passing', Notes: '', Output: '', ServiceID: 's1', ServiceName: 's', ServiceTags: ['t'], Type: '' },
  b: { Node: 'b', CheckID: 'b', Name: 'b', Status: 'warning', Notes: '', Output: '', ServiceID: 's1', ServiceName: 's', ServiceTags: ['t'], Type: '' }
}, [
  ['Status==warning', 'b'],
  ['ServiceName==s', 'a b'],
  ['ServiceID==""', 'z'],
  ['Name==zz and Notes==nn and Output==oo', 'z'],
  ['Node==b', 'b'],
  ['CheckID==a', 'a'],
  ['t in ServiceTags', 'a b'],
  ['Status==critical', 'z'],
  ['Type==x', '']
])

const entry = (id: string, node: string, address: string, tags: readonly string[], checks: ReadonlyArray<[string, string]>, more: object = {}): object => ({
  Node: { Node: node, Address: address, Datacenter: 'dc1', Meta: { n: node } },
  Service: { ID: id, Service: 'web', Tags: tags, Port: 80, Proxy: { Mode: '', MeshGateway: {}, Expose: {} }, Connect: {}, ...more },
  Checks: checks.map(([name, status]) => ({ Node: node, CheckID: name, Name: name, Status: status }))
})

ask('health/service', schemas.healthEntry, {
  p: entry('p', 'n1', '10.0.0.1', ['v1'], [['check', 'passing']]),
  w: entry('w', 'n2', '10.0.0.2', ['v2'], [['check', 'warning']]),
  c: entry('c', 'n3', '10.0.0.3', ['v2'], [['check', 'critical']]),
  bare: entry('bare', 'n4', '10.0.0.4', [], [], { Port: 81 }),
  nodebad: entry('nodebad', 'n5', '10.0.0.5', ['v2'], [['node', 'critical'], ['check', 'passing']]),
  nodewarn: entry('nodewarn', 'n6', '10.0.0.6', ['v2'], [['node', 'warning']])
}, [
  ['Service.ID==p', 'p'],
  ['Node.Node==n2', 'w'],
  ['Checks.Status==critical', 'c nodebad'],
  ['Checks.Status!=passing', 'w c nodebad nodewarn'],
  ['Checks is empty', 'bare'],
  ['"v1" in Service.Tags and Node.Meta.n==n1', 'p'],
  ['Node.Address=="10.0.0.4"', 'bare'],
  ['Checks.Name==node', 'nodebad nodewarn'],
  ['Service.Port==80 and not Service.Tags is empty', 'p w c nodebad nodewarn'],
  ['Service.Port==8080', ''],
  ['Service.Service==web', 'p w c bare nodebad nodewarn']
])

ask('health/connect', schemas.healthEntry, {
  wn: entry('wn', 'n1', '10.0.0.1', [], [], { Connect: { Native: true } }),
  wp1: entry('wp1', 'n1', '10.0.0.1', [], [], { Kind: 'connect-proxy', Proxy: { DestinationServiceName: 'web', Mode: '', MeshGateway: {}, Expose: {} } }),
  wp2: entry('wp2', 'n2', '10.0.0.2', [], [], { Kind: 'connect-proxy', Proxy: { DestinationServiceName: 'web', Mode: '', MeshGateway: {}, Expose: {} } })
}, [['Service.Connect.Native==true', 'wn'], ['Service.Proxy.DestinationServiceName==web', 'wp1 wp2']])

ask('agent/members', schemas.member, {
  golden: { Name: 'golden', Addr: '127.0.0.1', Port: 8301, Tags: { dc: 'dc1', role: 'consul' }, Status: 1, ProtocolMin: 1, ProtocolMax: 5, ProtocolCur: 2, DelegateMin: 2, DelegateMax: 5, DelegateCur: 4 }
}, [['Name==golden', 'golden'], ['Name==other', ''], ['Status==1', 'golden'], ['Tags.role==consul', 'golden'], ['127 in Addr', 'golden'], ['255 in Addr', '']])

ask('connect/intentions', schemas.intention, {
  aaa: { SourceName: 'aaa', DestinationName: 'web', SourceType: 'consul', Action: 'allow', Precedence: 9 },
  bbb: { SourceName: 'bbb', DestinationName: 'web', SourceType: 'consul', Action: 'deny', Precedence: 9 },
  any: { SourceName: '*', DestinationName: 'web', SourceType: 'consul', Action: 'allow', Precedence: 8 }
}, [['Action==allow', 'aaa any']])

ask('config/service-defaults', schemas.serviceDefaults, {
  web: { Kind: 'service-defaults', Name: 'web', Protocol: 'http', TransparentProxy: {}, MeshGateway: {}, Expose: {} },
  other: { Kind: 'service-defaults', Name: 'other', Protocol: '', TransparentProxy: {}, MeshGateway: {}, Expose: {} }
}, [['Name == other', 'other'], ['Name==other', 'other'], ['Protocol==tcp', '']])

ask('internal/ui/nodes', schemas.uiNode, { n1: { ID: '', Node: 'n1', Address: '10.0.0.1', Meta: null, Services: [], Checks: [] } }, [['Node==n1', 'n1'], ['Services.Service == web', '']])

t.test('refusals', async t => {
  const parser = /^\d+:\d+ \(\d+\): ./
  const table: ReadonlyArray<[keyof typeof schemas, string, string | RegExp]> = [
    ['node', 'Nope == 1', 'Selector "Nope" is not valid'],
    ['node', 'NODE == golden', 'Selector "NODE" is not valid'],
    ['node', 'CreateIndex == 1', 'Selector "CreateIndex" is not valid'],
    ['node', 'Meta.nope.deep == 1', 'Selector "Meta.nope.deep" is not valid'],
    ['node', 'Node is empty', 'Invalid match operator "Is Empty" for selector "Node"'],
    ['node', 'Meta.dash-ed == x', parser],
    ['node', 'Node in "n1 n2"', parser],
    ['node', ' ', parser],
    ['node', 'Node', parser],
    ['node', 'Node==golden and', parser],
    ['node', "Node == 'golden'", parser],
    ['node', 'Node AND golden', parser],
    ['catalogService', 'Service == web', 'Selector "Service" is not valid'],
    ['catalogService', 'Nope == 1', 'Selector "Nope" is not valid'],
    ['catalogService', 'ServicePort == abc', 'Failed to coerce value "abc" for selector "ServicePort": strconv.ParseInt: parsing "abc": invalid syntax'],
    ['nodeService', 'ServiceName == web', 'Selector "ServiceName" is not valid'],
    ['nodeService', 'Node == n1', 'Selector "Node" is not valid'],
    ['nodeService', 'EnableTagOverride', parser],
    ['nodeService', 'Service = web', parser],
    ['nodeService', '(', parser],
    ['nodeService', 'Port == x', 'Failed to coerce value "x" for selector "Port": strconv.ParseInt: parsing "x": invalid syntax'],
    ['nodeService', 'ID matches "["', 'Failed to compile regular expression "[": error parsing regexp: missing closing ]: `[`'],
    ['nodeService', 'Service is empty', 'Invalid match operator "Is Empty" for selector "Service"'],
    ['check', 'Definition.HTTP==x', 'Selector "Definition" is not valid'],
    ['check', 'Nope==1', 'Selector "Nope" is not valid'],
    ['healthEntry', 'Nope==1', 'Selector "Nope" is not valid'],
    ['healthEntry', 'Checks==1', 'Invalid match operator "Equal" for selector "Checks"'],
    ['healthEntry', 'Service.Ports.Name==http', 'Selector "Service.Ports" is not valid'],
    ['member', 'Nope==1', 'Selector "Nope" is not valid'],
    ['member', 'Name==', parser],
    ['serviceDefaults', 'Nope==x', 'Selector "Nope" is not valid']
  ]
  const prefix = 'Failed to create boolean expression evaluator: '
  for (const [kind, text, reason] of table) {
    const message = typeof reason === 'string' ? prefix + reason : new RegExp(prefix + reason.source.slice(1))
    t.throws(() => compileFilter(text, schemas[kind]), { code: 'FILTER', status: 500, message }, `${kind}: ${text}`)
  }
})

t.test('agent/checks looks at the text first and at the selectors when there is a check', async t => {
  t.throws(() => deferFilter('Status', schemas.check), { code: 'FILTER', message: /^Failed to create boolean expression evaluator: 1:7 \(6\): / })
  t.throws(() => Object.values(localChecks).filter(deferFilter('Nope == 1', schemas.check)), { status: 500, message: 'Selector "Nope" is not valid' })
  t.strictSame([].filter(deferFilter('Nope == 1', schemas.check)), [])
})
