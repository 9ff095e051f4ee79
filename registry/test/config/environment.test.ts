// Settings from the environment: one name a flag, ours first.
import t from 'tap'
import { read, refused } from './support.js'

t.test('ROSTER_ before CONSUL_, empty is not set', async t => {
  t.equal(read({ env: { ROSTER_LOG_LEVEL: 'warn', CONSUL_LOG_LEVEL: 'error' } }).log.level, 'WARN')
  t.equal(read({ env: { ROSTER_LOG_LEVEL: '', CONSUL_LOG_LEVEL: 'error' } }).log.level, 'ERROR')
  t.equal(read({ env: { ROSTER_LOG_LEVEL: '' } }).log.level, 'DEBUG')
})

t.test('kinds of values', async t => {
  const config = read({
    args: [],
    env: { ROSTER_DEV: 'true', ROSTER_HTTP_PORT: '18500', ROSTER_RECURSOR: '1.1.1.1, 8.8.8.8:5353', ROSTER_NODE_META: 'a:b,c:d', ROSTER_CONFIG_FILE: 'a.json', ROSTER_CHECK_OUTPUT_MAX_SIZE: '7', ROSTER_HCL: 'domain = "a,b"' },
    files: { 'a.json': '{"datacenter":"file"}' },
  })
  t.match(config, { dev: true, datacenter: 'file', checks: { outputMaxBytes: 7 }, dns: { domain: 'a,b.', recursors: ['1.1.1.1:53', '8.8.8.8:5353'] } })
  t.equal(config.ports.http, 18500)
  t.strictSame({ ...config.node.meta }, { a: 'b', c: 'd' })
})

t.test('a whole file in a variable, JSON or HCL', async t => {
  t.equal(read({ env: { CONSUL_LOCAL_CONFIG: ' {"node_name": "j"}' } }).node.name, 'j')
  t.equal(read({ env: { ROSTER_LOCAL_CONFIG: 'node_name = "h"' } }).node.name, 'h')
  t.equal(refused(() => read({ env: { ROSTER_LOCAL_CONFIG: 'x = 1' } }))?.stderr, '==> failed to parse ROSTER_LOCAL_CONFIG: 1 error occurred:\n\t* invalid config key x\n\n\n    at ROSTER_LOCAL_CONFIG:1\n')
})

t.test('what others put into the environment is no setting', async t => {
  const config = read({
    env: {
      CONSUL_HTTP_ADDR: 'http://10.0.0.1:8500',
      CONSUL_HTTP_TOKEN: 'x',
      CONSUL_NAMESPACE: 'n',
      ROSTER_HTTP_ADDR: 'x',
      ROSTER_ADDRESS: 'x',
      // Made by orchestrators for services called consul, consul-http, roster-dns and consul-server.
      CONSUL_PORT: 'tcp://10.0.0.1:8500',
      CONSUL_HTTP_PORT: 'tcp://10.0.0.1:8500',
      ROSTER_DNS_PORT: 'udp://10.0.0.1:8600',
      CONSUL_SERVER: '10.0.0.1',
      CONSUL_UI: 'x',
      CONSUL_DEV: 'x',
    },
  })
  t.match(config.ports, { http: 8500, dns: 8600 })
  t.equal(config.addresses.client[0], '127.0.0.1')
})

t.test('a bad value is told by the name of its variable', async t => {
  t.equal(refused(() => read({ env: { ROSTER_HTTP_PORT: 'x' } }))?.message, 'invalid value "x" for ROSTER_HTTP_PORT: strconv.Atoi: parsing "x": invalid syntax')
  t.equal(refused(() => read({ env: { CONSUL_LOG_JSON: 'x' } }))?.message, 'invalid boolean value "x" for CONSUL_LOG_JSON: strconv.ParseBool: parsing "x": invalid syntax')
})
