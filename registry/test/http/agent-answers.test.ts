// What the agent's endpoints answer and refuse, in the words that clients of the compatible API know.
import t from 'tap'
import { startTestServer } from '../support/server.js'
import type { TestServer } from '../support/server.js'

type Row = readonly [method: string, path: string, body: unknown, status: number, answer: string | RegExp]

const UNKNOWN_CHECK = (id: string): string => `Unknown check ID "${id}". Ensure that the check ID is passed, not the check name.`
const UNKNOWN_SERVICE = (id: string): string => `Unknown service ID "${id}". Ensure that the service ID is passed, not the service name.`

const REFUSED: readonly Row[] = [
  ['PUT', '/v1/agent/service/register', {}, 400, 'Missing service name'],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Address: '::' }, 400, 'Invalid service address'],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Weights: { Passing: 0 } }, 400, 'Invalid Weights: Passing must be greater than 0'],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Meta: { 'consul-x': '' } }, 400, /^Invalid Service Meta: .*reserved for internal use$/],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Kind: 'connect-proxy' }, 400, /^Validation failed: 2 errors occurred:\n/],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Check: { TTL: '1m', Status: 'up' } }, 400, "Status for checks must 'passing', 'warning', 'critical'"],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Ports: [{ Name: 'a', Port: 1, Default: true }], Connect: { SidecarService: {} } }, 400, 'MultiPort cannot be used with Consul Connect.'],
  ['PUT', '/v1/agent/service/register', { Name: 'x', Check: { Args: ['x'], Interval: '1s' } }, 500, /^Scripts are disabled on this agent from remote calls/],
  ['PUT', '/v1/agent/service/register?ns=a', { Name: 'x' }, 400, /Namespaces are a Consul Enterprise feature$/],
  ['PUT', '/v1/agent/service/deregister/x', undefined, 404, UNKNOWN_SERVICE('x')],
  ['PUT', '/v1/agent/service/maintenance/', undefined, 400, 'Missing service ID'],
  ['PUT', '/v1/agent/service/maintenance/x', undefined, 400, 'Missing value for enable'],
  ['PUT', '/v1/agent/service/maintenance/x?enable=maybe', undefined, 400, 'Invalid value for enable: "maybe"'],
  ['PUT', '/v1/agent/service/maintenance/x?enable=true', undefined, 404, UNKNOWN_SERVICE('x')],
  ['GET', '/v1/agent/service/x', undefined, 404, 'unknown service ID: x'],
  ['PUT', '/v1/agent/check/register', { TTL: '1m' }, 400, 'Missing check name'],
  ['PUT', '/v1/agent/check/register', { Name: 'x', TTL: '1m', Status: 'up' }, 400, 'Bad check status'],
  ['PUT', '/v1/agent/check/register', { Name: 'x', TTL: '1m', Interval: '1m' }, 400, 'Invalid check: Interval and TTL cannot both be specified'],
  ['PUT', '/v1/agent/check/register', { Name: 'x', TTL: '1m', ServiceID: 'none' }, 404, 'ServiceID "none" does not exist'],
  ['PUT', '/v1/agent/check/deregister/x', undefined, 404, UNKNOWN_CHECK('x')],
  ['PUT', '/v1/agent/check/pass/x', undefined, 404, UNKNOWN_CHECK('x')],
  ['PUT', '/v1/agent/check/update/x', { Status: 'up' }, 400, "Invalid check status: 'up'"],
  ['GET', '/v1/agent/checks?filter=(', undefined, 500, /^Failed to create boolean expression evaluator: /],
  ['GET', '/v1/agent/members?wan=1&segment=a', undefined, 400, 'Cannot provide a segment with wan=true'],
  ['GET', '/v1/agent/members?segment=a', undefined, 500, 'Network segments are not supported in this version of Consul'],
  ['PUT', '/v1/agent/force-leave/nobody', undefined, 500, "agent: No node found with name 'nobody'"],
  ['PUT', '/v1/agent/join/', undefined, 500, '1 error occurred:\n\t* Failed to resolve : lookup : no such host\n\n'],
  ['PUT', '/v1/agent/token/default', { Token: 'x' }, 401, 'ACL support disabled'],
  ['GET', '/v1/agent/monitor?loglevel=loud', undefined, 400, 'Unknown log level: loud'],
  ['GET', '/v1/agent/health/service/id/', undefined, 500, 'Missing serviceID'],
]

t.test('refusals', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  for (const [method, path, body, status, answer] of REFUSED) {
    const response = await server.call(method, path, body)
    t.equal(response.status, status, `${path} ${JSON.stringify(body) ?? ''}`)
    t.match(await response.text(), answer)
  }
  t.same([server.roster.state.agent.services.size, server.roster.state.agent.checks.size], [0, 0], 'and nothing was changed by any of them')
})

const word = async (server: TestServer, path: string): Promise<string> => {
  const response = await server.call('GET', path, undefined, { accept: 'text/plain' })
  return `${response.status} ${await response.text()} (${response.headers.get('x-consul-reason')})`
}

t.test('local health as a status code and a word', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const id = '/v1/agent/health/service/id/w'
  t.equal(await word(server, id), '404 ServiceId w not found (ServiceId w not found)')
  t.same(await server.get(id), { AggregatedStatus: 'critical', Service: null, Checks: null })
  await server.call('PUT', '/v1/agent/service/register', { ID: 'w', Name: 'web', Check: { CheckID: 'c', TTL: '1m', Status: 'passing' } })
  t.equal(await word(server, id), '200 passing (passing)')
  await server.call('PUT', '/v1/agent/check/warn/c')
  t.equal(await word(server, id), '429 warning (warning)')
  await server.call('PUT', '/v1/agent/check/fail/c?note=why')
  t.equal(await word(server, '/v1/agent/health/service/name/web'), '503 critical (critical)')
  t.match(await server.get(id), { AggregatedStatus: 'critical', Service: { ID: 'w' }, Checks: [{ CheckID: 'c', Output: 'why', Type: '', ServiceTags: null }] })
  await server.call('PUT', '/v1/agent/maintenance?enable=true')
  t.equal(await word(server, id), '503 maintenance (maintenance)')
  t.equal(await word(server, '/v1/agent/health/service/name/none'), '404 ServiceName none Not Found (ServiceName none Not Found)')
})

t.test('members, as one server knows them', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  t.match(await server.get('/v1/agent/members'), [{ Name: 'test', Addr: '127.0.0.1', Status: 1, Tags: { role: 'consul', dc: 'dc1' } }])
  t.match(await server.get('/v1/agent/members?wan=1'), [{ Name: 'test.dc1' }])
  t.same(await server.get('/v1/agent/members?filter=Name==other'), [])
  t.equal((await server.call('PUT', '/v1/agent/join/127.0.0.1')).status, 200)
  t.equal((await server.call('PUT', '/v1/agent/force-leave/test.dc1?wan')).status, 200)
})

t.test('a check that may not run here takes the place of the one under its id, and is refused', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/agent/check/register', { Name: 'c', TTL: '1m' })
  t.equal((await server.call('PUT', '/v1/agent/check/register', { Name: 'c', OSService: 'x', Interval: '1m' })).status, 500)
  t.same(await server.get('/v1/agent/checks'), {})
})
