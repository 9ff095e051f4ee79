// Laws of check bodies: the compatible refusals, which id key and which aliases each place has, and TLS of HTTP/2 pings by default.
import t from 'tap'
import { decodeAgentCheckRegister, decodeAgentCheckUpdate } from '../../../../src/http/decode/bodies/check.js'
import { decodeAgentServiceRegister } from '../../../../src/http/decode/bodies/service.js'
import { decodeAgentToken } from '../../../../src/http/decode/bodies/agent-token.js'
import { bytesOf, refusal } from '../refusal.js'

const decode = (body: unknown) => decodeAgentCheckRegister(bytesOf(body))
const why = (body: unknown): string => refusal(decodeAgentCheckRegister, body).replace('Request decode failed: ', '')
const inService = (check: unknown) => decodeAgentServiceRegister(bytesOf({ Name: 'x', Check: check })).check
const unknown = (key: string): string => `json: unknown field "${key}"`

t.test('refusals that a compatible agent words itself', async t => {
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [
    ['', 'EOF'], ['{', 'unexpected EOF'], [{ CheckID: 'x', Name: 'y', TTL: '1m' }, unknown('CheckID')], [{ Name: 'x', TTL: '1m', Service: 'web' }, unknown('Service')], [{ Name: 'x', TTL: 'abc' }, 'time: invalid duration "abc"'], [{ Name: 'x', ttl: '1m', timeout: 'abc' }, 'time: invalid duration "abc"'],
    [{ Name: 'old', Script: 'true' }, unknown('Script')], [{ Name: 'x', Interval: '10' }, 'time: missing unit in duration "10"'], [{ Name: 'x', Interval: '1d' }, 'time: unknown unit "d" in duration "1d"'], [{ Name: 'x', Timeout: 'x' }, 'time: invalid duration "x"'], [{ Name: 'x', DeregisterCriticalServiceAfter: 'x' }, 'time: invalid duration "x"'],
    [{ Name: 'x', Extra: 1 }, unknown('Extra')], [{ Name: 'x', success_before_passing: 1 }, unknown('success_before_passing')], [{ Name: 'x', check_id: 'x' }, unknown('check_id')], [{ Name: 'x', ProxyHTTP: 'x' }, unknown('ProxyHTTP')],
  ]
  for (const [body, expected] of cases) t.equal(why(body), expected, JSON.stringify(body))
  for (const [body, found] of [['[]', 'array'], [{ Name: 7 }, 'number'], [{ Header: { a: 'b' } }, 'string'], [{ SuccessBeforePassing: '2' }, 'string']] as const) t.match(why(body), `json: cannot unmarshal ${found} into Go `, JSON.stringify(body))
})

t.test('durations: Go syntax or nanoseconds; other types are absent', async t => {
  t.match(decode({ TTL: '10m', Interval: 1500000, Timeout: '250ms', deregister_critical_service_after: '1h' }), { ttlMs: 600000, intervalMs: 1.5, timeoutMs: 250, deregisterCriticalServiceAfterMs: 3600000 })
  t.match(decode({ TTL: true, Interval: {}, Timeout: null }), { ttlMs: 0, intervalMs: 0, timeoutMs: 0 })
  t.equal(decode({ TTL: '-1s' }).ttlMs, -1000)
})

t.test('aliases of arguments, in this order', async t => {
  t.same(decode({ script_args: ['c'], Args: ['b'], ScriptArgs: ['a'] }).args, ['a'])
  t.same(decode({ script_args: ['c'], args: ['b'] }).args, ['b'])
  t.same(decode({ script_args: ['c'], Args: [] }).args, ['c'])
  t.same(decode({}).args, [])
})

t.test('aliases elsewhere', async t => {
  t.match(decode({ service_id: 's', docker_container_id: 'd', tls_server_name: 'n', tls_skip_verify: true, tcp_use_tls: true, grpc_use_tls: true, disable_redirects: true }),
    { serviceId: 's', dockerContainerId: 'd', tlsServerName: 'n', tlsSkipVerify: true, tcpUseTls: true, grpcUseTls: true, disableRedirects: true })
})

t.test('a ping uses TLS unless either spelling says no; without one only a yes counts', async t => {
  const cases: ReadonlyArray<readonly [body: object, tls: boolean]> = [
    [{ H2PING: 'a:1' }, true], [{ H2PING: 'a:1', H2PingUseTLS: false }, false], [{ H2PING: 'a:1', h2ping_use_tls: false }, false], [{ H2PING: 'a:1', H2PingUseTLS: true, h2ping_use_tls: false }, false], [{ H2PING: 'a:1', H2PingUseTLS: false, h2ping_use_tls: true }, false], [{ H2PING: 'a:1', H2PingUseTLS: null }, true],
    [{}, false], [{ H2PingUseTLS: true }, true], [{ h2ping_use_tls: true }, true], [{ H2PING: '', h2ping_use_tls: false }, false],
  ]
  for (const [body, tls] of cases) t.equal(decode({ Name: 'x', ...body }).h2pingUseTls, tls, JSON.stringify(body))
})

t.test('inside a service: its own id key, no service id, no token', async t => {
  t.match(inService({ CheckID: 'c', Name: 'n', Status: 'passing', ServiceID: 'x', TTL: '1s', ProxyGRPC: 'p' }), { id: 'c', name: 'n', status: 'passing', serviceId: '', token: '', ttlMs: 1000 })
  t.match(inService({ service_id: 'x', TTL: '1s', Header: { a: ['b'] }, DisableRedirects: true, OutputMaxSize: 5 }), { serviceId: '', header: { a: ['b'] }, disableRedirects: true, outputMaxBytes: 5 })
  t.match(decode({ ID: 'c', Token: 't', ServiceID: 's' }), { id: 'c', token: 't', serviceId: 's' })
})

t.test('check/update and agent/token', async t => {
  t.same(decodeAgentCheckUpdate(bytesOf({ status: 'passing', Output: 'o' })), { status: 'passing', output: 'o' })
  t.equal(refusal(decodeAgentCheckUpdate, ''), 'Request decode failed: EOF')
  t.equal(refusal(decodeAgentCheckUpdate, { Status: 'passing', Note: 'x' }), 'Request decode failed: json: unknown field "Note"')
  t.match(refusal(decodeAgentCheckUpdate, { Status: 1 }), 'Request decode failed: json: cannot unmarshal number into Go ')
  t.same(decodeAgentToken(bytesOf({ token: 'x' })), { token: 'x' })
  t.equal(refusal(decodeAgentToken, { Tokens: 'x' }), 'Request decode failed: json: unknown field "Tokens"')
  t.equal(refusal(decodeAgentToken, ''), 'Request decode failed: EOF')
})
