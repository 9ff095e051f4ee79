// Definitions in files become what a registration over HTTP is, with the habits that files alone have.
import t from 'tap'
import { read, readFile, refused } from './support.js'
import type { RuntimeConfig } from '../../src/config/runtime-config.js'

const services = (text: string): RuntimeConfig['definitions']['services'] => readFile(text, 'x.hcl').definitions.services
const checks = (text: string): RuntimeConfig['definitions']['checks'] => readFile(text, 'x.hcl').definitions.checks

t.test('a whole service', async t => {
  const [service] = services(`service {
    kind = "" id = "web-1" name = "web" tags = ["a", "b"] address = "10.0.0.3" port = 80 token = "t" enable_tag_override = true
    meta { k = "v" __proto__ = "p" }
    tagged_addresses { lan { address = "10.0.0.4" port = 4 } wan { address = "1.2.3.4" } }
    weights { passing = 3 }
    locality { region = "r" zone = "z" }
    checks = [{ http = "http://x/" interval = "10s" }, { id = "second" ttl = "1m" service_id = "other" token = "own" }]
    check { tcp = "x:1" interval = "1500ms" }
  }`)
  t.match(service, {
    id: 'web-1', name: 'web', tags: ['a', 'b'], address: '10.0.0.3', port: 80, ports: null, token: 't', enableTagOverride: true, socketPath: '', weights: { passing: 3, warning: 1 }, locality: { region: 'r', zone: 'z' }, proxy: null, connect: null, check: null,
  })
  t.strictSame(Object.entries(service!.meta!), [['k', 'v'], ['__proto__', 'p']])
  t.strictSame({ ...service!.taggedAddresses }, { lan: { address: '10.0.0.4', port: 4 }, wan: { address: '1.2.3.4', port: 0 } })
  // The single check comes last; who it belongs to is the service's affair.
  t.match(service!.checks, [{ http: 'http://x/', intervalMs: 10_000, id: '' }, { id: 'second', ttlMs: 60_000, serviceId: '', token: '' }, { tcp: 'x:1', intervalMs: 1500 }])
})

t.test('what a service does not say is empty', async t => {
  t.strictSame(services('service { name = "x" }'), [{
    kind: '', id: '', name: 'x', tags: [], address: '', taggedAddresses: null, meta: null, port: 0, ports: null, socketPath: '', check: null, checks: [], weights: null, token: '', enableTagOverride: false, locality: null, proxy: null, connect: null,
  }])
})

t.test('proxy and sidecar', async t => {
  const [service] = services(`service { name = "x" port = 1 connect { sidecar_service { port = 2 proxy {
    local_service_port = 3 mode = "direct" config { a { b = 1 } c = [1, 2] }
    upstreams { destination_name = "a" local_bind_port = 5 mesh_gateway { mode = "local" } }
    upstreams = [{ destination_type = "prepared_query" destination_name = "q" local_bind_socket_path = "/s" datacenter = "dc2" }]
    expose { checks = true paths { path = "/h" listener_port = 1 local_path_port = 2 protocol = "http2" } }
    transparent_proxy { outbound_listener_port = 9 }
  } } } }`)
  const sidecar = service!.connect!.sidecarService!
  t.match(sidecar, { name: '', port: 2, connect: null })
  t.match(sidecar.proxy, {
    LocalServicePort: 3,
    Mode: 'direct',
    Upstreams: [
      { DestinationType: 'service', DestinationName: 'a', LocalBindPort: 5, MeshGateway: { Mode: 'local' } },
      { DestinationType: 'prepared_query', DestinationName: 'q', LocalBindSocketPath: '/s', Datacenter: 'dc2' },
    ],
    Expose: { Checks: true, Paths: [{ Path: '/h', ListenerPort: 1, LocalPathPort: 2, Protocol: 'http2' }] },
    TransparentProxy: { OutboundListenerPort: 9 },
  })
  t.strictSame(JSON.parse(JSON.stringify(sidecar.proxy!.Config)), { a: { b: 1 }, c: [1, 2] })
})

t.test('checks: other spellings, TLS of pings, durations in ms', async t => {
  t.match(checks('check { name = "c" ScriptArgs = ["a", "b"] ServiceID = "s" DockerContainerID = "d" TLSSkipVerify = true DeregisterCriticalServiceAfter = "90s" interval = "1m" }'),
    [{ args: ['a', 'b'], serviceId: 's', dockerContainerId: 'd', tlsSkipVerify: true, deregisterCriticalServiceAfterMs: 90_000, intervalMs: 60_000 }])
  t.match(checks('check { name = "c" args = ["own"] ScriptArgs = ["alias"] interval = "1m" }'), [{ args: ['own'] }], 'a key counts before its other spellings')
  for (const [text, useTls] of [['h2ping = "x:1"', true], ['h2ping = "x:1" h2ping_use_tls = false', false], ['http = "http://x"', false]] as const) {
    t.match(checks(`check { name = "c" ${text} interval = "1s" }`), [{ h2pingUseTls: useTls }], text)
  }
  t.match(checks('check { name = "c" header { A = ["1", "2"] } http = "http://x" interval = "1s" output_max_size = 5 timeout = "250ms" success_before_passing = 1 failures_before_warning = 2 failures_before_critical = 3 }'),
    [{ outputMaxBytes: 5, timeoutMs: 250, successBeforePassing: 1, failuresBeforeWarning: 2, failuresBeforeCritical: 3 }])
})

t.test('every file may have its own service and check', async t => {
  const { definitions } = read({
    args: ['-dev', '-config-dir', 'd'],
    files: { 'd/a.json': '{"service":{"name":"a"},"check":{"name":"ca","ttl":"1s"}}', 'd/b.json': '{"services":[{"name":"b"}],"service":{"name":"c"},"checks":[{"name":"cb","ttl":"1s"}]}' },
  })
  t.strictSame(definitions.services.map(({ name }) => name), ['a', 'b', 'c'])
  t.strictSame(definitions.checks.map(({ name }) => name), ['ca', 'cb'])
})

t.test('the place of a bad definition is its own file and line', async t => {
  t.strictSame(refused(() => read({ args: ['-dev', '-config-dir', 'd'], files: { 'd/a.hcl': 'service { name = "a" }', 'd/b.hcl': '\n\nservice {\n name = "b"\n check {\n  ttl = "0s" } }' } }))?.at, ['d/b.hcl:6'])
  t.strictSame(refused(() => read({ args: ['-dev', '-config-dir', 'd'], files: { 'd/a.hcl': 'check { name = "a" ttl = "1s" }', 'd/b.hcl': '\ncheck {\n ttl = "1" }' } }))?.at, ['d/b.hcl:3'])
})
