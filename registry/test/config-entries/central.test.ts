// Laws of central settings: what a proxy says itself counts first, then service-defaults, then proxy-defaults; the agent's proxies follow each change.
import t from 'tap'
import { mergedProxy } from '../../src/config-entries/central.js'
import { serviceRecord } from '../support/records.js'
import { startTestServer } from '../support/server.js'
import { heap } from './support.js'
import type { ServiceRecord } from '../../src/state/services.js'
import type { TestServer } from '../support/server.js'

const proxyOf = (proxy: object, more: object = {}): ServiceRecord =>
  serviceRecord({ node: 'n', kind: 'connect-proxy', id: 'p', name: 'web-proxy', port: 1, ...more, proxy: { DestinationServiceName: 'web', Mode: '', MeshGateway: {}, Expose: {}, ...proxy } })
const merged = (entries: readonly object[], proxy: object = {}, more: object = {}): Record<string, unknown> => mergedProxy(heap(...entries), proxyOf(proxy, more)) as Record<string, unknown>

const global = (more: object): object => ({ Kind: 'proxy-defaults', Name: 'global', ...more })
const web = (more: object): object => ({ Kind: 'service-defaults', Name: 'web', ...more })

t.test('without entries a proxy is as it was registered', async t => {
  const proxy = proxyOf({ Config: { a: 1 }, Upstreams: [{ DestinationType: 'service', DestinationName: 'api', Datacenter: '', LocalBindPort: 1, MeshGateway: {} }] })
  t.strictSame(mergedProxy(heap(), proxy), proxy.proxy)
})

t.test('the closer word counts: proxy, service-defaults, proxy-defaults', async t => {
  const entries = [global({ MeshGateway: { Mode: 'local' }, Mode: 'direct', Config: { protocol: 'tcp', a: { x: 1, y: 1 } } }), web({ MeshGateway: { Mode: 'remote' }, Mode: 'transparent', Protocol: 'http' })]
  t.match(merged([entries[0]!]), { Mode: 'direct', MeshGateway: { Mode: 'local' }, Config: { protocol: 'tcp' } })
  t.match(merged(entries), { Mode: 'transparent', MeshGateway: { Mode: 'remote' }, Config: { protocol: 'http' } })
  t.match(merged(entries, { Mode: 'direct', MeshGateway: { Mode: 'none' }, Config: { protocol: 'grpc', a: { y: 2 } } }), { Mode: 'direct', MeshGateway: { Mode: 'none' }, Config: { protocol: 'grpc', a: { x: 1, y: 2 } } }, 'law: objects are merged field by field')
})

t.test('a gateway takes settings under its own name', async t => {
  t.match(merged([{ Kind: 'service-defaults', Name: 'gw', Mode: 'direct' }, web({ Mode: 'transparent' })], { DestinationServiceName: '' }, { kind: 'mesh-gateway', name: 'gw' }), { Mode: 'direct' })
})

t.test('upstreams: what is said of one counts over what is said of all; what the proxy says over both', async t => {
  const entries = [
    web({ UpstreamConfig: { Defaults: { ConnectTimeoutMs: 100, MeshGateway: { Mode: 'local' } }, Overrides: [{ Name: 'db', ConnectTimeoutMs: 200, Limits: { MaxConnections: 3 } }] } }),
    { Kind: 'service-defaults', Name: 'api', Protocol: 'grpc' },
  ]
  const upstream = (DestinationName: string, more: object = {}): object => ({ DestinationType: 'service', DestinationName, MeshGateway: {}, ...more })
  const { Upstreams } = merged(entries, { Upstreams: [upstream('api'), upstream('db', { Config: { connect_timeout_ms: 5 }, MeshGateway: { Mode: 'none' } }), { DestinationType: 'prepared_query', DestinationName: 'q' }] })
  t.match(Upstreams, [
    { Config: { connect_timeout_ms: 100, protocol: 'grpc' }, MeshGateway: { Mode: 'local' } },
    { Config: { connect_timeout_ms: 5, limits: { MaxConnections: 3 } }, MeshGateway: { Mode: 'none' } },
    { DestinationName: 'q' },
  ])
  t.equal((Upstreams as object[]).length, 3, 'law: only a transparent proxy gets upstreams that it does not name')
})

t.test('a transparent proxy has an upstream for each that entries are about, and one for all others', async t => {
  const { Upstreams } = merged([web({ Mode: 'transparent', UpstreamConfig: { Defaults: { ConnectTimeoutMs: 100 }, Overrides: [{ Name: 'db', Protocol: 'tcp' }] } })])
  t.match((Upstreams as Array<Record<string, unknown>>).toSorted((a, b) => String(a['DestinationName']) < String(b['DestinationName']) ? -1 : 1), [
    { DestinationName: '*', CentrallyConfigured: true, Config: { connect_timeout_ms: 100 } },
    { DestinationName: 'db', CentrallyConfigured: true, Config: { connect_timeout_ms: 100, protocol: 'tcp' } },
  ])
})

interface Shown { readonly Proxy: Record<string, unknown>, readonly ContentHash: string }
const agent = async (s: TestServer, id: string): Promise<Shown> => await s.get(`/v1/agent/service/${id}`)
const catalog = async (s: TestServer, name: string): Promise<Record<string, unknown>> => (await s.get<Array<{ ServiceProxy: Record<string, unknown> }>>(`/v1/catalog/service/${name}`))[0]!.ServiceProxy

t.test('what is registered at the agent follows its entries, here and in the catalog, and forgets those that go', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  await s.call('PUT', '/v1/config', global({ Config: { envoy_prometheus_bind_addr: '0.0.0.0:9102' } }))
  await s.call('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80, Connect: { SidecarService: { Proxy: { Config: { own: 1 }, Upstreams: [{ DestinationName: 'api', LocalBindPort: 9000 }] } } } })
  t.match((await agent(s, 'web-sidecar-proxy')).Proxy, { Config: { envoy_prometheus_bind_addr: '0.0.0.0:9102', own: 1 } }, 'law: settings that are there at the registration count')
  const { ContentHash } = await agent(s, 'web-sidecar-proxy')
  const held = agent(s, `web-sidecar-proxy?hash=${ContentHash}&wait=20s`)
  await s.call('PUT', '/v1/config', web({ Protocol: 'http' }))
  const after = await held
  t.match(after.Proxy, { Config: { protocol: 'http', own: 1 } })
  t.not(after.ContentHash, ContentHash, 'law: whoever waits for the proxy wakes')
  t.match(await catalog(s, 'web-sidecar-proxy'), { Config: { protocol: 'http', envoy_prometheus_bind_addr: '0.0.0.0:9102' } })
  const index = s.roster.state.revision
  await s.call('PUT', '/v1/config', { Kind: 'service-defaults', Name: 'other', Protocol: 'http' })
  t.equal((await s.get<Array<{ ModifyIndex: number }>>('/v1/catalog/service/web-sidecar-proxy'))[0]!.ModifyIndex, index + s.roster.state.base, 'law: entries about others change nothing')
  await s.call('DELETE', '/v1/config/service-defaults/web')
  await s.call('DELETE', '/v1/config/proxy-defaults/global')
  t.strictSame((await agent(s, 'web-sidecar-proxy')).Proxy['Config'], { own: 1 })
  t.strictSame((await catalog(s, 'web-sidecar-proxy'))['Config'], { own: 1 })
  await s.roster.agent.sync()
  t.notOk(s.log.some(line => /Synced|Deregistered/.test(line)), 'law: the catalog says what the agent says')
})

t.test('?merge-central-config shows it for what is registered in the catalog, and wakes with the entries', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  await s.call('PUT', '/v1/catalog/register', { Node: 'n', Address: '10.0.0.1', Service: { Kind: 'connect-proxy', Service: 'web-proxy', Port: 1, Proxy: { DestinationServiceName: 'web' } } })
  const path = '/v1/health/service/web-proxy'
  const answer = await s.call('GET', `${path}?merge-central-config`)
  const held = s.get<Array<{ Service: { Proxy: object } }>>(`${path}?merge-central-config&index=${answer.headers.get('x-consul-index')!}&wait=20s`)
  while (s.roster.state.topics.waiting === 0) await new Promise(resolve => setImmediate(resolve))
  await s.call('PUT', '/v1/config', web({ Protocol: 'http' }))
  t.match((await held)[0]!.Service.Proxy, { Config: { protocol: 'http' } })
  t.strictSame((await s.get<Array<{ Service: { Proxy: object } }>>(path))[0]!.Service.Proxy, { DestinationServiceName: 'web', Mode: '', MeshGateway: {}, Expose: {} })
})
