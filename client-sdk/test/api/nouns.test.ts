// Laws of the nouns: each method asks exactly its endpoint, in the words that the server understands, and reads the answer that real servers give.
import t from 'tap'
import { createApi, distance, kvText, txnValue } from '../../src/index.js'
import type { Answer, RosterApi } from '../../src/index.js'
import { fakeServer } from '../support/fake-server.js'
import type { Reply } from '../support/fake-server.js'

/** What the method is called, how, what it must send (with the body, if it has one), what the server answers, and what the caller gets. */
type Row = readonly [name: string, call: (api: RosterApi) => Promise<Answer<unknown>>, sent: string, reply: Reply, value?: unknown, body?: unknown]

const node = { ID: '', Node: 'n1', Address: '10.0.0.1', Datacenter: 'dc1', TaggedAddresses: null, Meta: { rack: 'r1' }, CreateIndex: 5, ModifyIndex: 5 }
const service = { ID: 'web1', Service: 'web', Tags: ['v1'], Address: '', Meta: null, Port: 80, Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false, Proxy: { Mode: '', MeshGateway: {}, Expose: {} }, Connect: {}, PeerName: '', CreateIndex: 5, ModifyIndex: 5 }
const check = { Node: 'n1', CheckID: 'c', Name: 'c', Status: 'passing', Notes: '', Output: '', ServiceID: 'web1', ServiceName: 'web', ServiceTags: ['v1'], Type: 'ttl', Interval: '', Timeout: '', ExposedPort: 0, Definition: {}, CreateIndex: 5, ModifyIndex: 5 }
const entry = { Node: node, Service: service, Checks: [check] }
const agentService = { ID: 'web1', Service: 'web', Tags: [], Meta: {}, Port: 80, Address: '', Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false, Datacenter: 'dc1' }
const pair = { LockIndex: 0, Key: 'a b', Flags: 0, Value: 'aGVsbG8=', CreateIndex: 1, ModifyIndex: 2 }
const session = { ID: 's', Name: 'x', Node: 'n1', LockDelay: 15e9, Behavior: 'release', TTL: '10s', NodeChecks: ['serfHealth'], ServiceChecks: null, CreateIndex: 3, ModifyIndex: 3 }
const query = { ID: 'q', Name: 'near', Session: '', Token: '', Service: { Service: 'web' }, DNS: { TTL: '' }, CreateIndex: 3, ModifyIndex: 3 }
const intention = { SourceNS: 'default', SourceName: 'a', DestinationNS: 'default', DestinationName: 'b', SourceType: 'consul', Action: 'deny', Precedence: 9, CreateIndex: 1, ModifyIndex: 1 }
const chain = { ServiceName: 'web', Namespace: 'default', Partition: 'default', Datacenter: 'dc1', Default: true, Protocol: 'tcp', StartNode: 'resolver:web.default.default.dc1', Nodes: {}, Targets: {} }
const token = { AccessorID: 'acc', SecretID: 'sec', Description: '', Local: false, CreateTime: '2026-01-01T00:00:00Z', Hash: 'h', CreateIndex: 1, ModifyIndex: 1 }
const policy = { ID: 'p', Name: 'p', Description: '', Rules: '', Hash: 'h', CreateIndex: 1, ModifyIndex: 1 }
const coord = { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 0.00001 }
const lease = { ID: 'l', TTL: '15s', DeregisterAfter: '60s', Node: 'n', RemainingMs: 900, Lapsed: false, Services: [{ ...service, Status: 'passing', Output: '' }] }
const watcher = { Client: '127.0.0.1:5', Kind: 'health', Name: 'web', Since: '2026-01-01T00:00:00Z', Acked: 4 }
const usage = { Nodes: 1, Services: 1, ServiceInstances: 1, ConnectServiceInstances: {}, BillableServiceInstances: 0 }
const empty: Reply = {}
const ok: Reply = { body: 'true' }
const text = (body: string): Reply => ({ headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body })
const gone: Reply = { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Unknown lease ID "l". Register again.' }
const absent: Reply = { status: 404, headers: { 'content-type': 'text/plain' }, body: '' }

const table: Record<string, readonly Row[]> = {
  agent: [
    ['self', a => a.agent.self(), 'GET /v1/agent/self', { body: { Config: { Datacenter: 'dc1' } } }, { Config: { Datacenter: 'dc1' } }],
    ['version', a => a.agent.version(), 'GET /v1/agent/version', { body: { SHA: 'x' } }, { SHA: 'x' }],
    ['host', a => a.agent.host(), 'GET /v1/agent/host', { body: { CollectionTime: 1 } }, { CollectionTime: 1 }],
    ['metrics', a => a.agent.metrics(), 'GET /v1/agent/metrics', { body: { Gauges: [] } }, { Gauges: [] }],
    ['prometheusMetrics', a => a.agent.prometheusMetrics(), 'GET /v1/agent/metrics?format=prometheus', text('x 1'), 'x 1'],
    ['reload', a => a.agent.reload(), 'PUT /v1/agent/reload', empty],
    ['leave', a => a.agent.leave(), 'PUT /v1/agent/leave', empty],
    ['maintenance', a => a.agent.maintenance(true, { reason: 'a b' }), 'PUT /v1/agent/maintenance?enable=true&reason=a%20b', empty],
    ['setToken', a => a.agent.setToken('default', 't'), 'PUT /v1/agent/token/default', empty, undefined, { Token: 't' }],
    ['members', a => a.agent.members({ wan: true, filter: 'Name == x' }), 'GET /v1/agent/members?filter=Name%20%3D%3D%20x&wan=1', { body: [{ Name: 'n1', Status: 1 }] }, [{ Name: 'n1', Status: 1 }]],
    ['members of all segments', a => a.agent.members({ segment: '_all' }), 'GET /v1/agent/members?segment=_all', { body: [] }, []],
    ['join', a => a.agent.join('10.0.0.2:8301'), 'PUT /v1/agent/join/10.0.0.2%3A8301', empty],
    ['forceLeave', a => a.agent.forceLeave('n2', { prune: true }), 'PUT /v1/agent/force-leave/n2?prune=', empty],
    ['services', a => a.agent.services({ filter: 'Port == 80' }), 'GET /v1/agent/services?filter=Port%20%3D%3D%2080', { body: { web1: agentService } }, { web1: agentService }],
    ['service', a => a.agent.service('web/1', { hash: 'ab', waitMs: 100 }), 'GET /v1/agent/service/web%2F1?hash=ab&wait=100ms', { body: agentService }, agentService],
    ['registerService', a => a.agent.registerService({ Name: 'web', Port: 80 }, { replaceExistingChecks: true }), 'PUT /v1/agent/service/register?replace-existing-checks=true', empty, undefined, { Name: 'web', Port: 80 }],
    ['deregisterService', a => a.agent.deregisterService('web 1'), 'PUT /v1/agent/service/deregister/web%201', empty],
    ['serviceMaintenance', a => a.agent.serviceMaintenance('web1', false), 'PUT /v1/agent/service/maintenance/web1?enable=false', empty],
    ['serviceHealthByName, critical is an answer', a => a.agent.serviceHealthByName('web'), 'GET /v1/agent/health/service/name/web', { status: 503, body: [{ AggregatedStatus: 'passing', Service: agentService, Checks: [] }, { AggregatedStatus: 'critical', Service: agentService, Checks: [check] }] },
      { status: 'critical', instances: [{ AggregatedStatus: 'passing', Service: agentService, Checks: [] }, { AggregatedStatus: 'critical', Service: agentService, Checks: [check] }] }],
    ['serviceHealthById, warning is an answer', a => a.agent.serviceHealthById('web1'), 'GET /v1/agent/health/service/id/web1', { status: 429, body: { AggregatedStatus: 'warning', Service: agentService, Checks: [] } }, { status: 'warning', instances: [{ AggregatedStatus: 'warning', Service: agentService, Checks: [] }] }],
    ['serviceHealthByName, none', a => a.agent.serviceHealthByName('no'), 'GET /v1/agent/health/service/name/no', { status: 404, body: [] }],
    ['checks', a => a.agent.checks(), 'GET /v1/agent/checks', { body: { c: check } }, { c: check }],
    ['registerCheck', a => a.agent.registerCheck({ Name: 'c', TTL: '10s' }), 'PUT /v1/agent/check/register', empty, undefined, { Name: 'c', TTL: '10s' }],
    ['deregisterCheck', a => a.agent.deregisterCheck('c'), 'PUT /v1/agent/check/deregister/c', empty],
    ['passCheck', a => a.agent.passCheck('service:web', { note: 'a&b' }), 'PUT /v1/agent/check/pass/service%3Aweb?note=a%26b', empty],
    ['warnCheck', a => a.agent.warnCheck('c'), 'PUT /v1/agent/check/warn/c', empty],
    ['failCheck', a => a.agent.failCheck('c'), 'PUT /v1/agent/check/fail/c', empty],
    ['updateCheck', a => a.agent.updateCheck('c', { Status: 'passing', Output: 'o' }), 'PUT /v1/agent/check/update/c', empty, undefined, { Status: 'passing', Output: 'o' }],
  ],
  catalog: [
    ['register', a => a.catalog.register({ Node: 'n', Address: 'a' }), 'PUT /v1/catalog/register', ok, true, { Node: 'n', Address: 'a' }],
    ['deregister', a => a.catalog.deregister({ Node: 'n', ServiceID: 's' }), 'PUT /v1/catalog/deregister', ok, true, { Node: 'n', ServiceID: 's' }],
    ['datacenters', a => a.catalog.datacenters(), 'GET /v1/catalog/datacenters', { body: ['dc1'] }, ['dc1']],
    ['nodes', a => a.catalog.nodes({ near: 'n1', nodeMeta: { rack: 'r1' } }), 'GET /v1/catalog/nodes?near=n1&node-meta=rack%3Ar1', { body: [node] }, [node]],
    ['services', a => a.catalog.services({ cached: true }), 'GET /v1/catalog/services?cached=', { body: { consul: [], web: ['a'] } }, { consul: [], web: ['a'] }],
    ['service', a => a.catalog.service('web', { tags: ['a', 'b'], mergeCentralConfig: true }), 'GET /v1/catalog/service/web?merge-central-config=&tag=a&tag=b', { body: [{ ServiceID: 'web1' }] }, [{ ServiceID: 'web1' }]],
    ['connect', a => a.catalog.connect('web', { peer: 'p' }), 'GET /v1/catalog/connect/web?peer=p', { body: [] }, []],
    ['node', a => a.catalog.node('n1'), 'GET /v1/catalog/node/n1', { body: { Node: node, Services: { web1: service } } }, { Node: node, Services: { web1: service } }],
    ['node, none', a => a.catalog.node('no'), 'GET /v1/catalog/node/no', { body: 'null' }],
    ['nodeServices', a => a.catalog.nodeServices('n1'), 'GET /v1/catalog/node-services/n1', { body: { Node: node, Services: null } }, { Node: node, Services: [] }],
    ['nodeServices, none', a => a.catalog.nodeServices('no'), 'GET /v1/catalog/node-services/no', { body: { Node: null, Services: null } }],
    ['gatewayServices', a => a.catalog.gatewayServices('gw'), 'GET /v1/catalog/gateway-services/gw', { body: [] }, []],
  ],
  health: [
    ['service', a => a.health.service('web', { passing: true, tags: ['v1'], index: 7, waitMs: 1000 }), 'GET /v1/health/service/web?index=7&passing=1&tag=v1&wait=1000ms', { body: [entry] }, [entry]],
    ['service, checks null', a => a.health.service('web'), 'GET /v1/health/service/web', { body: [{ ...entry, Checks: null }] }, [{ ...entry, Checks: [] }]],
    ['connect', a => a.health.connect('web'), 'GET /v1/health/connect/web', { body: [] }, []],
    ['ingress', a => a.health.ingress('web'), 'GET /v1/health/ingress/web', { body: [] }, []],
    ['node', a => a.health.node('n1'), 'GET /v1/health/node/n1', { body: [check] }, [check]],
    ['checks', a => a.health.checks('web'), 'GET /v1/health/checks/web', { body: [check] }, [check]],
    ['state', a => a.health.state('any'), 'GET /v1/health/state/any', { body: [check] }, [check]],
  ],
  kv: [
    ['get', a => a.kv.get('a b/c'), 'GET /v1/kv/a%20b/c', { body: [pair] }, pair],
    ['get, none', a => a.kv.get('no'), 'GET /v1/kv/no', absent],
    ['raw', a => a.kv.raw('k'), 'GET /v1/kv/k?raw=', { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'v' }, Buffer.from('v')],
    ['list', a => a.kv.list('a'), 'GET /v1/kv/a?recurse=', { body: [pair] }, [pair]],
    ['list, none', a => a.kv.list('a'), 'GET /v1/kv/a?recurse=', absent, []],
    ['keys', a => a.kv.keys('', { separator: '/' }), 'GET /v1/kv/?keys=&separator=%2F', { body: ['a/'] }, ['a/']],
    ['put', a => a.kv.put('k', 'v', { flags: '18446744073709551615', cas: 0, acquire: 's' }), 'PUT /v1/kv/k?acquire=s&cas=0&flags=18446744073709551615', ok, true, 'v'],
    ['put, lost', a => a.kv.put('k', '', { release: 's' }), 'PUT /v1/kv/k?release=s', { body: 'false' }, false, ''],
    ['delete', a => a.kv.delete('k', { cas: 3 }), 'DELETE /v1/kv/k?cas=3', ok, true],
    ['deleteTree', a => a.kv.deleteTree('a/'), 'DELETE /v1/kv/a/?recurse=', ok, true],
  ],
  session: [
    ['create', a => a.session.create({ TTL: '10s' }), 'PUT /v1/session/create', { body: { ID: 's' } }, 's', { TTL: '10s' }],
    ['destroy', a => a.session.destroy('s'), 'PUT /v1/session/destroy/s', ok, true],
    ['renew', a => a.session.renew('s'), 'PUT /v1/session/renew/s', { body: [session] }, session],
    ['renew, over', a => a.session.renew('s'), 'PUT /v1/session/renew/s', { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Session id \'s\' not found' }],
    ['info', a => a.session.info('s'), 'GET /v1/session/info/s', { body: [session] }, session],
    ['info, none', a => a.session.info('s'), 'GET /v1/session/info/s', { body: [] }],
    ['node', a => a.session.node('n1'), 'GET /v1/session/node/n1', { body: [session] }, [session]],
    ['list', a => a.session.list({ index: 3 }), 'GET /v1/session/list?index=3', { body: [] }, []],
  ],
  txn: [
    ['run', a => a.txn.run([{ KV: { Verb: 'set', Key: 'k', Value: txnValue('v') } }]), 'PUT /v1/txn', { body: { Results: [{ KV: pair }], Errors: null } }, { committed: true, results: [{ KV: pair }], errors: [] }, [{ KV: { Verb: 'set', Key: 'k', Value: 'dg==' } }]],
    ['run, not committed', a => a.txn.run([], { stale: true }), 'PUT /v1/txn?stale=', { status: 409, body: { Results: null, Errors: [{ OpIndex: 0, What: 'stale' }] } }, { committed: false, results: [], errors: [{ OpIndex: 0, What: 'stale' }] }, []],
  ],
  query: [
    ['create', a => a.query.create({ Service: { Service: 'web' } }), 'POST /v1/query', { body: { ID: 'q' } }, 'q', { Service: { Service: 'web' } }],
    ['update', a => a.query.update('q', { Service: { Service: 'web' } }), 'PUT /v1/query/q', empty, undefined, { Service: { Service: 'web' } }],
    ['delete', a => a.query.delete('q'), 'DELETE /v1/query/q', empty],
    ['list', a => a.query.list(), 'GET /v1/query', { body: [query] }, [query]],
    ['get', a => a.query.get('q'), 'GET /v1/query/q', { body: [query] }, query],
    ['execute', a => a.query.execute('near', { limit: 1, connect: true, near: '_agent' }), 'GET /v1/query/near/execute?connect=true&limit=1&near=_agent', { body: { Service: 'web', Nodes: [entry], DNS: { TTL: '' }, Datacenter: 'dc1', Failovers: 0 } }, { Service: 'web', Nodes: [entry], DNS: { TTL: '' }, Datacenter: 'dc1', Failovers: 0 }],
    ['explain', a => a.query.explain('near'), 'GET /v1/query/near/explain', { body: { Query: query } }, query],
  ],
  event: [
    ['fire', a => a.event.fire('deploy', { payload: 'v1', service: 'web' }), 'PUT /v1/event/fire/deploy?service=web', { body: { ID: 'e', Name: 'deploy' } }, { ID: 'e', Name: 'deploy' }, 'v1'],
    ['list', a => a.event.list({ name: 'deploy', index: '12521572465879438184', waitMs: 5 }), 'GET /v1/event/list?index=12521572465879438184&name=deploy&wait=5ms', { body: [] }, []],
  ],
  coordinate: [
    ['datacenters', a => a.coordinate.datacenters(), 'GET /v1/coordinate/datacenters', { body: [{ Datacenter: 'dc1', AreaID: 'wan', Coordinates: [] }] }, [{ Datacenter: 'dc1', AreaID: 'wan', Coordinates: [] }]],
    ['nodes', a => a.coordinate.nodes({ segment: 's' }), 'GET /v1/coordinate/nodes?segment=s', { body: [{ Node: 'n1', Segment: '', Coord: coord }] }, [{ Node: 'n1', Segment: '', Coord: coord }]],
    ['node', a => a.coordinate.node('n1'), 'GET /v1/coordinate/node/n1', { body: [] }, []],
    ['node, none', a => a.coordinate.node('no'), 'GET /v1/coordinate/node/no', absent],
    ['update', a => a.coordinate.update({ Node: 'n1', Coord: coord }), 'PUT /v1/coordinate/update', empty, undefined, { Node: 'n1', Coord: coord }],
  ],
  status: [
    ['leader', a => a.status.leader(), 'GET /v1/status/leader', { body: '"10.0.0.1:8300"' }, '10.0.0.1:8300'],
    ['peers', a => a.status.peers(), 'GET /v1/status/peers', { body: ['10.0.0.1:8300'] }, ['10.0.0.1:8300']],
    ['live', a => a.status.live(), 'GET /health/live', { body: { status: 'ok' } }],
    ['ready, not', a => a.status.ready(), 'GET /health/ready', { status: 503, body: { leader: false } }, { ready: false, details: { leader: false } }],
  ],
  snapshot: [['restore', a => a.snapshot.restore(Buffer.from('tar')), 'PUT /v1/snapshot', empty, undefined, 'tar']],
  operator: [
    ['raftConfiguration', a => a.operator.raftConfiguration(), 'GET /v1/operator/raft/configuration', { body: { Servers: [], Index: 0 } }, { Servers: [], Index: 0 }],
    ['raftRemovePeer', a => a.operator.raftRemovePeer({ address: '10.0.0.1:8300' }), 'DELETE /v1/operator/raft/peer?address=10.0.0.1%3A8300', empty],
    ['raftTransferLeader', a => a.operator.raftTransferLeader({ id: 'x' }), 'POST /v1/operator/raft/transfer-leader?id=x', { body: { Success: true } }, { Success: true }],
    ['autopilotConfiguration', a => a.operator.autopilotConfiguration(), 'GET /v1/operator/autopilot/configuration', { body: { MinQuorum: 0 } }, { MinQuorum: 0 }],
    ['setAutopilotConfiguration', a => a.operator.setAutopilotConfiguration({ MinQuorum: 1 }, { cas: 2 }), 'PUT /v1/operator/autopilot/configuration?cas=2', ok, true, { MinQuorum: 1 }],
    ['autopilotHealth, unhealthy is an answer though it calls itself text', a => a.operator.autopilotHealth(), 'GET /v1/operator/autopilot/health', { status: 429, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '{"Healthy":false,"FailureTolerance":0,"Servers":[]}' }, { Healthy: false, FailureTolerance: 0, Servers: [] }],
    ['autopilotState', a => a.operator.autopilotState(), 'GET /v1/operator/autopilot/state', { body: { Healthy: true, Servers: {} } }, { Healthy: true, Servers: {} }],
    ['usage', a => a.operator.usage({ global: true }), 'GET /v1/operator/usage?global=', { body: { Usage: { dc1: usage }, Index: 1 } }, { dc1: usage }],
    ['keyring', a => a.operator.keyring({ relayFactor: 2, localOnly: true }), 'GET /v1/operator/keyring?local-only=true&relay-factor=2', { body: [] }, []],
    ['keyringInstall', a => a.operator.keyringInstall('k'), 'POST /v1/operator/keyring', empty, undefined, { Key: 'k' }],
    ['keyringUse', a => a.operator.keyringUse('k'), 'PUT /v1/operator/keyring', empty, undefined, { Key: 'k' }],
    ['keyringRemove', a => a.operator.keyringRemove('k'), 'DELETE /v1/operator/keyring', empty, undefined, { Key: 'k' }],
  ],
  config: [
    ['set', a => a.config.set({ Kind: 'service-defaults', Name: 'web', Protocol: 'http' }, { cas: 0 }), 'PUT /v1/config?cas=0', ok, true, { Kind: 'service-defaults', Name: 'web', Protocol: 'http' }],
    ['get', a => a.config.get('service-defaults', 'web'), 'GET /v1/config/service-defaults/web', { body: { Kind: 'service-defaults', Name: 'web' } }, { Kind: 'service-defaults', Name: 'web' }],
    ['list', a => a.config.list('service-resolver'), 'GET /v1/config/service-resolver', { body: [] }, []],
    ['delete', a => a.config.delete('service-defaults', 'web'), 'DELETE /v1/config/service-defaults/web', { body: {} }, true],
    ['delete, lost', a => a.config.delete('service-defaults', 'web', { cas: 1 }), 'DELETE /v1/config/service-defaults/web?cas=1', { body: 'false' }, false],
  ],
  discoveryChain: [
    ['get', a => a.discoveryChain.get('web', { compileDatacenter: 'dc2' }), 'GET /v1/discovery-chain/web?compile-dc=dc2', { body: { Chain: chain } }, chain],
    ['get with overrides', a => a.discoveryChain.get('web', { overrides: { OverrideProtocol: 'grpc' } }), 'POST /v1/discovery-chain/web', { body: { Chain: chain } }, chain, { OverrideProtocol: 'grpc' }],
  ],
  intentions: [
    ['list', a => a.intentions.list(), 'GET /v1/connect/intentions', { body: [intention] }, [intention]],
    ['get', a => a.intentions.get('a', 'b'), 'GET /v1/connect/intentions/exact?destination=b&source=a', { body: intention }, intention],
    ['set', a => a.intentions.set('a', 'b', { Action: 'deny' }), 'PUT /v1/connect/intentions/exact?destination=b&source=a', ok, true, { Action: 'deny' }],
    ['delete', a => a.intentions.delete('a', 'b'), 'DELETE /v1/connect/intentions/exact?destination=b&source=a', ok, true],
    ['match', a => a.intentions.match('destination', ['b', 'c']), 'GET /v1/connect/intentions/match?by=destination&name=b&name=c', { body: { b: [intention], c: null } }, { b: [intention], c: [] }],
    ['check', a => a.intentions.check('a', 'b'), 'GET /v1/connect/intentions/check?destination=b&source=a', { body: { Allowed: false } }, false],
    ['create', a => a.intentions.create({ SourceName: 'a', DestinationName: 'b', Action: 'allow' }), 'POST /v1/connect/intentions', { body: { ID: 'i' } }, 'i', { SourceName: 'a', DestinationName: 'b', Action: 'allow' }],
    ['getById', a => a.intentions.getById('i'), 'GET /v1/connect/intentions/i', { body: intention }, intention],
    ['updateById', a => a.intentions.updateById('i', { Action: 'deny' }), 'PUT /v1/connect/intentions/i', { body: { ID: 'i' } }, 'i', { Action: 'deny' }],
    ['deleteById', a => a.intentions.deleteById('i'), 'DELETE /v1/connect/intentions/i', ok, true],
  ],
  connect: [
    ['caRoots', a => a.connect.caRoots(), 'GET /v1/connect/ca/roots', { body: { ActiveRootID: 'r', TrustDomain: 't', Roots: null } }, { ActiveRootID: 'r', TrustDomain: 't', Roots: [] }],
    ['caRootsPem', a => a.connect.caRootsPem(), 'GET /v1/connect/ca/roots?pem=true', { headers: { 'content-type': 'application/pem-certificate-chain' }, body: 'PEM' }, 'PEM'],
    ['agentCaRoots', a => a.connect.agentCaRoots({ index: 4 }), 'GET /v1/agent/connect/ca/roots?index=4', { body: { Roots: [] } }, { Roots: [] }],
    ['caLeaf', a => a.connect.caLeaf('web'), 'GET /v1/agent/connect/ca/leaf/web', { body: { Service: 'web' } }, { Service: 'web' }],
    ['caConfiguration', a => a.connect.caConfiguration(), 'GET /v1/connect/ca/configuration', { body: { Provider: 'consul' } }, { Provider: 'consul' }],
    ['setCaConfiguration', a => a.connect.setCaConfiguration({ Provider: 'consul', Config: {} }), 'PUT /v1/connect/ca/configuration', empty, undefined, { Provider: 'consul', Config: {} }],
    ['authorize', a => a.connect.authorize({ Target: 'web', ClientCertURI: 'u', ClientCertSerial: '1' }), 'POST /v1/agent/connect/authorize', { body: { Authorized: true, Reason: 'r' } }, { Authorized: true, Reason: 'r' }, { Target: 'web', ClientCertURI: 'u', ClientCertSerial: '1' }],
    ['setVirtualIps', a => a.connect.setVirtualIps('web', ['1.1.1.1']), 'PUT /v1/internal/service-virtual-ip', { body: { Found: true, UnassignedFrom: null } }, { Found: true, UnassignedFrom: [] }, { Service: 'web', ManualVIPs: ['1.1.1.1'] }],
  ],
  acl: [
    ['bootstrap', a => a.acl.bootstrap({ secret: 's' }), 'PUT /v1/acl/bootstrap', { body: token }, token, { BootstrapSecret: 's' }],
    ['replication', a => a.acl.replication(), 'GET /v1/acl/replication', { body: { Enabled: false } }, { Enabled: false }],
    ['login', a => a.acl.login({ AuthMethod: 'm', BearerToken: 'b' }), 'POST /v1/acl/login', { body: token }, token, { AuthMethod: 'm', BearerToken: 'b' }],
    ['logout', a => a.acl.logout(), 'POST /v1/acl/logout', empty],
    ['authorize', a => a.acl.authorize([{ Resource: 'key', Segment: 'x', Access: 'read' }]), 'POST /v1/internal/acl/authorize', { body: [{ Resource: 'key', Segment: 'x', Access: 'read', Allow: true }] }, [{ Resource: 'key', Segment: 'x', Access: 'read', Allow: true }], [{ Resource: 'key', Segment: 'x', Access: 'read' }]],
    ['tokens', a => a.acl.tokens({ serviceName: 'web' }), 'GET /v1/acl/tokens?servicename=web', { body: [token] }, [token]],
    ['createToken', a => a.acl.createToken({ Description: 'd' }), 'PUT /v1/acl/token', { body: token }, token, { Description: 'd' }],
    ['token', a => a.acl.token('acc', { expanded: true }), 'GET /v1/acl/token/acc?expanded=true', { body: token }, token],
    ['selfToken', a => a.acl.selfToken(), 'GET /v1/acl/token/self', { body: token }, token],
    ['updateToken', a => a.acl.updateToken('acc', {}), 'PUT /v1/acl/token/acc', { body: token }, token, {}],
    ['cloneToken', a => a.acl.cloneToken('acc'), 'PUT /v1/acl/token/acc/clone', { body: token }, token, { Description: '' }],
    ['deleteToken', a => a.acl.deleteToken('acc'), 'DELETE /v1/acl/token/acc', ok, true],
    ['policies', a => a.acl.policies(), 'GET /v1/acl/policies', { body: [policy] }, [policy]],
    ['createPolicy', a => a.acl.createPolicy({ Name: 'p' }), 'PUT /v1/acl/policy', { body: policy }, policy, { Name: 'p' }],
    ['policy', a => a.acl.policy('p'), 'GET /v1/acl/policy/p', { body: policy }, policy],
    ['policyByName', a => a.acl.policyByName('builtin/global-read-only'), 'GET /v1/acl/policy/name/builtin%2Fglobal-read-only', { body: policy }, policy],
    ['updatePolicy', a => a.acl.updatePolicy('p', { Name: 'p' }), 'PUT /v1/acl/policy/p', { body: policy }, policy, { Name: 'p' }],
    ['deletePolicy', a => a.acl.deletePolicy('p'), 'DELETE /v1/acl/policy/p', ok, true],
    ['roles', a => a.acl.roles({ policy: 'p' }), 'GET /v1/acl/roles?policy=p', { body: [] }, []],
    ['createRole', a => a.acl.createRole({ Name: 'r' }), 'PUT /v1/acl/role', { body: policy }, policy, { Name: 'r' }],
    ['role', a => a.acl.role('r'), 'GET /v1/acl/role/r', { body: policy }, policy],
    ['roleByName', a => a.acl.roleByName('r'), 'GET /v1/acl/role/name/r', { body: policy }, policy],
    ['updateRole', a => a.acl.updateRole('r', { Name: 'r' }), 'PUT /v1/acl/role/r', { body: policy }, policy, { Name: 'r' }],
    ['deleteRole', a => a.acl.deleteRole('r'), 'DELETE /v1/acl/role/r', ok, true],
    ['authMethods', a => a.acl.authMethods(), 'GET /v1/acl/auth-methods', { body: [] }, []],
    ['createAuthMethod', a => a.acl.createAuthMethod({ Name: 'm', Type: 'jwt', Config: {} }), 'PUT /v1/acl/auth-method', { body: { Name: 'm' } }, { Name: 'm' }, { Name: 'm', Type: 'jwt', Config: {} }],
    ['authMethod', a => a.acl.authMethod('m'), 'GET /v1/acl/auth-method/m', { body: { Name: 'm' } }, { Name: 'm' }],
    ['updateAuthMethod', a => a.acl.updateAuthMethod('m', { Name: 'm', Type: 'jwt', Config: {} }), 'PUT /v1/acl/auth-method/m', { body: { Name: 'm' } }, { Name: 'm' }, { Name: 'm', Type: 'jwt', Config: {} }],
    ['deleteAuthMethod', a => a.acl.deleteAuthMethod('m'), 'DELETE /v1/acl/auth-method/m', ok, true],
    ['bindingRules', a => a.acl.bindingRules({ authMethod: 'm' }), 'GET /v1/acl/binding-rules?authmethod=m', { body: [] }, []],
    ['createBindingRule', a => a.acl.createBindingRule({ AuthMethod: 'm', BindType: 'role', BindName: 'r' }), 'PUT /v1/acl/binding-rule', { body: { ID: 'b' } }, { ID: 'b' }, { AuthMethod: 'm', BindType: 'role', BindName: 'r' }],
    ['bindingRule', a => a.acl.bindingRule('b'), 'GET /v1/acl/binding-rule/b', { body: { ID: 'b' } }, { ID: 'b' }],
    ['updateBindingRule', a => a.acl.updateBindingRule('b', { AuthMethod: 'm', BindType: 'role', BindName: 'r' }), 'PUT /v1/acl/binding-rule/b', { body: { ID: 'b' } }, { ID: 'b' }, { AuthMethod: 'm', BindType: 'role', BindName: 'r' }],
    ['deleteBindingRule', a => a.acl.deleteBindingRule('b'), 'DELETE /v1/acl/binding-rule/b', ok, true],
    ['templatedPolicies', a => a.acl.templatedPolicies(), 'GET /v1/acl/templated-policies', { body: { 'builtin/dns': { TemplateName: 'builtin/dns' } } }, { 'builtin/dns': { TemplateName: 'builtin/dns' } }],
    ['templatedPolicy', a => a.acl.templatedPolicy('builtin/dns'), 'GET /v1/acl/templated-policy/name/builtin/dns', { body: { TemplateName: 'builtin/dns' } }, { TemplateName: 'builtin/dns' }],
    ['previewTemplatedPolicy', a => a.acl.previewTemplatedPolicy('builtin/service', { Name: 'web' }), 'POST /v1/acl/templated-policy/preview/builtin/service', { body: policy }, policy, { Name: 'web' }],
  ],
  peering: [
    ['list', a => a.peering.list(), 'GET /v1/peerings', { body: [] }, []],
    ['get', a => a.peering.get('east'), 'GET /v1/peering/east', { body: { Name: 'east' } }, { Name: 'east' }],
    ['delete', a => a.peering.delete('east'), 'DELETE /v1/peering/east', empty],
    ['generateToken', a => a.peering.generateToken({ PeerName: 'east' }), 'POST /v1/peering/token', { body: { PeeringToken: 't' } }, 't', { PeerName: 'east' }],
    ['establish', a => a.peering.establish({ PeerName: 'east', PeeringToken: 't' }), 'POST /v1/peering/establish', { body: {} }, undefined, { PeerName: 'east', PeeringToken: 't' }],
    ['exportedServices', a => a.peering.exportedServices(), 'GET /v1/exported-services', { body: [] }, []],
  ],
  ui: [
    ['services', a => a.ui.services({ filter: 'Name == web' }), 'GET /v1/internal/ui/services?filter=Name%20%3D%3D%20web', { body: [] }, []],
    ['nodes', a => a.ui.nodes(), 'GET /v1/internal/ui/nodes', { body: [{ Node: 'n1', Services: null, Checks: [] }] }, [{ Node: 'n1', Services: [], Checks: [] }]],
    ['node, none', a => a.ui.node('no'), 'GET /v1/internal/ui/node/no', absent],
    ['serviceTopology', a => a.ui.serviceTopology('web'), 'GET /v1/internal/ui/service-topology/web?kind=', { body: { Protocol: 'tcp', Upstreams: [], Downstreams: [] } }, { Protocol: 'tcp', Upstreams: [], Downstreams: [] }],
    ['gatewayServicesNodes', a => a.ui.gatewayServicesNodes('gw'), 'GET /v1/internal/ui/gateway-services-nodes/gw', { body: [] }, []],
    ['gatewayIntentions', a => a.ui.gatewayIntentions('gw'), 'GET /v1/internal/ui/gateway-intentions/gw', { body: [] }, []],
    ['catalogOverview, at first', a => a.ui.catalogOverview(), 'GET /v1/internal/ui/catalog-overview', { body: { Nodes: null, Services: null, Checks: null } }, { Nodes: [], Services: [], Checks: [] }],
    ['exportedServices', a => a.ui.exportedServices('east'), 'GET /v1/internal/ui/exported-services?peer=east', { body: [] }, []],
  ],
  lease: [
    ['put', a => a.lease.put({ ID: 'l', TTL: '15s', DeregisterAfter: '60s', Services: [{ Name: 'web', Port: 80 }] }), 'PUT /v1/lease', { body: { ID: 'l', TTL: '15s', Index: 4 } }, { ID: 'l', TTL: '15s', Index: 4 }, { ID: 'l', TTL: '15s', DeregisterAfter: '60s', Services: [{ Name: 'web', Port: 80 }] }],
    ['renew', a => a.lease.renew('l'), 'PUT /v1/lease/l/renew', { body: { TTL: '15s', Index: 4 } }, { TTL: '15s', Index: 4 }],
    ['renew, unknown', a => a.lease.renew('l'), 'PUT /v1/lease/l/renew', gone],
    ['status', a => a.lease.status('l', { Status: 'draining', Output: 'SIGTERM', ServiceIDs: ['web1'] }), 'PUT /v1/lease/l/status', { body: { Index: 5 } }, { Index: 5 }, { Status: 'draining', Output: 'SIGTERM', ServiceIDs: ['web1'] }],
    ['edges', a => a.lease.edges('l', { WindowMs: 5000, Edges: [] }), 'PUT /v1/lease/l/edges', { body: { EveryMs: 5000 } }, { EveryMs: 5000 }, { WindowMs: 5000, Edges: [] }],
    ['edges, unknown', a => a.lease.edges('l', { WindowMs: 5000, Edges: [] }), 'PUT /v1/lease/l/edges', gone, undefined, { WindowMs: 5000, Edges: [] }],
    ['get', a => a.lease.get('a/b'), 'GET /v1/lease/a%2Fb', { body: lease }, lease],
    ['get, none', a => a.lease.get('l'), 'GET /v1/lease/l', gone],
    ['list', a => a.lease.list(), 'GET /v1/leases', { body: [lease] }, [lease]],
    ['delete', a => a.lease.delete('l'), 'DELETE /v1/lease/l', { body: { Index: 6 } }, { Index: 6 }],
    ['delete, none', a => a.lease.delete('l'), 'DELETE /v1/lease/l', gone],
  ],
  watchers: [
    ['list', a => a.watchers.list({ kind: 'health', name: 'web' }), 'GET /v1/watchers?kind=health&name=web', { body: [watcher] }, [watcher]],
    ['acked', a => a.watchers.acked('web', 4, { waitMs: 2000 }), 'GET /v1/watchers/acked?index=4&name=web&wait=2000ms', { body: { Acked: false, Behind: ['127.0.0.1:5'] } }, { Acked: false, Behind: ['127.0.0.1:5'] }],
  ],
  explain: [['service', a => a.explain.service('web', { tags: ['v1'] }), 'GET /v1/explain/web?tag=v1', { body: { Service: 'web', Index: 1, Steps: [], Candidates: [] } }, { Service: 'web', Index: 1, Steps: [], Candidates: [] }]],
  history: [['service', a => a.history.service('web'), 'GET /v1/history/web', { body: [{ Node: 'n1', ServiceID: 'web1', Changes: null }] }, [{ Node: 'n1', ServiceID: 'web1', Changes: [] }]]],
  metrics: [
    ['text', a => a.metrics.text(), 'GET /metrics', text('x 1\n'), 'x 1\n'],
    ['openapi', a => a.metrics.openapi(), 'GET /openapi.json', { body: { openapi: '3.1.0' } }, { openapi: '3.1.0' }],
  ],
}

for (const [noun, rows] of Object.entries(table)) {
  t.test(noun, async t => {
    let reply: Reply = {}
    const server = await fakeServer(t, () => reply)
    const api = createApi({ address: server.address }, {})
    t.teardown(() => api.close())
    for (const [name, call, sent, answer, value, body] of rows) {
      reply = answer
      const got = await call(api)
      const request = server.requests.at(-1)!
      t.equal(`${request.method} ${request.url}`, sent, `${name} asks its endpoint`)
      t.same(got.value, value, `${name} reads its answer`)
      t.equal(request.body, body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body), `${name} sends its body`)
    }
  })
}

t.test('every method of every noun is in the table above, or is a stream with a test of its own', async t => {
  const streams = new Set(['agent.monitor', 'agent.metricsStream', 'snapshot.save', 'watch.open'])
  const api = createApi({}, {})
  const tested = new Set(Object.values(table).flat().flatMap(([, call]) => [/a\.(\w+\.\w+)\(/.exec(String(call))![1]!]))
  for (const [noun, methods] of Object.entries(api)) {
    if (noun === 'transport' || noun === 'close') continue
    for (const method of Object.keys(methods as object)) t.ok(tested.has(`${noun}.${method}`) || streams.has(`${noun}.${method}`), `${noun}.${method}`)
  }
})

t.test('a value that is absent has an index to wait for', async t => {
  const server = await fakeServer(t, () => ({ ...absent, headers: { 'x-consul-index': '12' } }))
  const api = createApi({ address: server.address }, {})
  t.teardown(() => api.close())
  t.equal((await api.kv.get('no')).meta.index, 12)
  await t.rejects(api.config.get('service-defaults', 'no'), { code: 'ROSTER_NOT_FOUND', index: 12 })
})

t.test('a page of something else is never taken for "there is none", "critical" or "not committed"', async t => {
  let status = 404
  const server = await fakeServer(t, () => ({ status, headers: { 'content-type': 'text/html' }, body: '<html>not here' }))
  const api = createApi({ address: server.address }, {})
  t.teardown(() => api.close())
  const asks: ReadonlyArray<() => Promise<unknown>> = [
    () => api.kv.get('k'), () => api.kv.list('k'), () => api.session.renew('s'), () => api.lease.renew('l'), () => api.coordinate.node('n'), () => api.ui.node('n'), () => api.agent.serviceHealthByName('web'),
  ]
  for (const ask of asks) await t.rejects(ask(), { code: 'ROSTER_NOT_FOUND' })
  for (const [code, ask] of [[503, () => api.agent.serviceHealthByName('web')], [503, () => api.status.ready()], [409, () => api.txn.run([])], [429, () => api.operator.autopilotHealth()]] as const) {
    status = code
    await t.rejects(ask() as Promise<unknown>, { message: `Unexpected response code: ${code} (<html>not here)` })
  }
})

t.test('values of keys are read as text, the empty one too', async t => {
  t.equal(kvText(pair), 'hello')
  t.equal(kvText({ Value: null }), '')
})

t.test('the distance of two coordinates is in seconds, symmetric, and never pushed below zero by adjustments', async t => {
  const far = { Vec: [0.3, 0.4, 0, 0, 0, 0, 0, 0], Error: 1, Adjustment: 0, Height: 0.1 }
  const near = { ...coord, Height: 0.1 }
  t.equal(Math.round(distance(near, far) * 1e6), 700_000)
  t.equal(distance(near, far), distance(far, near))
  t.equal(Math.round(distance({ ...near, Adjustment: -5 }, far) * 1e6), 700_000)
  t.throws(() => distance({ ...near, Vec: [1] }, far), { message: /no distance/ })
})
