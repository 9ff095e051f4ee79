// Laws of services behind gateways: named or by wildcard, live as the catalog and the entries change, seen by the catalog, health and DNS alike.
import t from 'tap'
import { startTestServer, until } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

interface Behind { readonly Service: { readonly Name: string }, readonly Port?: number, readonly FromWildcard?: boolean, readonly GatewayKind: string, readonly ServiceKind?: string }

interface Mesh extends TestServer {
  readonly entry: (body: object) => Promise<void>
  readonly register: (body: object) => Promise<void>
  readonly behind: (gateway: string) => Promise<string[]>
}

async function mesh (t: Test): Promise<Mesh> {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const put = async (path: string, body: object): Promise<void> => {
    const answer = await s.call('PUT', path, body)
    if (answer.status !== 200) throw new Error(await answer.text())
  }
  return {
    ...s,
    entry: body => put('/v1/config', body),
    register: service => put('/v1/catalog/register', { Node: 'n', Address: '10.0.0.1', Service: service }),
    behind: async gateway => (await s.get<Behind[]>(`/v1/catalog/gateway-services/${gateway}`)).map(of => `${of.Service.Name}:${of.Port ?? 0}${of.FromWildcard === true ? '*' : ''}`),
  }
}
const sidecar = (of: string): object => ({ Kind: 'connect-proxy', ID: `${of}-proxy`, Service: `${of}-proxy`, Port: 21000, Proxy: { DestinationServiceName: of } })

t.test('a terminating gateway: what is named and what is ordinary, without what is only mesh, and live', async t => {
  const s = await mesh(t)
  await s.register({ ID: 'web', Service: 'web', Port: 80 })
  await s.entry({ Kind: 'terminating-gateway', Name: 'out', Services: [{ Name: 'legacy', SNI: 'legacy.example' }, { Name: '*' }] })
  t.strictSame(await s.behind('out'), ['legacy:0', 'web:0*'])
  t.strictSame(await s.behind('nobody'), [])

  const first = await s.call('GET', '/v1/catalog/gateway-services/out')
  const waiting = s.call('GET', `/v1/catalog/gateway-services/out?index=${first.headers.get('x-consul-index')}&wait=60s`)
  await until('a reader waits', () => s.roster.state.topics.waiting > 0)
  await s.register({ ID: 'db', Service: 'db', Port: 5432 })
  t.strictSame((await (await waiting).json() as Behind[]).map(of => of.Service.Name), ['db', 'legacy', 'web'], 'its reader is woken by a service that a wildcard takes in')

  await s.entry({ Kind: 'service-defaults', Name: 'far', Protocol: 'tcp', Destination: { Addresses: ['far.example'], Port: 443 } })
  t.ok((await s.behind('out')).includes('far:0*'), 'and one that only an entry knows')
})

t.test('instances of the gateway answer for the services behind it', async t => {
  const s = await mesh(t)
  await s.register({ Kind: 'terminating-gateway', ID: 'out-1', Service: 'out', Port: 8443 })
  await s.register({ ID: 'legacy', Service: 'legacy', Port: 80 })
  t.strictSame(await s.get('/v1/health/connect/legacy'), [])
  await s.entry({ Kind: 'terminating-gateway', Name: 'out', Services: [{ Name: 'legacy' }] })
  t.strictSame((await s.get<Array<{ Service: { ID: string } }>>('/v1/health/connect/legacy')).map(of => of.Service.ID), ['out-1'])
  t.strictSame((await s.get<Array<{ ServiceID: string }>>('/v1/catalog/connect/legacy')).map(of => of.ServiceID), ['out-1'])
  t.equal((await s.call('DELETE', '/v1/config/terminating-gateway/out')).status, 200)
  t.strictSame(await s.get('/v1/health/connect/legacy'), [])
})

t.test('an ingress gateway: a row for each port, behind a wildcard those of its protocol that have a proxy', async t => {
  const s = await mesh(t)
  for (const name of ['api', 'raw', 'lone']) await s.register({ ID: name, Service: name, Port: 80 })
  for (const name of ['api', 'raw']) await s.register(sidecar(name))
  await s.entry({ Kind: 'service-defaults', Name: 'api', Protocol: 'http' })
  await s.entry({ Kind: 'ingress-gateway', Name: 'in', Listeners: [{ Port: 8080, Protocol: 'http', Services: [{ Name: '*' }] }, { Port: 9000, Protocol: 'tcp', Services: [{ Name: 'raw' }] }] })
  t.strictSame(await s.behind('in'), ['api:8080*', 'raw:9000'])
  await s.register({ Kind: 'ingress-gateway', ID: 'in-1', Service: 'in', Port: 8080 })
  t.strictSame((await s.get<Array<{ Service: { ID: string } }>>('/v1/health/ingress/raw')).map(of => of.Service.ID), ['in-1'])
  t.strictSame(await s.get('/v1/health/ingress/lone'), [])
})
