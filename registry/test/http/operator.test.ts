// Laws of the operator's endpoints: what one server says of itself, what it refuses, and that autopilot's configuration is kept.
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instance, startTestServer } from '../support/server.js'
import type { TestServer } from '../support/server.js'

async function server (t: { teardown: (fn: () => unknown) => void }, config: object = {}): Promise<TestServer> {
  const s = await startTestServer({ config: config as Record<string, unknown> })
  t.teardown(() => s.stop())
  return s
}

const CONFIGURATION = '/v1/operator/autopilot/configuration'

t.test('refusals, in the words that clients know', async t => {
  const s = await server(t)
  const { id } = s.roster.config.node
  const empty = (what: string, lan: boolean): string => [`${lan ? 2 : 4} errors occurred:`, ...lan ? [] : ['\t* WAN error: 1/1 nodes reported failure', `\t* test.dc1: ${what}`], '\t* dc1 (LAN) error: 1/1 nodes reported failure', `\t* test: ${what}`, '\n'].join('\n')
  const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
  const table: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, text: string]> = [
    ['DELETE', `/v1/operator/raft/peer?id=${id}`, undefined, 500, 'need at least one voter in configuration: {[]}'],
    ['DELETE', '/v1/operator/raft/peer?address=1.2.3.4:1', undefined, 500, 'address "1.2.3.4:1" was not found in the Raft configuration'],
    ['DELETE', '/v1/operator/raft/peer?id=x&dc=far', undefined, 500, 'No path to datacenter'],
    ['POST', '/v1/operator/raft/transfer-leader', undefined, 500, 'cannot find peer'],
    ['POST', `/v1/operator/raft/transfer-leader?id=${id}`, undefined, 500, 'cannot transfer leadership to itself'],
    ['GET', '/v1/operator/keyring', undefined, 500, empty('Keyring is empty (encryption not enabled)', false)],
    ['GET', '/v1/operator/keyring?local-only=true', undefined, 500, empty('Keyring is empty (encryption not enabled)', true)],
    ['POST', '/v1/operator/keyring', { Key: key }, 500, empty('No keyring to modify (encryption not enabled)', false)],
    ['PUT', '/v1/operator/keyring?relay-factor=9', { Key: key }, 400, 'Invalid relay-factor: Relay factor must be in range: [0, 5]'],
    ['DELETE', '/v1/operator/keyring?local-only=1', { Key: key }, 400, 'Invalid use of local-only: local-only can only be set for list requests'],
    ['PUT', `${CONFIGURATION}?cas=`, {}, 400, 'Error parsing cas value: strconv.ParseUint: parsing "": invalid syntax'],
    ['PUT', CONFIGURATION, { LastContactThreshold: true }, 400, 'Error parsing autopilot config: strconv.ParseFloat: parsing "true": invalid syntax'],
    ['PUT', CONFIGURATION, [], 400, 'Error parsing autopilot config: json: cannot unmarshal array into Go value of type api.AutopilotConfiguration'],
    ['GET', '/v1/operator/utilization', undefined, 404, 'operator utilization requires Consul Enterprise'],
  ]
  for (const [method, path, body, status, text] of table) {
    const answer = await s.call(method, path, body)
    t.strictSame([answer.status, await answer.text()], [status, text], `${method} ${path}`)
  }
})

t.test('autopilot\'s configuration: from the files at first, then as it was set, over restarts', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'roster-autopilot-'))
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  const config = { autopilot: { last_contact_threshold: '300ms', max_trailing_logs: 77 } }
  const first = await startTestServer({ dataDir, config })
  const { ModifyIndex } = await first.get<{ ModifyIndex: number }>(CONFIGURATION)
  t.match(await first.get(CONFIGURATION), { LastContactThreshold: '300ms', MaxTrailingLogs: 77, CleanupDeadServers: true, ServerStabilizationTime: '10s' })
  t.equal(await (await first.call('PUT', `${CONFIGURATION}?cas=0`, {})).json(), false)
  t.equal(await (await first.call('PUT', `${CONFIGURATION}?cas=${ModifyIndex}`, '{"MaxTrailingLogs":18446744073709551615,"LastContactThreshold":"1m"}')).json(), true)
  await first.stop()
  const second = await startTestServer({ dataDir, config })
  t.teardown(() => second.stop())
  const text = await (await second.call('GET', CONFIGURATION)).text()
  t.match(text, /"MaxTrailingLogs":18446744073709551615,/, 'law: 64 bits are 64 bits')
  t.match(JSON.parse(text), { LastContactThreshold: '1m0s', CleanupDeadServers: true })
})

t.test('usage counts what there is', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/catalog/register', instance('a', 'web'))
  await s.call('PUT', '/v1/catalog/register', instance('b', 'WEB'))
  await s.call('PUT', '/v1/catalog/register', { Node: 'a', Address: '10.0.0.1', Service: { Service: 'native', Port: 9, Connect: { Native: true } } })
  await s.call('PUT', '/v1/catalog/register', { Node: 'a', Address: '10.0.0.1', Service: { Kind: 'connect-proxy', Service: 'web-proxy', Port: 1, Proxy: { DestinationServiceName: 'web' } } })
  const { Usage } = await s.get<{ Usage: unknown }>('/v1/operator/usage')
  t.match(Usage, { dc1: { Nodes: 3, Services: 4, ServiceInstances: 5, BillableServiceInstances: 3, ConnectServiceInstances: { 'connect-native': 1, 'connect-proxy': 1, 'mesh-gateway': 0 } } })
})
