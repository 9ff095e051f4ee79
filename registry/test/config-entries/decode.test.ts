// Laws of reading an entry: two spellings, values of almost any type, nothing unknown, nothing that harms the process.
import t from 'tap'
import fc from 'fast-check'
import { judge, refusal } from './support.js'

const decoding = (text: string): string => `Request decoding failed: ${text}`
const shown = (body: unknown): Readonly<Record<string, unknown>> => judge(body).shown

t.test('both spellings are the same entry, at every depth', async t => {
  const camel = judge({ Kind: 'service-defaults', Name: 'web', MaxInboundConnections: 5, LocalConnectTimeoutMs: 300, UpstreamConfig: { Defaults: { ConnectTimeoutMs: 500 }, Overrides: [{ Name: 'db', MeshGateway: { Mode: 'local' } }] }, Expose: { Paths: [{ LocalPathPort: 1, ListenerPort: 2, Path: '/h' }] } })
  const snake = judge({ kind: 'service-defaults', name: 'web', max_inbound_connections: 5, local_connect_timeout_ms: 300, upstream_config: { defaults: { connect_timeout_ms: 500 }, overrides: [{ name: 'db', mesh_gateway: { mode: 'local' } }] }, expose: { paths: [{ local_path_port: 1, listener_port: 2, path: '/h' }] } })
  t.strictSame(snake.shown, camel.shown)
  t.equal(snake.hash, camel.hash)
})

t.test('values are weakly typed: numbers and switches as texts, one as a list of one, a list of one as one', async t => {
  t.match(shown({ Kind: 'service-defaults', Name: 'web', MaxInboundConnections: '5', ExternalSNI: 7, Meta: { a: 1, b: true } }), { MaxInboundConnections: 5, ExternalSNI: '7', Meta: { a: '1', b: '1' } })
  t.match(shown({ Kind: 'service-defaults', Name: 'web', Expose: { Checks: 'true' } }), { Expose: { Checks: true } })
  t.match(shown({ Kind: 'ingress-gateway', Name: 'in', Listeners: { Port: '80', Services: { Name: 'web' } } }), { Listeners: [{ Port: 80, Services: [{ Name: 'web' }] }] }, 'law: what is no list is a list of one')
  t.match(shown({ Kind: 'service-resolver', Name: 'web', Redirect: [{ Service: 'api' }] }), { Redirect: { Service: 'api' } }, 'law: as HCL writes a block that could be repeated')
  t.match(refusal({ Kind: 'service-defaults', Name: 'web', MaxInboundConnections: 'many' }), /^Request decoding failed: decoding failed due to the following error\(s\):\n\n/)
})

t.test('durations are Go texts or nanoseconds, and shown as texts', async t => {
  t.match(shown({ Kind: 'service-resolver', Name: 'web', ConnectTimeout: '1h2m', RequestTimeout: 2e9 }), { ConnectTimeout: '1h2m0s', RequestTimeout: '2s' })
  t.match(refusal({ Kind: 'service-resolver', Name: 'web', ConnectTimeout: 'soon' }), /'ConnectTimeout' time: invalid duration$/)
})

t.test('in free settings a list of one stands for its element, and then everywhere below', async t => {
  const config = (Config: object): unknown => shown({ Kind: 'proxy-defaults', Name: 'global', Config })['Config']
  t.strictSame(config({ a: [{ b: [{ c: 1 }] }], d: { e: [1] }, f: [1, 2], g: [] }), { a: { b: { c: 1 } }, d: { e: [1] }, f: [1, 2], g: [] })
  t.strictSame(config({ y: [{ z: [{ a: [1] }, { b: [2] }] }], w: [[1]] }), { y: { z: [{ a: 1 }, { b: 2 }] }, w: [1] })
})

t.test('what is no entry is refused in the words that clients know', async t => {
  const cases: ReadonlyArray<readonly [unknown, string | RegExp]> = [
    ['[]', decoding("'' expected type 'map[string]interface {}', got unconvertible type '[]interface {}'")],
    ['null', decoding('Payload does not contain a kind/Kind key at the top level')],
    [{ Name: 'x' }, decoding('Payload does not contain a kind/Kind key at the top level')],
    [{ Kind: 5 }, decoding('Kind value in payload is not a string')],
    [{ Kind: 'Service-Defaults', Name: 'x' }, decoding('invalid config entry kind: Service-Defaults')],
    [{ KIND: 'service-defaults', Name: 'x' }, decoding('Payload does not contain a kind/Kind key at the top level')],
    [{ Kind: 'service-defaults', Name: 'x', Nope: 1 }, decoding('1 error occurred:\n\t* invalid config key "Nope"\n\n')],
    [{ Kind: 'service-defaults', Name: 'x', Expose: { Nope: 1 } }, decoding('1 error occurred:\n\t* invalid config key "Expose.Nope"\n\n')],
    [{ Kind: 'service-defaults', Name: 'x', Namespace: 'n' }, decoding('1 error occurred:\n\t* invalid config key "Namespace", namespaces are a consul enterprise feature\n\n')],
    ['{', /^Request decoding failed: /],
    ['{"Kind":"service-defaults","Name":"x","MaxInboundConnections":1e999}', /cannot unmarshal number 1e999/],
  ]
  for (const [body, words] of cases) typeof words === 'string' ? t.equal(refusal(body), words) : t.match(refusal(body), words)
  t.equal(refusal({ Kind: 'service-defaults', Name: 'x', CreateIndex: 3, ModifyIndex: 4, Hash: 5 }), undefined, 'law: what a reader was shown may be sent back')
})

t.test('a null in a list of an entry is refused, wherever it stands', async t => {
  const bodies = [
    { Kind: 'service-intentions', Name: 'web', Sources: [null] },
    { Kind: 'service-intentions', Name: 'web', Sources: [{ Name: 'a', Permissions: [null] }] },
    { Kind: 'service-intentions', Name: 'web', JWT: { Providers: [null] }, Sources: [{ Name: 'a', Action: 'allow' }] },
    { Kind: 'service-defaults', Name: 'web', UpstreamConfig: { Overrides: [null] } },
    { Kind: 'jwt-provider', Name: 'p', JSONWebKeySet: { Local: { JWKS: 'e30=' } }, Locations: [null] },
  ]
  for (const body of bodies) t.match(refusal(body), /\[0\]' must not be null$/, JSON.stringify(body))
})

t.test('no key has a meaning of its own, and depth has an end', async t => {
  const { shown } = judge('{"Kind":"proxy-defaults","Name":"global","Config":{"__proto__":{"polluted":true},"constructor":1}}')
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  t.strictSame(Object.keys(shown['Config'] as object).sort(), ['__proto__', 'constructor'])
  const deep = `{"Kind":"proxy-defaults","Name":"global","Config":{"a":${'['.repeat(5000)}1${']'.repeat(5000)}}}`
  t.match(refusal(deep), /depth/)
})

t.test('no body, whatever it is, does more than be refused', async t => {
  const kinds = ['service-defaults', 'proxy-defaults', 'service-router', 'service-splitter', 'service-resolver', 'ingress-gateway', 'terminating-gateway', 'service-intentions', 'mesh', 'exported-services', 'api-gateway', 'http-route', 'tcp-route', 'inline-certificate', 'jwt-provider']
  const keys = ['Name', 'Protocol', 'Routes', 'Splits', 'Subsets', 'Failover', 'Redirect', 'Sources', 'Listeners', 'Services', 'Rules', 'Parents', 'Config', 'Match', 'HTTP', 'Destination', 'Weight', 'Targets', 'Meta', 'TLS', 'JSONWebKeySet', 'Local', 'JWKS', 'Hostnames']
  const value = fc.letrec(tie => ({
    any: fc.oneof({ depthSize: 'small' }, fc.constantFrom(null, '', 'web', '*', 'http', '5s', true, -1, 0, 1e9, 0.5), fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 4 })),
  })).any
  fc.assert(fc.property(fc.constantFrom(...kinds), fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 5 }), (Kind, more) => {
    try {
      judge({ ...more, Kind })
    } catch (error) {
      return (error as { code?: string }).code !== undefined && /^(CONFIG_DECODE|CONFIG_ENTRY|ONLY_BY_CONTROLLER)$/.test((error as { code: string }).code)
    }
    return true
  }), { seed: 4, numRuns: 1500 })
})
