// Which files count, in which order, and what a later one does to an earlier one.
import t from 'tap'
import { read, refused } from './support.js'

t.test('files in the order of the command line, folders by name, not below them', async t => {
  const { sources, datacenter, warnings, definitions } = read({
    args: ['-dev', '-config-dir', 'z', '-config-file=a.hcl', '--config-dir', 'empty', '-config-file', 'b'],
    files: {
      'z/2.json': '{"datacenter":"two","services":[{"name":"two"}]}',
      'z/10.hcl': 'datacenter = "ten" service { name = "ten" }',
      'z/note.txt': 'no settings',
      'z/sub/x.json': '{"datacenter":"sub"}',
      'a.hcl': 'service { name = "a" }',
      empty: null,
      'b/only.json': '',
    },
  })
  t.strictSame(sources, ['z/10.hcl', 'z/2.json', 'a.hcl', 'b/only.json'])
  t.equal(datacenter, 'two')
  t.strictSame(definitions.services.map(service => service.name), ['ten', 'two', 'a'])
  t.strictSame(warnings, ['skipping file z/note.txt, extension must be .hcl or .json, or config format must be set'])
})

t.test('later values win, lists grow, blocks and names are merged key by key', async t => {
  const config = read({
    args: ['-dev', '-config-file', 'a.json', '-config-file', 'b.hcl', '-recursor', '9.9.9.9', '-dns-port', '5', '-node-meta', 'd:flag', '-hcl', 'ports { serf_lan = 6 }', '-hcl', 'recursors = ["4.4.4.4"]'],
    files: {
      'a.json': '{"ports":{"http":1,"dns":2},"recursors":["1.1.1.1"],"node_meta":{"a":"1","b":"1"},"dns_config":{"soa":{"retry":7},"service_ttl":{"web":"1s"}},"service":{"name":"one"},"check":{"name":"c","ttl":"1s"}}',
      'b.hcl': 'ports { http = 3 } recursors = ["2.2.2.2"] node_meta { b = "2" c = "2" d = "2" } dns_config { soa { min_ttl = 8 } service_ttl { db = "2s" } } service { name = "two" } services { name = "three" }',
    },
  })
  t.match(config.ports, { http: 3, dns: 5, serfLan: 6 })
  t.strictSame(config.dns.recursors, ['9.9.9.9:53', '1.1.1.1:53', '2.2.2.2:53', '4.4.4.4:53'])
  t.strictSame({ ...config.node.meta }, { a: '1', b: '2', c: '2', d: 'flag' })
  t.match(config.dns.soa, { refreshSeconds: 3600, retrySeconds: 7, minTtlSeconds: 8 })
  t.strictSame({ ...config.dns.serviceTtlMs }, { web: 1000, db: 2000 })
  t.strictSame(config.definitions.services.map(service => service.name), ['one', 'three', 'two'])
  t.equal(config.definitions.checks.length, 1)
})

t.test('file < environment < flag < -hcl', async t => {
  const files = { 'a.json': '{"datacenter":"file"}' }
  const args = ['-dev', '-config-file', 'a.json']
  const env = { ROSTER_DATACENTER: 'env' }
  t.equal(read({ args, files }).datacenter, 'file')
  t.equal(read({ args, files, env }).datacenter, 'env')
  t.equal(read({ args: [...args, '-datacenter', 'flag'], files, env }).datacenter, 'flag')
  t.equal(read({ args: [...args, '-hcl', 'datacenter = "hcl"', '-datacenter', 'flag'], files, env }).datacenter, 'hcl')
})

t.test('-config-format says what all files are', async t => {
  t.equal(read({ args: ['-dev', '-config-format', 'hcl', '-config-dir', 'd'], files: { 'd/x.json': 'datacenter = "a"', 'd/y': 'node_name = "b"' } }).node.name, 'b')
  t.equal(refused(() => read({ args: ['-dev', '-config-format', 'yaml'] }))?.stderr, "==> config: -config-format must be either 'hcl' or 'json'\n")
})

t.test('what cannot be read is said as the system says it', async t => {
  const cases: ReadonlyArray<readonly [args: readonly string[], stderr: string]> = [
    [['-config-file', 'none.json'], '==> config: Open failed on none.json. open none.json: no such file or directory\n'],
    [['-config-dir', 'none'], '==> config: Open failed on none. open none: no such file or directory\n'],
    [['-config-file', 'x.yaml'], '==> file x.yaml has unknown extension; must be .hcl or .json, or config format must be set\n'],
    [['-config-file', 'x.yaml/y.json'], '==> config: Open failed on x.yaml/y.json. open x.yaml/y.json: not a directory\n'],
    [['-config-file', 'bad.json'], '==> failed to parse bad.json: 1 error occurred:\n\t* invalid config key bogus_key\n\n\n    at bad.json:2\n'],
    [['-config-dir', 'd'], "==> failed to parse d/t.json: decoding failed due to the following error(s):\n\n'ports.http' expected type 'int', got unconvertible type 'string'\n    at d/t.json:1\n"],
    [['-config-file', 'x.json'], "==> failed to parse x.json: invalid character 'n' looking for beginning of object key string\n"],
    [['-config-file', 'x.hcl'], '==> failed to parse x.hcl: At 3:1: expected: IDENT | STRING | ASSIGN | LBRACE got: RBRACE\n    at x.hcl:3\n'],
    [['-hcl', 'a = ['], '==> failed to parse flags-0.hcl: At 1:6: unexpected token while parsing list: EOF\n    at flags-0.hcl:1\n'],
    [['-dev', '-config-file', 'deep.json'], '==> failed to parse deep.json: 3 errors occurred:\n\t* invalid config key dns_config.soa.q\n\t* invalid config key ports.zz\n\t* invalid config key bogus\n\n\n    at deep.json:3\n    at deep.json:2\n    at deep.json:1\n'],
    [[], '==> data_dir cannot be empty\n'],
    [['-dev', '-hcl', 'roster { engine = "embedded" }'], '==> data_dir cannot be empty\n    at flags-0.hcl:1\n'],
    [['-data-dir', 'x.hcl'], '==> data_dir "x.hcl" is not a directory\n'],
    [['-data-dir', 'x.hcl/y'], '==> Error getting info on data_dir: stat x.hcl/y: not a directory\n'],
    [['-dev', '-bind', 'nothost'], '==> 1 error occurred:\n\t* bind_addr: invalid ip address: nothost\n\n\n'],
    [['-dev', '-datacenter', 'a b'], '==> datacenter can only contain lowercase alphanumeric, - or _ characters. received: "a b"\n'],
    [['-data-dir', '/d', '-bootstrap-expect', '2', '-bootstrap', '-server'], "==> 'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive\n"],
    [['-dev', '-encrypt', 'x'], '==> encrypt has invalid key: illegal base64 data at input byte 0\n'],
    [['-dev', '-log-level', 'loud'], '==> Invalid log level: loud. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]\n'],
    [['-dev', 'extra', '-x'], '==> Unexpected extra arguments: [extra -x]\n'],
    [['-dve'], 'flag provided but not defined: -dve\nDid you mean -dev?\n'],
    [['-dev', '-quux'], 'flag provided but not defined: -quux\n'],
    [['-http-port', 'x'], 'invalid value "x" for flag -http-port: strconv.Atoi: parsing "x": invalid syntax\n'],
    [['-dev=maybe'], 'invalid boolean value "maybe" for -dev: strconv.ParseBool: parsing "maybe": invalid syntax\n'],
    [['-data-dir'], 'flag needs an argument: -data-dir\n'],
  ]
  const files = {
    'x.yaml': '',
    'bad.json': '{\n"bogus_key": 1}',
    'd/t.json': '{"ports":{"http":"x"}}',
    'x.json': '{nope}',
    'x.hcl': 'a = 1\n\n}',
    'deep.json': '{"bogus": 1,\n"ports": {"zz": 1},\n"dns_config": {"soa": {"q": 1}}}',
  }
  for (const [args, stderr] of cases) t.equal(refused(() => read({ args, files }))?.stderr, stderr, args.join(' '))
})

t.test('a complaint names the place of the value that counts', async t => {
  const files = { 'a.json': '{\n"ports":\n{"http": 70000}}', 'b.json': '{"ports":{\n"dns": 1}}' }
  const at = (...args: string[]): readonly string[] | undefined => refused(() => read({ args: ['-dev', '-config-file', 'a.json', ...args], files }))?.at
  t.strictSame(at(), ['a.json:3'])
  t.strictSame(at('-config-file', 'b.json'), ['a.json:3'])
  t.strictSame(at('-http-port', '70001'), [])
  t.strictSame(refused(() => read({ env: { CONSUL_HTTP_PORT: '70000' } }))?.at, ['CONSUL_HTTP_PORT'])
})
