// Every real key is taken; every other one is refused; the list that the docs are made from is whole.
import t from 'tap'
import { keyList } from '../../src/config/key-list.js'
import { RELOADED } from '../../src/config/reload.js'
import { defaults } from '../../src/config/defaults.js'
import { readFile, refused } from './support.js'

t.test('what launchers and test harnesses of the ecosystem write', async t => {
  const settings = {
    node_name: 'node-1',
    node_id: '11111111-2222-3333-4444-555555555555',
    node_meta: { a: 'b' },
    locality: { region: 'r', zone: 'z' },
    performance: { raft_multiplier: 1 },
    bootstrap: true,
    server: true,
    partition: 'default',
    retry_join: ['127.0.0.1:1'],
    data_dir: '/d',
    datacenter: 'dc1',
    segments: null,
    disable_update_check: true,
    log_level: 'debug',
    bind_addr: '127.0.0.1',
    addresses: { http: 'unix:///tmp/x' },
    ports: { dns: 1, http: 2, https: 3, serf_lan: 4, serf_wan: 5, server: 6, grpc: 7, grpc_tls: 8, proxy_min_port: 9, proxy_max_port: 10 },
    raft_protocol: 3,
    acl_datacenter: 'dc1',
    primary_datacenter: 'dc1',
    acl_default_policy: 'allow',
    acl: { enabled: true, enable_token_replication: true, policy_ttl: '1s', token_ttl: '1s', down_policy: 'deny', default_policy: 'deny', enable_key_list_policy: true, tokens: { replication: 'r', default: 'd', agent: 'a', master: 'm', agent_master: 'n' } },
    encrypt: 'pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=',
    ca_file: 'a',
    cert_file: 'b',
    key_file: 'c',
    verify_incoming: true,
    verify_incoming_rpc: true,
    verify_incoming_https: true,
    verify_outgoing: true,
    enable_script_checks: true,
    connect: { enabled: true, ca_config: { cluster_id: '11111111-2222-3333-4444-555555555555' } },
    enable_debug: true,
    skip_leave_on_interrupt: true,
    peering: { enabled: true },
    autopilot: { server_stabilization_time: '1s' },
    audit: { enabled: false, sink: { s: { type: 'file' } } },
    version: '1.22.0',
    experiments: ['x'],
  }
  t.match(readFile(JSON.stringify(settings)), { version: '1.22.0', node: { id: '11111111-2222-3333-4444-555555555555' } })
})

t.test('each key of the list is taken, in any letter case; none without it', async t => {
  const below = (path: string, value: unknown): unknown => path.split('.').reduceRight<unknown>((inner, step) => {
    const [, name, kind] = /^(\w+)(\[\]|\[NAME\])?$/.exec(step)!
    return { [name!.toUpperCase()]: kind === '[]' ? [inner] : kind === '[NAME]' ? { n: inner } : inner }
  }, value)
  const isUnknown = (path: string): boolean => /invalid config key|expected/.test(refused(() => readFile(JSON.stringify(below(path, null))))?.message ?? '')
  const paths = keyList().map(key => key.path)
  t.strictSame(paths.filter(isUnknown), [])
  t.strictSame(paths.filter(path => !isUnknown(`${path}_no`)), [])
})

t.test('keys that have a meaning in JavaScript have none here', async t => {
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    t.match(refused(() => readFile(`{"${key}":1}`))?.message, `invalid config key ${key}`)
    t.match(refused(() => readFile(`{"ports":{"${key}":1}}`))?.message, `invalid config key ports.${key}`)
    t.strictSame(Object.entries(readFile(`{"http_config":{"response_headers":{"${key}":"x"}}}`).http.responseHeaders), [[key, 'x']])
  }
})

t.test('the list says of every key whether Roster acts on it', async t => {
  const keys = new Map(keyList().map(key => [key.path, key]))
  t.equal(keys.get('dns_config.soa.min_ttl')?.ignored, undefined)
  t.equal(keys.get('services[].checks[].ttl')?.kind, 'string')
  t.match(keys.get('gossip_lan')?.ignored, /do not gossip/)
  t.equal(keys.get('gossip_lan.probe_interval'), undefined, 'not below what is ignored as a whole')
  t.equal(keys.size, keyList().length, 'every path once')
})

t.test('what a reload takes over exists', async t => {
  for (const path of RELOADED) t.not(path.split('.').reduce<unknown>((block, step) => (block as Record<string, unknown>)[step], defaults), undefined, path)
})
