// Laws of what dashboards read (/v1/internal/ui): instances counted once, proxies with the service that they stand before, who calls whom, refusals.
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer } from '../support/server.js'
import { GOOD_FOR_MS } from '../../src/ui/overview.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

type Named = Readonly<Record<string, unknown>> & { readonly Name: string }

async function server (t: Test, options: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer & { register: (node: string, service: object, status?: string) => Promise<void> }> {
  const s = await startTestServer(options)
  t.teardown(() => s.stop())
  return {
    ...s,
    register: async (node, service, status) => {
      const { ID } = service as { ID: string }
      const answer = await s.call('PUT', '/v1/catalog/register', { Node: node, Address: '10.0.0.1', Service: service, ...status === undefined ? {} : { Check: { CheckID: `c-${ID}`, ServiceID: ID, Status: status } } })
      if (answer.status !== 200) throw new Error(await answer.text())
    },
  }
}
const proxy = (of: string, upstreams: readonly string[] = []): object =>
  ({ Kind: 'connect-proxy', ID: `${of}-proxy`, Service: `${of}-proxy`, Port: 21000, Proxy: { DestinationServiceName: of, Upstreams: upstreams.map((DestinationName, i) => ({ DestinationName, LocalBindPort: 9000 + i })) } })

t.test('services in short: instances, states and tags over all nodes', async t => {
  const s = await server(t)
  await s.register('a', { ID: 'web', Service: 'web', Port: 80, Tags: ['v1'] }, 'passing')
  await s.register('b', { ID: 'web', Service: 'web', Port: 80, Tags: ['v2', 'v1'] }, 'critical')
  await s.register('a', proxy('web'))
  const [web] = (await s.get<Named[]>('/v1/internal/ui/services')).filter(of => of.Name === 'web')
  t.match(web, { InstanceCount: 2, ChecksPassing: 1, ChecksCritical: 1, ConnectedWithProxy: true })
  t.strictSame([...web!['Tags'] as string[]].sort(), ['v1', 'v2'])
  t.strictSame([...web!['Nodes'] as string[]].sort(), ['a', 'b'])
})

t.test('a node with all that is on it; one that is not there is 404', async t => {
  const s = await server(t)
  await s.register('a', { ID: 'web', Service: 'web', Port: 80 }, 'passing')
  t.match(await s.get('/v1/internal/ui/node/a'), { Node: 'a', Services: [{ ID: 'web' }], Checks: [{ CheckID: 'c-web' }] })
  t.equal((await s.call('GET', '/v1/internal/ui/node/nobody')).status, 404)
  t.equal((await s.call('GET', '/v1/internal/ui/node/')).status, 400)
})

t.test('who calls whom: upstreams of the proxies, from both ends; intentions say whether it may', async t => {
  const s = await server(t)
  for (const name of ['web', 'api']) await s.register('a', { ID: name, Service: name, Port: 80 }, 'passing')
  await s.register('a', proxy('web', ['api']))
  await s.register('a', proxy('api'))
  t.equal((await s.call('PUT', '/v1/connect/intentions/exact?source=web&destination=api', { Action: 'deny' })).status, 200)
  const web = await s.get<{ Upstreams: Named[] }>('/v1/internal/ui/service-topology/web?kind=')
  t.match(web.Upstreams, [{ Name: 'api', Intention: { Allowed: false, HasExact: true } }])
  const api = await s.get<{ Downstreams: Named[] }>('/v1/internal/ui/service-topology/api?kind=')
  t.match(api.Downstreams, [{ Name: 'web', Intention: { Allowed: false } }])
  t.equal((await s.call('GET', '/v1/internal/ui/service-topology/web')).status, 400, 'a kind has to be said')
  t.equal((await s.call('GET', '/v1/internal/ui/service-topology/web?kind=nope')).status, 400)
})

t.test('the overview counts everything once for all who ask within its time', async t => {
  const clock = fakeClock()
  const s = await server(t, { clock })
  const services = async (): Promise<unknown> => (await s.get<{ Services: Named[] }>('/v1/internal/ui/catalog-overview')).Services.find(of => of.Name === 'web')
  await s.register('a', { ID: 'web', Service: 'web', Port: 80 }, 'passing')
  t.match(await services(), { Total: 1, Passing: 1 })
  await s.register('b', { ID: 'web', Service: 'web', Port: 80 }, 'critical')
  t.match(await services(), { Total: 1 })
  await clock.advance(GOOD_FOR_MS)
  t.match(await services(), { Total: 2, Passing: 1, Critical: 1 })
})
