// A reload takes over what can change while the server runs, and says what waits for a restart.
import t from 'tap'
import { reloaded } from '../../src/config/reload.js'
import { read } from './support.js'

const now = (hcl: string): ReturnType<typeof read> => read({ args: ['-dev', '-hcl', hcl] })

t.test('definitions, log level, DNS and limits change at once', async t => {
  const running = now('service { name = "a" } log_level = "info"')
  const { config, waiting } = reloaded(running, now('service { name = "b" } check { name = "c" ttl = "1s" } log_level = "warn" dns_config { node_ttl = "5s" } recursors = ["1.1.1.1"] limits { kv_max_value_size = 7 } roster { guard { ratio = 0.5 } }'))
  t.strictSame(waiting, [])
  t.match(config, { definitions: { services: [{ name: 'b' }], checks: [{ name: 'c' }] }, log: { level: 'WARN' }, dns: { nodeTtlMs: 5000, recursors: ['1.1.1.1:53'] }, limits: { kvMaxValueBytes: 7 }, guard: { ratio: 0.5 } })
  t.throws(() => { (config.log as { level: string }).level = 'x' }, TypeError)
})

t.test('everything else stays and is named', async t => {
  const running = now('datacenter = "dc1"')
  const { config, waiting } = reloaded(running, now('datacenter = "dc2" primary_datacenter = "dc1" ports { http = 1 } domain = "x" log_json = true node_meta { a = "b" } roster { limits { headers_timeout = "1s" } }'))
  t.strictSame([...waiting].sort(), ['datacenter', 'dns.domain', 'limits.headersTimeoutMs', 'listen', 'log.json', 'node.meta', 'ports'].sort())
  t.match(config, { datacenter: 'dc1', ports: { http: 8500 }, dns: { domain: 'consul.' }, log: { json: false } })
})

t.test('the node keeps its ID, whatever is read', async t => {
  const running = { ...now(''), node: { ...now('').node, id: 'kept' } }
  const { config, waiting } = reloaded(running, now(''))
  t.equal(config.node.id, 'kept')
  t.strictSame(waiting, [])
})
