// Laws of following a chain: the first route that matches, splits by their weights, redirects and failover to their end, and a damaged chain is said to be one.
import t from 'tap'
import fc from 'fast-check'
import type { DiscoveryChain } from '../../src/index.js'
import type { ServiceRoute } from '../../src/index.js'
import { cookieValue, headerChanges, rewritten, withChanges } from '../../src/chain/request-changes.js'
import { entryPolicy } from '../../src/chain/entry-policy.js'
import { hashKey } from '../../src/chain/hash-key.js'
import { routeMatcher } from '../../src/chain/route-match.js'
import { plainWays, waysOf } from '../../src/chain/ways.js'
import type { RequestFacts } from '../../src/chain/request-facts.js'

const request = (path: string, method = 'GET', headers: Record<string, string> = {}): RequestFacts => ({ method, path, header: name => headers[name.toLowerCase()] })
const resolver = (id: string, more: object = {}) => ({ Type: 'resolver' as const, Name: id, Resolver: { ConnectTimeout: '5s', Target: id, ...more } })
const target = (id: string, more: object = {}) => ({ ID: id, Service: id.split('.').at(-1)!, Subset: {}, ...more })
const chain = (start: string, nodes: DiscoveryChain['Nodes'], targets: DiscoveryChain['Targets']): DiscoveryChain =>
  ({ ServiceName: 'web', Namespace: 'default', Partition: 'default', Datacenter: 'dc1', Protocol: 'http', StartNode: start, Nodes: nodes, Targets: targets })

t.test('a service that no entry speaks of is reached by its name, whatever the request', async t => {
  const ways = plainWays('web')
  t.equal(ways.choose(request('/a'), () => 0.3), ways.only)
  t.match(ways.only, { destinations: [{ service: 'web', filter: '' }], route: undefined })
})

t.test('a resolver: redirect, subset, failover, another datacenter', async t => {
  const ways = waysOf(chain('resolver:v2.api', { 'resolver:v2.api': resolver('v2.api', { RequestTimeout: '3s', Failover: { Targets: ['v1.api', 'far.api'] } }) }, {
    'v2.api': target('v2.api', { Datacenter: 'dc1', Subset: { Filter: 'Service.Meta.version == v2', OnlyPassing: true } }),
    'v1.api': target('v1.api', { Datacenter: 'dc1' }),
    'far.api': target('far.api', { Datacenter: 'dc2' }),
  }))
  t.match(ways.only?.destinations, [
    { id: 'v2.api', service: 'api', filter: 'Service.Meta.version == v2', onlyPassing: true, datacenter: '' }, { id: 'v1.api', filter: '' }, { id: 'far.api', datacenter: 'dc2' },
  ])
  t.same(entryPolicy(ways.only!), { timeoutMs: 3000 })
})

t.test('routes: the first that matches, with all that it says; the last one takes the rest', async t => {
  const route = (Match: ServiceRoute['Match'], Destination: ServiceRoute['Destination'], NextNode: string) => ({ Definition: { Match, Destination } as ServiceRoute, NextNode })
  const ways = waysOf(chain('router:web', {
    'router:web': {
      Type: 'router',
      Name: 'web',
      Routes: [
        route({ HTTP: { PathPrefix: '/admin/', Methods: ['POST'] } }, { PrefixRewrite: '/', RequestTimeout: '2s', NumRetries: 4, RetryOn: ['gateway-error'], RequestHeaders: { Set: { 'X-Admin': 'yes' } } }, 'resolver:admin'),
        route({ HTTP: { PathPrefix: '/' } }, null, 'resolver:web'),
      ],
    },
    'resolver:admin': resolver('admin'),
    'resolver:web': resolver('web'),
  }, { admin: target('admin'), web: target('web') }))
  const admin = ways.choose(request('/admin/users?all', 'POST'), () => 0)
  t.equal(admin.destinations[0].service, 'admin')
  t.equal(rewritten('/admin/users?all', admin.rewrite!), '/users?all')
  t.same(entryPolicy(admin), { timeoutMs: 2000, retry: { attempts: 5, statuses: [502, 503, 504] } })
  t.same(withChanges(['x-admin', 'no', 'a', '1'], admin.requestHeaders!), ['a', '1', 'x-admin', 'yes'])
  t.equal(ways.choose(request('/admin/users', 'GET'), () => 0).destinations[0].service, 'web')
  t.equal(ways.only, undefined)
})

t.test('splits are shares, also of splits within splits', async t => {
  const ways = waysOf(chain('splitter:web', {
    'splitter:web': { Type: 'splitter', Name: 'web', Splits: [{ Weight: 90, NextNode: 'resolver:web' }, { Weight: 10, NextNode: 'splitter:inner', Definition: { Weight: 10, RequestHeaders: { Add: { canary: '1' } } } }, { Weight: 0, NextNode: 'resolver:never' }] },
    'splitter:inner': { Type: 'splitter', Name: 'inner', Splits: [{ Weight: 50, NextNode: 'resolver:a' }, { Weight: 50, NextNode: 'resolver:b' }] },
    'resolver:web': resolver('web'),
    'resolver:a': resolver('a'),
    'resolver:b': resolver('b'),
    'resolver:never': resolver('never'),
  }, { web: target('web'), a: target('a'), b: target('b'), never: target('never') }))
  t.same(ways.shares(request('/')).map(({ way, share }) => [way.destinations[0].id, share]), [['web', 0.9], ['a', 0.05], ['b', 0.05]])
  fc.assert(fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), at => {
    const { id } = ways.choose(request('/'), () => at).destinations[0]
    return id === (at < 0.9 ? 'web' : at < 0.95 ? 'a' : 'b') || Math.abs(at - 0.9) < 1e-9 || Math.abs(at - 0.95) < 1e-9
  }))
  t.same(withChanges([], ways.shares(request('/'))[1]!.way.requestHeaders!), ['canary', '1'])
})

t.test('a damaged chain: an error that says where it leads to nothing', async t => {
  t.throws(() => waysOf(chain('resolver:web', {}, {})), { message: /has no node resolver:web/ })
  t.throws(() => waysOf(chain('resolver:web', { 'resolver:web': resolver('web') }, {})), { message: /leads to web, which it does not describe/ })
  t.throws(() => waysOf(chain('splitter:a', { 'splitter:a': { Type: 'splitter', Name: 'a', Splits: [{ Weight: 100, NextNode: 'splitter:a' }] } }, {})), { message: /goes in circles/ })
  t.throws(() => waysOf(chain('router:a', { 'router:a': { Type: 'router', Name: 'a' } }, {})), { message: /leads nowhere/ })
})

t.test('any chain of the right shape is followed or refused by an error of ours, and a choice is one of its ways', async () => {
  const key = fc.constantFrom('a', 'b', 'c')
  const node = fc.oneof(
    fc.record({ Type: fc.constant('resolver' as const), Name: key, Resolver: fc.record({ ConnectTimeout: fc.constant('5s'), Target: key }) }),
    fc.record({ Type: fc.constant('splitter' as const), Name: key, Splits: fc.array(fc.record({ Weight: fc.integer({ min: 0, max: 100 }), NextNode: key }), { maxLength: 3 }) }),
    fc.record({ Type: fc.constant('router' as const), Name: key, Routes: fc.array(fc.record({ NextNode: key }), { maxLength: 3 }) })
  )
  fc.assert(fc.property(fc.record({ a: node, b: node, c: node }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (nodes, at) => {
    try {
      const ways = waysOf(chain('a', nodes, { a: target('a'), b: target('b'), c: target('c') }))
      return ways.all.includes(ways.choose(request('/'), () => at))
    } catch (error) { return (error as Error).message.startsWith('the discovery chain of "web"') }
  }))
})

t.test('matching: table', async t => {
  const table: ReadonlyArray<readonly [NonNullable<ServiceRoute['Match']>['HTTP'], RequestFacts, boolean]> = [
    [null, request('/x'), true],
    [{}, request('/x'), true],
    [{ PathExact: '/a' }, request('/a?q=1'), true],
    [{ PathExact: '/a' }, request('/a/b'), false],
    [{ PathExact: '/A', CaseInsensitive: true }, request('/a'), true],
    [{ PathPrefix: '/a' }, request('/ab'), true],
    [{ PathRegex: '/[0-9]+' }, request('/42'), true],
    [{ PathRegex: '/[0-9]+' }, request('/42x'), false],
    [{ PathRegex: '(' }, request('/'), false],
    [{ Methods: ['put'] }, request('/', 'PUT'), true],
    [{ Methods: ['PUT'] }, request('/', 'GET'), false],
    [{ Header: [{ Name: 'X-Debug', Present: true }] }, request('/', 'GET', { 'x-debug': '' }), true],
    [{ Header: [{ Name: 'X-Debug', Present: true, Invert: true }] }, request('/'), true],
    [{ Header: [{ Name: 'v', Exact: 'Two', IgnoreCase: true }] }, request('/', 'GET', { v: 'two' }), true],
    [{ Header: [{ Name: 'v', Prefix: '2.' }, { Name: 'w', Suffix: 'x' }] }, request('/', 'GET', { v: '2.1', w: 'ax' }), true],
    [{ Header: [{ Name: 'v', Contains: 'b' }] }, request('/', 'GET', { v: 'ac' }), false],
    [{ Header: [{ Name: 'v', Regex: 'a.c' }] }, request('/', 'GET', { v: 'abc' }), true],
    [{ QueryParam: [{ Name: 'canary', Exact: '1' }] }, request('/?canary=1'), true],
    [{ QueryParam: [{ Name: 'canary', Present: true }] }, request('/?other'), false],
  ]
  for (const [HTTP, asked, holds] of table) t.equal(routeMatcher({ HTTP })(asked), holds, JSON.stringify(HTTP))
})

t.test('what keeps a caller to one instance: header, cookie, query parameter, source, up to a terminal one', async t => {
  const key = hashKey([{ Field: 'cookie', FieldValue: 'session', Terminal: true }, { Field: 'header', FieldValue: 'x-user' }, { Field: 'query_parameter', FieldValue: 'u' }, { SourceIP: true }])!
  t.equal(key(request('/?u=3', 'GET', { cookie: 'a=1; session=xyz', 'x-user': 'me' })), 'xyz')
  t.equal(key(request('/?u=3', 'GET', { 'x-user': 'me' }), '10.0.0.1'), 'me\n3\n10.0.0.1')
  t.equal(key(request('/')), undefined)
  t.equal(hashKey([]), undefined)
  t.equal(cookieValue('a=b=c; d', 'a'), 'b=c')
  t.equal(headerChanges([null, {}]), undefined)
})
