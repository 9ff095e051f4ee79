// What the settings come to: defaults, -dev, addresses, and every part from its keys.
import t from 'tap'
import { read, readFile } from './support.js'
import type { Listener, RuntimeConfig } from '../../src/config/runtime-config.js'

const show = (listeners: readonly Listener[]): string[] => listeners.map(one => one.kind === 'unix' ? one.path : `${one.host} ${one.port}`)

t.test('a durable server: loopback unless told otherwise', async t => {
  const config = read({ args: ['-data-dir', 'data'] })
  t.match(config, {
    dev: false,
    engine: 'embedded',
    dataDir: '/etc/data',
    server: true,
    datacenter: 'dc1',
    primaryDatacenter: 'dc1',
    node: { name: 'box', id: '' },
    addresses: { bind: '127.0.0.1', client: ['127.0.0.1'], advertise: '127.0.0.1', advertiseWan: '127.0.0.1', reachableByStrangers: false },
    log: { level: 'INFO', json: false },
    ui: { enabled: false },
    connect: { enabled: true },
    enableDebug: false,
    acl: { enabled: false, defaultPolicy: 'allow' },
    dns: { domain: 'consul.', altDomain: 'roster.' },
    guard: { ratio: 0.15, minOwners: 10, windowMs: 30_000, quietMs: 60_000, maxHoldMs: 600_000 },
    limits: { httpMaxConnsPerClient: 200, kvMaxValueBytes: 524288, requestRatePerClient: 0 },
    leave: { onTerminate: false, skipOnInterrupt: true, drainMs: 5000 },
  })
  t.strictSame(config.ports, { http: 8500, https: -1, dns: 8600, grpc: -1, grpcTls: 8503, server: 8300, serfLan: 8301, serfWan: 8302, sidecarMin: 21000, sidecarMax: 21255, exposeMin: 21500, exposeMax: 21755 })
  t.strictSame([show(config.listen.http), show(config.listen.https), show(config.listen.dns)], [['127.0.0.1 8500'], [], ['127.0.0.1 8600']])
  t.strictSame({ ...config.addresses.tagged }, { lan: '127.0.0.1', lan_ipv4: '127.0.0.1', wan: '127.0.0.1', wan_ipv4: '127.0.0.1' })
  t.strictSame(config.warnings, [])
})

t.test('-dev: in memory, talkative, with the page', async t => {
  t.match(read({ args: ['-dev'] }), { dev: true, engine: 'memory', dataDir: undefined, log: { level: 'DEBUG' }, ui: { enabled: true }, enableDebug: true, ports: { grpc: 8502, grpcTls: 8503 } })
  t.match(read({ args: ['-dev', '-log-level', 'err', '-ui=false', '-data-dir', '/d'] }), { log: { level: 'ERROR' }, ui: { enabled: false }, dataDir: '/d', engine: 'memory' })
})

t.test('nothing below can be changed', async t => {
  const config = read({ args: ['-dev', '-hcl', 'service { name = "x" tags = ["a"] meta { k = "v" } }'] })
  t.throws(() => { (config.dns as { domain: string }).domain = 'x' }, TypeError)
  t.throws(() => { (config.definitions.services[0]!.tags as string[]).push('b') }, TypeError)
  t.throws(() => { (config.definitions.services[0]!.meta as Record<string, string>)['k'] = 'w' }, TypeError)
})

t.test('addresses', async t => {
  const addresses = (hcl: string): RuntimeConfig => read({ args: ['-dev', '-hcl', hcl] })
  const all = addresses('bind_addr = "0.0.0.0" client_addr = "127.0.0.1 {{ GetPrivateIP }}"')
  t.match(all.addresses, { bind: '0.0.0.0', advertise: '10.1.2.3', reachableByStrangers: true })
  t.strictSame(show(all.listen.http), ['127.0.0.1 8500', '10.1.2.3 8500'])
  t.match(all.warnings, [/^The API listens beyond loopback and ACLs are off/])
  t.strictSame(addresses('client_addr = "0.0.0.0" acl { enabled = true }').warnings, [], 'with ACLs strangers may come')
  t.equal(addresses('client_addr = "127.0.0.9 ::1"').addresses.reachableByStrangers, false)
  t.equal(addresses('addresses { dns = "0.0.0.0" }').addresses.reachableByStrangers, true)
  t.match(addresses('bind_addr = "{{ GetInterfaceIP \\"eth0\\" }}"').addresses, { bind: '10.1.2.3', advertise: '10.1.2.3' })
  t.match(addresses('advertise_addr = "10.9.9.9" advertise_addr_wan = "2001:db8::1" tagged_addresses { lan = "x" extra = "y" }').addresses, {
    advertise: '10.9.9.9', advertiseWan: '2001:db8::1', tagged: { lan: 'x', lan_ipv4: '10.9.9.9', wan: '2001:db8::1', wan_ipv6: '2001:db8::1', extra: 'y' },
  })
  t.match(addresses('advertise_addr_ipv6 = "2001:db8::2"').addresses, { advertise: '2001:db8::2', tagged: { lan_ipv6: '2001:db8::2' } })
  const doors = addresses('addresses { http = "unix:///run/r.sock 127.0.0.2" https = "::1" } ports { https = 8501 dns = -1 } unix_sockets { mode = "0700" user = "1" }')
  t.strictSame([show(doors.listen.http), show(doors.listen.https), show(doors.listen.dns)], [['/run/r.sock', '127.0.0.2 8500'], ['::1 8501'], []])
  t.strictSame(doors.listen.unixSockets, { mode: '0700', user: '1', group: '' })
  t.strictSame(show(addresses('client_addr = ""').listen.http), [])
})

t.test('the machine has no address to be known by, or several', async t => {
  const interfaces = [{ name: 'a', address: '10.0.0.1', flags: [] }, { name: 'b', address: '192.168.0.1', flags: [] }]
  t.throws(() => read({ args: ['-dev', '-bind', '0.0.0.0'], interfaces }), { message: "Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'." })
  t.throws(() => read({ args: ['-dev', '-bind', '0.0.0.0'], interfaces: [] }), { message: 'No private IPv4 address found' })
  t.throws(() => read({ args: ['-dev', '-bind', '::'], interfaces }), { message: 'No public IPv6 address found' })
  t.equal(read({ args: ['-dev', '-bind', '::'], interfaces: [{ name: 'a', address: '2001:db8::5', flags: [] }] }).addresses.advertise, '2001:db8::5')
})

t.test('names and words are brought into one form', async t => {
  t.match(readFile('{"datacenter":"DC-2","primary_datacenter":"Main","node_name":" n ","node_id":"11111111-2222-3333-4444-55555555AAAA","domain":"Corp.Internal","alt_domain":"alt.example.","log_level":"Err"}'), {
    datacenter: 'dc-2', primaryDatacenter: 'main', node: { name: 'n', id: '11111111-2222-3333-4444-55555555aaaa' }, dns: { domain: 'corp.internal.', altDomain: 'alt.example.' }, log: { level: 'ERROR' },
  })
  t.match(readFile('{"alt_domain":"","ui_config":{"content_path":"/a/b"}}'), { dns: { altDomain: '' }, ui: { contentPath: '/a/b/' } })
  t.strictSame(readFile('{"recursors":["8.8.8.8","[2001:db8::1]","[::1]:5353","2001:db8::2","8.8.8.8:53","dns.example:54"]}').dns.recursors,
    ['8.8.8.8:53', '[2001:db8::1]:53', '[::1]:5353', '[2001:db8::2]:53', 'dns.example:54'])
})

t.test('parts from their keys', async t => {
  t.match(readFile(`
    http_config { response_headers { X-A = "1" } block_endpoints = ["/v1/event"] allow_write_http_from = ["10.0.0.0/8"] use_cache = false max_header_bytes = 20000 }
    dns_config { node_ttl = "9s" service_ttl { "*" = "2500ms" } only_passing = true enable_truncate = true udp_answer_limit = 5 a_record_limit = 2 recursor_strategy = "random" recursor_timeout = "300ms" allow_stale = false max_stale = "0s" use_cache = true cache_max_age = "1s" disable_compression = true enable_additional_node_meta_txt = false soa { refresh = 1 retry = 2 expire = 3 min_ttl = 4 } }
    limits { http_max_conns_per_client = 5 kv_max_value_size = 20 txn_max_req_len = 400 https_handshake_timeout = "1s" request_limits { mode = "enforcing" read_rate = 1.5 write_rate = 2 } }
    telemetry { prometheus_retention_time = "60s" disable_hostname = true prefix_filter = ["+a", "-b"] metrics_prefix = "p" filter_default = false }
    acl { enabled = true default_policy = "deny" down_policy = "deny" token_ttl = "1s" policy_ttl = "2s" role_ttl = "3s" enable_token_persistence = true tokens { initial_management = "i" agent = "a" default = "d" replication = "r" dns = "n" agent_recovery = "v" config_file_service_registration = "c" } }
    connect { enabled = false ca_provider = "consul" ca_config { leaf_cert_ttl = "72h" nested { a = 1 } } }
    ui_config { enabled = true metrics_provider = "prometheus" metrics_proxy { base_url = "http://x" path_allowlist = ["/ok"] add_headers = [{ name = "X" value = "y" }] } dashboard_url_templates { service = "http://d/{{Service.Name}}" } }
    performance { leave_drain_time = "200ms" raft_multiplier = 2 }
    tls { defaults { ca_file = "ca" cert_file = "c" key_file = "k" verify_incoming = true } https { verify_incoming = false tls_min_version = "TLSv1_3" } }
    check_output_max_size = 7 check_update_interval = "0s" enable_local_script_checks = true discard_check_output = true
    leave_on_terminate = true skip_leave_on_interrupt = false discovery_max_stale = "5s" default_query_time = "1s" max_query_time = "2s" translate_wan_addrs = true session_ttl_min = "1s"
    disable_coordinates = true disable_kv_key_validation = true disable_http_unprintable_char_filter = true disable_remote_exec = false
    autopilot { server_stabilization_time = "1s" min_quorum = 3 } retry_join = ["a"] retry_interval = "1s" retry_max = 4 default_intention_policy = "deny" pid_file = "/p" version = "1.2.3" experiments = ["e"]
    watches = [{ type = "key" key = "x" args = ["a"] }] config_entries { bootstrap { kind = "proxy-defaults" name = "global" config { protocol = "http" } } } locality { region = "r" }
    roster { engine = "memory" allowed_hosts = ["h"] allowed_origins = ["https://o"]
      limits { max_body_bytes = 2048 max_blocking_readers = 1 max_streams = 0 dns_rate_per_source = 0 request_rate_per_client = 0.5 headers_timeout = "1s" }
      leases { min_ttl = "2s" } guard { enabled = false ratio = 0.5 min_owners = 2 window = "1s" quiet = "2s" max_hold = "3s" }
      checks { denied_networks = [] allowed_networks = ["169.254.169.254/32"] max_concurrent = 3 reap_interval = "1s" deregister_min = "2s" docker_host = "tcp://d:1" } }
  `, 'x.hcl'), {
    http: { responseHeaders: { 'X-A': '1' }, blockEndpoints: ['/v1/event'], allowWriteFrom: ['10.0.0.0/8'], useCache: false, disableUnprintableCharFilter: true, allowedHosts: ['h'], allowedOrigins: ['https://o'] },
    dns: { nodeTtlMs: 9000, serviceTtlMs: { '*': 2500 }, onlyPassing: true, enableTruncate: true, udpAnswerLimit: 5, aRecordLimit: 2, recursorStrategy: 'random', recursorTimeoutMs: 300, allowStale: false, maxStaleMs: 0, useCache: true, cacheMaxAgeMs: 1000, disableCompression: true, enableAdditionalNodeMetaTxt: false, soa: { refreshSeconds: 1, retrySeconds: 2, expireSeconds: 3, minTtlSeconds: 4 } },
    limits: { httpMaxConnsPerClient: 5, kvMaxValueBytes: 20, txnMaxBytes: 400, httpsHandshakeTimeoutMs: 1000, maxHeaderBytes: 20000, maxBodyBytes: 2048, maxBlockingReaders: 1, maxStreams: 0, dnsRatePerSource: 0, requestRatePerClient: 0.5, headersTimeoutMs: 1000, requestLimits: { mode: 'enforcing', readRate: 1.5, writeRate: 2 } },
    telemetry: { prometheusRetentionMs: 60_000, disableHostname: true, allowedPrefixes: ['a'], blockedPrefixes: ['b'], metricsPrefix: 'p', filterDefault: false },
    acl: { enabled: true, defaultPolicy: 'deny', downPolicy: 'deny', tokenTtlMs: 1000, policyTtlMs: 2000, roleTtlMs: 3000, enableTokenPersistence: true, tokens: { initialManagement: 'i', agent: 'a', default: 'd', replication: 'r', dns: 'n', agentRecovery: 'v', configFileRegistration: 'c' } },
    connect: { enabled: false, caProvider: 'consul', caConfig: { leaf_cert_ttl: '72h', nested: { a: 1 } } },
    ui: { enabled: true, metricsProvider: 'prometheus', metricsProxy: { baseUrl: 'http://x', pathAllowlist: ['/ok'], addHeaders: [{ name: 'X', value: 'y' }] }, dashboardUrlTemplates: { service: 'http://d/{{Service.Name}}' } },
    leave: { drainMs: 200, onTerminate: true, skipOnInterrupt: false },
    tls: { https: { caFile: 'ca', certFile: 'c', keyFile: 'k', verifyIncoming: false, minVersion: 'TLSv1.3' }, grpc: { caFile: 'ca', verifyIncoming: true, minVersion: 'TLSv1.2' } },
    checks: { outputMaxBytes: 7, updateIntervalMs: 0, enableLocalScripts: true, enableScripts: false, discardOutput: true, deniedNetworks: [], allowedNetworks: ['169.254.169.254/32'], maxConcurrent: 3, reapIntervalMs: 1000, deregisterMinMs: 2000, dockerHost: 'tcp://d:1' },
    query: { discoveryMaxStaleMs: 5000, defaultTimeMs: 1000, maxTimeMs: 2000 },
    addresses: { translateWan: true },
    sessionTtlMinMs: 1000,
    disableCoordinates: true,
    disableKvKeyValidation: true,
    disableRemoteExec: false,
    autopilot: { serverStabilizationTimeMs: 1000, minQuorum: 3 },
    join: { lan: ['a'], retryIntervalMs: 1000, retryMax: 4 },
    defaultIntentionPolicy: 'deny',
    pidFile: '/p',
    version: '1.2.3',
    experiments: ['e'],
    raft: { multiplier: 2 },
    node: { locality: { region: 'r', zone: '' } },
    watches: [{ type: 'key', key: 'x', args: ['a'] }],
    configEntriesBootstrap: [{ kind: 'proxy-defaults', name: 'global', config: { protocol: 'http' } }],
    leases: { minTtlMs: 2000 },
    guard: { enabled: false, ratio: 0.5, minOwners: 2, windowMs: 1000, quietMs: 2000, maxHoldMs: 3000 },
    engine: 'memory',
  })
  t.match(readFile('{"enable_script_checks":true}').checks, { enableScripts: true, enableLocalScripts: true })
})

t.test('old names work, with a word about it', async t => {
  const config = readFile('{"acl_datacenter":"dc9","acl_default_policy":"deny","acl_master_token":"m","acl":{"tokens":{"agent_master":"g","agent":"new"}},"acl_agent_token":"old","ui":true,"start_join":["a"],"retry_join":["b"],"ca_file":"c","verify_incoming_https":true,"tls_min_version":"tls12"}')
  t.match(config, {
    primaryDatacenter: 'dc9', acl: { enabled: true, defaultPolicy: 'deny', tokens: { initialManagement: 'm', agentRecovery: 'g', agent: 'new' } }, ui: { enabled: true }, join: { lan: ['b', 'a'] }, tls: { https: { caFile: 'c', verifyIncoming: true, minVersion: 'TLSv1.2' }, grpc: { caFile: 'c', verifyIncoming: false } },
  })
  t.strictSame([...config.warnings].sort(), [
    "'tls.defaults.tls_min_version' value 'tls12' is deprecated, please specify 'TLSv1_2' instead",
    ...([['acl.tokens.agent_master', 'acl.tokens.agent_recovery'], ['acl_agent_token', 'acl.tokens.agent'], ['acl_datacenter', 'primary_datacenter'], ['acl_default_policy', 'acl.default_policy'], ['acl_master_token', 'acl.tokens.initial_management'],
      ['ca_file', 'tls.defaults.ca_file'], ['start_join', 'retry_join'], ['tls_min_version', 'tls.defaults.tls_min_version'], ['ui', 'ui_config.enabled'], ['verify_incoming_https', 'tls.https.verify_incoming']] as const)
      .map(([old, now]) => `The '${old}' field is deprecated. Use the '${now}' field instead.`),
  ])
  t.match(read({ args: ['-dev', '-join', 'a', '-retry-join', 'b'] }), { join: { lan: ['a', 'b'] }, warnings: ["The flag '-join' is deprecated. Use the '-retry-join' flag instead."] })
})

t.test('what works but is worth a word', async t => {
  const warnings = (text: string): readonly string[] => readFile(text).warnings
  t.match(warnings('{"node_name":"a b"}'), ['Node name "a b" will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.'])
  t.match(warnings(`{"node_name":"${'a'.repeat(64)}"}`), [/too long. Valid lengths are between 1 and 63 bytes\.$/])
  t.match(warnings('{"datacenter":"dc_1"}'), [/^Datacenter : "dc_1" will not be PKI X\.509 compatible/])
  t.match(warnings('{"enable_script_checks":true}'), [/is DANGEROUS/])
  t.strictSame(warnings('{"enable_script_checks":true,"http_config":{"allow_write_http_from":["127.0.0.0/8"]}}'), [])
  t.match(warnings('{"server":false}'), [/no retry_join/])
  t.match(warnings('{"service":{"name":"x","ports":[{"name":"a b","port":1,"default":true}]}}'), [/^Service "x" port name "a b" will not be discoverable/])
  t.match(warnings('{"telemetry":{"prefix_filter":["x",""]}}'), ["Filter rule must begin with either '+' or '-': \"x\"", 'Cannot have empty filter rule in prefix_filter'])
})
