// Laws of entries together: what would break a chain, a gateway or an intention is refused, a deletion too; what concerns none of them is not.
import t from 'tap'
import { graphProblem } from '../../src/config-entries/graph.js'
import { heap, judge } from './support.js'

/** What is said of writing `body` over the others; `undefined` when it may be written. */
const writing = (others: readonly object[], body: object): string | undefined => {
  const { kind, entry } = judge(body)
  return graphProblem(heap(...others), { kind: kind.kind, name: kind.onlyName ?? entry.Name!, entry })
}
const deleting = (others: readonly object[], kind: string, name: string): string | undefined => graphProblem(heap(...others), { kind, name, entry: undefined })

const http = (Name: string): object => ({ Kind: 'service-defaults', Name, Protocol: 'http' })
const tcp = (Name: string): object => ({ Kind: 'service-defaults', Name, Protocol: 'tcp' })
const splitter = (Name: string, ...Splits: readonly object[]): object => ({ Kind: 'service-splitter', Name, Splits })
const L7 = { Kind: 'service-intentions', Name: 'web', Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: { PathPrefix: '/' } }] }] }
const exported = { Kind: 'exported-services', Name: 'default', Services: [{ Name: 'web', Consumers: [{ Peer: 'p' }] }] }

t.test('a protocol cannot be taken from under a chain that needs it, neither by a write nor by a deletion', async t => {
  const entries = [http('web'), splitter('web', { Weight: 100 })]
  const words = 'discovery chain "web" uses a protocol "tcp" that does not permit advanced routing or splitting behavior'
  t.equal(writing(entries, tcp('web')), words)
  t.equal(deleting(entries, 'service-defaults', 'web'), words)
  t.equal(deleting(entries, 'service-splitter', 'web'), undefined)
  t.equal(deleting([{ Kind: 'proxy-defaults', Config: { protocol: 'http' } }, splitter('web', { Weight: 100 })], 'proxy-defaults', 'global'), words, 'law: proxy-defaults are under every chain')
})

t.test('a change is looked at in the chains of those that lead to the service too', async t => {
  const entries = [http('web'), http('api'), splitter('web', { Weight: 50 }, { Weight: 50, Service: 'api' })]
  t.match(writing(entries, tcp('api')), /^discovery chain "web" uses inconsistent protocols/)
  t.equal(writing(entries, tcp('other')), undefined)
  const subsets = [http('web'), http('api'), splitter('web', { Weight: 50 }, { Weight: 50, Service: 'api', ServiceSubset: 'v1' }), { Kind: 'service-resolver', Name: 'api', Subsets: { v1: {} } }]
  t.equal(writing(subsets, { Kind: 'service-resolver', Name: 'api', Subsets: { v2: {} } }), 'service "api" does not have a subset named "v1"')
  t.equal(deleting(subsets, 'service-resolver', 'api'), 'service "api" does not have a subset named "v1"')
})

t.test('a circle is refused by whichever write closes it', async t => {
  const entries = [http('a'), http('b'), splitter('a', { Weight: 100, Service: 'b' })]
  t.match(writing(entries, splitter('b', { Weight: 100, Service: 'a' })), /^detected circular reference: \[splitter:/)
  t.match(writing([{ Kind: 'service-resolver', Name: 'a', Redirect: { Service: 'b' } }], { Kind: 'service-resolver', Name: 'b', Redirect: { Service: 'a' } }), /^detected circular resolver redirect: /)
})

t.test('a gateway says the protocol of its services: when it is written, and when a service changes', async t => {
  const gateway = (Protocol: string): object => ({ Kind: 'ingress-gateway', Name: 'in', Listeners: [{ Port: 80, Protocol, Services: [{ Name: 'web' }] }] })
  const words = (service: string, listener: string): string => `service "web" has protocol "${service}", which does not match defined listener protocol "${listener}"`
  t.equal(writing([http('web')], gateway('tcp')), words('http', 'tcp'))
  t.equal(writing([http('web'), gateway('http')], tcp('web')), words('tcp', 'http'))
  t.equal(writing([gateway('tcp')], http('web')), undefined, 'law: a listener that does not look into requests carries any')
  t.equal(writing([gateway('http')], { Kind: 'terminating-gateway', Name: 'in', Services: [{ Name: 'x' }] }), 'cannot create a "terminating-gateway" config entry with name "in", a "ingress-gateway" config entry with that name already exists')
})

t.test('intentions that look into requests need requests', async t => {
  const words = 'service "web" has protocol "tcp", which is incompatible with L7 intentions permissions'
  t.equal(writing([], L7), words)
  t.equal(writing([http('web')], L7), undefined)
  t.equal(writing([http('web'), L7], tcp('web')), words)
  t.equal(deleting([http('web'), L7], 'service-defaults', 'web'), words)
})

t.test('what other clusters may call must stay here', async t => {
  const away = { Kind: 'service-resolver', Name: 'web', Redirect: { Service: 'web', Datacenter: 'dc2' } }
  t.equal(writing([away], exported), 'peer exported service "web" contains cross-datacenter resolver redirect')
  t.equal(writing([exported], away), 'peer exported service "web" contains cross-datacenter resolver redirect')
  t.equal(writing([exported], { Kind: 'service-resolver', Name: 'web', Redirect: { Service: 'api' } }), 'peer exported service "web" uses protocol="tcp" and cannot introduce new discovery chain targets like "api.default.default.dc1"')
  t.equal(writing([], away), undefined)
})

t.test('a provider of tokens is there before it is asked for, and as long', async t => {
  const provider = { Kind: 'jwt-provider', Name: 'okta', JSONWebKeySet: { Local: { JWKS: 'e30=' } } }
  const asking = { Kind: 'service-intentions', Name: 'web', JWT: { Providers: [{ Name: 'okta' }] }, Sources: [{ Name: 'a', Action: 'allow' }] }
  t.equal(writing([], asking), '1 error occurred:\n\t* Referenced JWT Provider does not exist. Provider Name: okta\n\n')
  t.equal(writing([provider], asking), undefined)
  t.equal(deleting([provider, asking], 'jwt-provider', 'okta'), 'cannot delete jwt provider config entry referenced by an intention. Provider name: okta, intention name: web')
})

t.test('proxies take calls without certificates only where the mesh allows it, and may go on with what they had', async t => {
  const permissive = { Kind: 'service-defaults', Name: 'web', MutualTLSMode: 'permissive' }
  const words = 'cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in the mesh config entry'
  t.equal(writing([], permissive), words)
  t.equal(writing([], { Kind: 'proxy-defaults', MutualTLSMode: 'permissive' }), words)
  t.equal(writing([{ Kind: 'mesh', AllowEnablingPermissiveMutualTLS: true }], permissive), undefined)
  t.equal(writing([permissive], { ...permissive, Protocol: 'http' }), undefined)
})
