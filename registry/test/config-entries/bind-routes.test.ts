// Laws of routes on API gateways: which bind to which listener, what the statuses say about it, and that a second look changes nothing.
import t from 'tap'
import { bindRoutes } from '../../src/config-entries/bind-routes.js'
import { same } from '../../src/engine/draft.js'
import { heap } from './support.js'
import type { ApiGateway } from '../../src/config-entries/kinds/api-gateway.js'
import type { BoundApiGateway } from '../../src/config-entries/kinds/bound-api-gateway.js'
import type { HttpRoute } from '../../src/config-entries/kinds/http-route.js'
import type { EntrySource } from '../../src/config-entries/entry-source.js'

const NOW = Date.UTC(2026, 0, 2)
const http = (Name: string): object => ({ Kind: 'service-defaults', Name, Protocol: 'http' })
const gateway = (...Listeners: readonly object[]): object => ({ Kind: 'api-gateway', Name: 'gw', Listeners: Listeners.map((listener, i) => ({ Name: `l${i + 1}`, Port: 80 + i, Protocol: 'http', ...listener })) })
const route = (more: object = {}): object => ({ Kind: 'http-route', Name: 'r', Parents: [{ Name: 'gw' }], Rules: [{ Services: [{ Name: 'web' }] }], ...more })

/** All of them, once bound, by kind and name. */
function bound (source: EntrySource): { readonly of: (kind: string, name?: string) => never, readonly put: number } {
  const { put } = bindRoutes(source, NOW)
  return {
    put: put.length,
    of: (kind, name) => (put.find(each => each.kind === kind && (name === undefined || each.entry.Name === name))?.entry ?? (source as { entry: (kind: string, name: string) => unknown }).entry(kind, name ?? 'gw')) as never,
  }
}
const reasons = (entry: { readonly Status: { readonly Conditions: ReadonlyArray<{ readonly Type: string, readonly Reason: string }> | null } }): string[] => (entry.Status.Conditions ?? []).map(({ Type, Reason }) => `${Type}:${Reason}`)

t.test('a route binds to every listener of its gateway that speaks its protocol', async t => {
  const { of } = bound(heap(http('web'), gateway({}, { Protocol: 'tcp' }, {}), route()))
  const gw: BoundApiGateway = of('bound-api-gateway')
  t.strictSame(gw.Listeners!.map(listener => (listener.Routes ?? []).map(to => `${to.Kind}/${to.Name}`)), [['http-route/r'], [], ['http-route/r']])
  t.strictSame(Object.keys(gw.Services!), ['web'])
  t.strictSame(reasons(of('http-route') as HttpRoute), ['Accepted:Accepted', 'Bound:Bound'])
})

t.test('a section is one listener, and hostnames must meet', async t => {
  const one: BoundApiGateway = bound(heap(http('web'), gateway({}, {}), route({ Parents: [{ Name: 'gw', SectionName: 'l2' }] }))).of('bound-api-gateway')
  t.strictSame(one.Listeners!.map(listener => listener.Routes?.length ?? 0), [0, 1])
  const hosts = bound(heap(http('web'), gateway({ Hostname: '*.a.example' }, { Hostname: 'b.example' }), route({ Hostnames: ['x.a.example'] })))
  t.strictSame((hosts.of('bound-api-gateway') as BoundApiGateway).Listeners!.map(listener => listener.Routes?.length ?? 0), [1, 0])
  const none = bound(heap(http('web'), gateway({ Hostname: 'b.example' }), route({ Hostnames: ['c.example'] })))
  t.match((none.of('http-route') as HttpRoute).Status.Conditions!.find(condition => condition.Type === 'Bound'), { Status: 'False', Reason: 'FailedToBind' })
})

t.test('what is missing is said where it is missed', async t => {
  t.match(reasons(bound(heap(http('web'), route())).of('http-route') as HttpRoute), ['Accepted:Accepted', 'Bound:GatewayNotFound'])
  t.match(reasons(bound(heap(gateway({}), route())).of('http-route') as HttpRoute), ['Accepted:InvalidDiscoveryChain', 'Bound:FailedToBind'])
  const uncertified = bound(heap(http('web'), gateway({ TLS: { Certificates: [{ Kind: 'file-system-certificate', Name: 'c' }] } }), route()))
  t.strictSame(reasons(uncertified.of('api-gateway') as ApiGateway), ['Accepted:InvalidCertificates', 'Conflicted:NoConflict', 'ResolvedRefs:InvalidCertificateRef'])
  t.strictSame((uncertified.of('bound-api-gateway') as BoundApiGateway).Listeners![0]!.Routes, null, 'law: nothing binds to a gateway that is not accepted')
  const certified = bound(heap(http('web'), { Kind: 'file-system-certificate', Name: 'c', Certificate: '/c', PrivateKey: '/k' }, gateway({ TLS: { Certificates: [{ Kind: 'file-system-certificate', Name: 'c' }] } }), route()))
  t.strictSame(reasons(certified.of('api-gateway') as ApiGateway), ['Accepted:Accepted', 'Conflicted:NoConflict', 'ResolvedRefs:ResolvedRefs'])
})

t.test('every service of a route must speak its protocol', async t => {
  const rules = [{ Services: [{ Name: 'plain' }, { Name: 'web' }] }]
  t.strictSame(reasons(bound(heap(http('web'), gateway({}), route({ Rules: rules }))).of('http-route') as HttpRoute), ['Accepted:InvalidDiscoveryChain', 'Bound:FailedToBind'])
})

t.test('two routes without requests on one listener cannot be told apart', async t => {
  const plain = (Name: string): object => ({ Kind: 'tcp-route', Name, Parents: [{ Name: 'gw' }], Services: [{ Name: 'db' }] })
  const { of } = bound(heap(gateway({ Protocol: 'tcp' }), plain('r1'), plain('r2')))
  t.strictSame(reasons(of('api-gateway') as ApiGateway), ['Accepted:Accepted', 'Conflicted:RouteConflict', 'ResolvedRefs:ResolvedRefs'])
})

t.test('what is bound already is not written again; what has no gateway any more goes', async t => {
  const entries = [http('web'), gateway({}), route()]
  const { put } = bindRoutes(heap(...entries), NOW)
  t.strictSame(put.map(({ kind }) => kind).sort(), ['api-gateway', 'bound-api-gateway', 'http-route'])
  const after = heap(http('web'))
  const settled: EntrySource = {
    entry: (kind, name) => put.find(each => each.kind === kind && each.entry.Name === name)?.entry as never ?? after.entry(kind, name),
    entries: kind => [...put.filter(each => each.kind === kind).map(each => each.entry), ...after.entries(kind)] as never,
  }
  const again = bindRoutes(settled, NOW + 60_000)
  t.strictSame(again.put.filter(({ kind, entry }) => !same(entry, settled.entry(kind, entry.Name))), [], 'law: a condition that stays keeps the time of its last change')
  t.strictSame(again.gone, [])
  const alone: EntrySource = { entry: (kind, name) => kind === 'api-gateway' ? undefined as never : settled.entry(kind, name), entries: kind => kind === 'api-gateway' ? [] : settled.entries(kind) }
  const left = bindRoutes(alone, NOW + 60_000)
  t.strictSame(left.gone, ['gw'])
  t.match(reasons(left.put.find(each => each.kind === 'http-route')!.entry as never), ['Accepted:Accepted', 'Bound:GatewayNotFound'])
})
