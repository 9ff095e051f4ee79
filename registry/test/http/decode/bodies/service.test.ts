// Laws of a service body: the compatible refusals text by text, every alias, what is kept as sent and what a sidecar is.
import t from 'tap'
import { agentServiceRegister, decodeAgentServiceRegister } from '../../../../src/http/decode/bodies/service.js'
import { bytesOf, refusal } from '../refusal.js'

const decode = (body: unknown) => decodeAgentServiceRegister(bytesOf(body))
const why = (body: unknown): string => refusal(decodeAgentServiceRegister, body).replace('Request decode failed: ', '')
const unknown = (key: string): string => `json: unknown field "${key}"`
const cannot = (found: string): RegExp => new RegExp(`^json: cannot unmarshal ${found} into Go `)

t.test('refusals that a compatible agent words itself', async t => {
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [
    ['', 'EOF'], [' ', 'EOF'], ['{', 'unexpected EOF'], ['{"Name":', 'unexpected EOF'], ['nope', "invalid character 'o' in literal null (expecting 'u')"],
    ['{"Name":"x",}', "invalid character '}' looking for beginning of object key string"], ["{'Name':'x'}", "invalid character '\\'' looking for beginning of object key string"], ['\ufeff{"Name":"bom"}', "invalid character 'ï' looking for beginning of value"], ['{"Name":"tab\tin"}', "invalid character '\\t' in string literal"],
    [{ Name: 'x', Bogus: 1 }, unknown('Bogus')], [{ Name: 'x', Service: 'y' }, unknown('Service')], [{ Name: 'x', Check: { TTL: '1m', Bogus: 1 } }, unknown('Bogus')], [{ Name: 'x', Weights: { Nope: 1 } }, unknown('Nope')], [{ Name: 'x', Proxy: { Nope: 1 } }, unknown('Nope')],
    [{ Name: 'x', socket_path: '/x' }, unknown('socket_path')], [{ Name: 'x', TaggedAddresses: { lan: { Nope: 1 } } }, unknown('Nope')], [{ Name: 'x', Namespace: 'default' }, unknown('Namespace')], [{ Name: 'x', Partition: 'default' }, unknown('Partition')],
    [{ Name: 'x', Ports: [{ Name: 'a', Port: 1, Extra: 1 }] }, unknown('Extra')], [{ Name: 'x', Check: { ID: 'x', TTL: '1m' } }, unknown('ID')], [{ Name: 'x', Check: { disable_redirects: true } }, unknown('disable_redirects')], [{ Name: 'x', Check: { success_before_passing: 1 } }, unknown('success_before_passing')],
    [{ Name: 'p', Proxy: { transparent_proxy: { outbound_listener_port: 1 } } }, unknown('outbound_listener_port')], [{ Name: 'p', Proxy: { Upstreams: [{ DestinationName: 'a', nope: 1 }] } }, unknown('nope')],
    [{ Name: 'x', Check: { TTL: 'ten' } }, 'time: invalid duration "ten"'], [{ Name: 'x', Check: { TTL: '10' } }, 'time: missing unit in duration "10"'], [{ Name: 'x', Check: { TTL: '' } }, 'time: invalid duration ""'], [{ Name: 'x', Check: { HTTP: 'http://x/', Interval: '1x' } }, 'time: unknown unit "x" in duration "1x"'],
    [{ Name: 'e', Check: { TTL: '1s', DeregisterCriticalServiceAfter: '' } }, 'time: invalid duration ""'], [{ Name: 'e', Check: { Timeout: 'b', Interval: 'a' } }, 'time: invalid duration "a"'], [{ Name: 'x', Connect: { SidecarService: { Nope: 1 } } }, unknown('Nope')], [{ Name: 'x', Connect: { sidecar_service: { Check: { TTL: 'x' } } } }, 'time: invalid duration "x"'],
  ]
  for (const [body, expected] of cases) t.equal(why(body), expected, JSON.stringify(body))
})

t.test('values of another type', async t => {
  const cases: ReadonlyArray<readonly [body: unknown, found: string]> = [
    ['[]', 'array'], ['"x"', 'string'], ['1', 'number'], ['true', 'bool'], [{ Name: 1 }, 'number'], [{ Name: ['x'] }, 'array'], [{ Name: 'x', Port: '80' }, 'string'], [{ Name: 'x', Port: 80.5 }, 'number 80.5'], ['{"Name":"x","Port":80.0}', 'number 80.0'], ['{"Name":"x","Port":8e1}', 'number 8e1'],
    ['{"Name":"x","Port":99999999999999999999}', 'number 99999999999999999999'], [{ Name: 'x', Tags: 'a' }, 'string'], [{ Name: 'x', Tags: [1] }, 'number'], [{ Name: 'x', Tags: { a: 1 } }, 'object'], [{ Name: 'x', Meta: { a: 1 } }, 'number'], [{ Name: 'x', Meta: ['a'] }, 'array'], [{ Name: 'x', EnableTagOverride: 'true' }, 'string'],
    [{ Name: 'x', EnableTagOverride: 1 }, 'number'], [{ Name: 'x', Weights: { Passing: '1' } }, 'string'], [{ Name: 'x', TaggedAddresses: { lan: '1.2.3.4' } }, 'string'], [{ Name: 'x', Checks: { TTL: '1m' } }, 'object'], [{ Name: 'x', Check: [{ TTL: '1m' }] }, 'array'], [{ Name: 'x', Ports: { a: 1 } }, 'object'], [{ Name: 'x', Check: { Args: 'true' } }, 'string'],
  ]
  for (const [body, found] of cases) t.match(why(body), cannot(found), JSON.stringify(body))
  t.equal(why({ Name: 'x', Check: { Args: 'true' } }), 'json: cannot unmarshal string into Go struct field .Alias.Check.args of type []string')
})

t.test('what gets through', async t => {
  for (const body of ['null', '{}', '{"Name":"trail"} {"Name":"ing"}', '{"Name":"garbage"} xxx', { Name: null }, { Name: 'x', Connect: { nope: 1 } }, { Name: 'x', Check: { TTL: true } }, { Name: 'x', Check: { TTL: {} } }, '{"Name":"\\ud800x"}']) t.equal(why(body), 'ok', JSON.stringify(body))
  t.equal(decode('{"Name":"a","Name":"b","name":"c"}').name, 'c')
  t.equal(decode(Buffer.from('7b224e616d65223a22ff227d', 'hex')).name, '\ufffd')
  t.equal(decode('{"Name":"nul\\u0000in"}').name, 'nul\0in')
})

t.test('an absent field is told from an empty one where it matters', async t => {
  t.match(decode({ Name: 'x' }), { kind: '', id: '', tags: null, meta: null, taggedAddresses: null, port: 0, ports: null, weights: null, check: null, checks: [], locality: null, proxy: null, connect: null, token: '' })
  t.match(decode({ Name: 'x', Tags: [], Meta: {}, Weights: {} }), { tags: [], weights: { passing: 0, warning: 0 } })
  t.same(Object.keys(decode({ Name: 'x', Meta: {} }).meta ?? { absent: '' }), [])
})

t.test('aliases', async t => {
  const body = decode({
    name: 'x',
    enable_tag_override: true,
    tagged_addresses: { lan: { address: '10.0.0.1', port: 5 } },
    connect: { sidecar_service: { port: 7 } },
    proxy: {
      destination_service_name: 'a',
      destination_service_id: 'b',
      local_service_address: 'c',
      local_service_port: 1,
      local_service_socket_path: 'd',
      mesh_gateway: { mode: 'local' },
      transparent_proxy: { OutboundListenerPort: 2 },
      access_logs: { Enabled: true },
      upstreams: [{ destination_type: 't', destination_namespace: 'n', destination_partition: 'p', destination_peer: 'e', destination_name: 'o', local_bind_address: 'l', local_bind_port: 3, local_bind_socket_path: 's', local_bind_socket_mode: 'm', mesh_gateway: { Mode: 'remote' } }],
      expose: { checks: true, paths: [{ listener_port: 4, path: '/', local_path_port: 5, parsed_from_check: true }] },
    },
  })
  t.equal(body.enableTagOverride, true)
  t.match(body.taggedAddresses, { lan: { address: '10.0.0.1', port: 5 } })
  t.equal(body.connect?.sidecarService?.port, 7)
  t.match(body.proxy, {
    DestinationServiceName: 'a',
    DestinationServiceID: 'b',
    LocalServiceAddress: 'c',
    LocalServicePort: 1,
    LocalServiceSocketPath: 'd',
    MeshGateway: { Mode: 'local' },
    TransparentProxy: { OutboundListenerPort: 2 },
    AccessLogs: { Enabled: true },
    Upstreams: [{ DestinationType: 't', DestinationNamespace: 'n', DestinationPartition: 'p', DestinationPeer: 'e', DestinationName: 'o', LocalBindAddress: 'l', LocalBindPort: 3, LocalBindSocketPath: 's', LocalBindSocketMode: 'm', MeshGateway: { Mode: 'remote' } }],
    Expose: { Checks: true, Paths: [{ ListenerPort: 4, Path: '/', LocalPathPort: 5, ParsedFromCheck: true }] },
  })
})

t.test('an empty single check is none, an empty member of the list is one', async t => {
  t.equal(decode({ Name: 'x', Check: {} }).check, null)
  t.equal(decode({ Name: 'x', Check: { ServiceID: 'ignored' } }).check, null)
  t.equal(decode({ Name: 'x', Check: { Notes: 'n' } }).check?.notes, 'n')
  t.equal(decode({ Name: 'x', Checks: [{}] }).checks.length, 1)
})

t.test('free settings of a proxy are kept as sent', async t => {
  const { proxy } = decode({ Name: 'x', Proxy: { Config: { a: 1.5, b: [true, null], c: { d: 'e' } } } })
  t.match(proxy?.Config, { a: 1.5, b: [true, null], c: { d: 'e' } })
})

t.test('the schema names every field', async t => {
  const { properties } = agentServiceRegister.schema() as { properties: Record<string, unknown> }
  t.same(Object.keys(properties).sort(), ['Address', 'Check', 'Checks', 'Connect', 'EnableTagOverride', 'ID', 'Kind', 'Locality', 'Meta', 'Name', 'Port', 'Ports', 'Proxy', 'SocketPath', 'TaggedAddresses', 'Tags', 'Token', 'Weights'])
})
