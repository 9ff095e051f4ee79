// Laws of finding the registry: option before ROSTER_ before CONSUL_ before the default; every form of address is understood or refused with a text that says why.
import t from 'tap'
import { isInvalidOption, parseAddress, readTlsFiles, resolveSettings } from '../../src/index.js'

const none = { read: (path: string): string => { throw new Error(`ENOENT: no such file or directory, open '${path}'`) }, list: () => [] }
const origins = (options: Parameters<typeof resolveSettings>[0], env: NodeJS.ProcessEnv = {}) => resolveSettings(options, env, none).addresses.map(a => a.socketPath ?? a.origin)

t.test('precedence: option > ROSTER_HTTP_ADDR > CONSUL_HTTP_ADDR > 127.0.0.1:8500; empty is as if not given', async t => {
  const both = { ROSTER_HTTP_ADDR: 'r:1', CONSUL_HTTP_ADDR: 'c:1' }
  t.same(origins({ address: 'o:1' }, both), ['http://o:1'])
  t.same(origins({}, both), ['http://r:1'])
  t.same(origins({ address: '' }, both), ['http://r:1'])
  t.same(origins({ address: [' '] }, both), ['http://r:1'])
  t.same(origins({}, { ...both, ROSTER_HTTP_ADDR: '' }), ['http://c:1'])
  t.same(origins({}, {}), ['http://127.0.0.1:8500'])
})

t.test('several addresses, by list or by comma, keep their order and are each asked once', async t => {
  t.same(origins({ address: 'a:1, b:2 ,a:1' }), ['http://a:1', 'http://b:2'])
  t.same(origins({ address: ['b:2', 'a:1'] }), ['http://b:2', 'http://a:1'])
  t.same(origins({}, { ROSTER_HTTP_ADDR: 'a:1,unix:///run/r.sock' }), ['http://a:1', '/run/r.sock'])
})

for (const [text, origin, port, prefix] of [
  ['10.0.0.7:8500', 'http://10.0.0.7:8500', 8500, ''],
  ['http://h.example.org:8500/', 'http://h.example.org:8500', 8500, ''],
  ['https://h.example.org', 'https://h.example.org', 443, ''],
  ['http://h.example.org', 'http://h.example.org', 80, ''],
  ['[::1]:8500', 'http://[::1]:8500', 8500, ''],
  ['http://h.example.org:1/registry/', 'http://h.example.org:1', 1, '/registry'],
] as const) {
  t.test(`address ${text}`, async t => t.match(parseAddress(text), { origin, port, prefix, socketPath: undefined }))
}

t.test('a user name in the URL is for basic auth and never shown', async t => {
  const address = parseAddress('http://ann:p%40ss@h.example.org:1')
  t.match(address, { auth: 'ann:p@ss', origin: 'http://h.example.org:1', text: 'http://h.example.org:1' })
})

t.test('HTTP_SSL makes https of an address that names no scheme', async t => {
  t.same(origins({}, { CONSUL_HTTP_SSL: 'true', ROSTER_HTTP_ADDR: 'a:1,http://b:2' }), ['https://a:1', 'http://b:2'])
})

for (const [text, message] of [
  ['ftp://x', 'Unknown protocol scheme: ftp'],
  ['unix://', 'Invalid address "unix://": the path of the socket is missing'],
  ['h:99999', 'Invalid address "h:99999": address 99999: invalid port'],
  ['http://a b', 'Invalid address "http://a b"'],
  ['http://', 'Invalid address "http://"'],
] as const) {
  t.test(`refuses ${text}`, async t => {
    try { parseAddress(text); t.fail('was taken') } catch (error) { t.ok(isInvalidOption(error)); t.equal((error as Error).message, message) }
  })
}

t.test('the token: option > token file > token; a missing file is an error, not "no token"', async t => {
  const files = { read: (path: string) => path === '/t' ? 'from file\n' : none.read(path), list: () => [] }
  t.equal(resolveSettings({ token: 'o' }, { ROSTER_HTTP_TOKEN: 'e' }, files).token, 'o')
  t.equal(resolveSettings({}, { ROSTER_HTTP_TOKEN_FILE: '/t', ROSTER_HTTP_TOKEN: 'e' }, files).token, 'from file')
  t.equal(resolveSettings({}, { CONSUL_HTTP_TOKEN: 'c' }, files).token, 'c')
  t.throws(() => resolveSettings({}, { CONSUL_HTTP_TOKEN_FILE: '/none' }, files), { code: 'ROSTER_INVALID_OPTION', message: /Error loading \/none/ })
})

t.test('TLS from the environment, a folder of authorities read in order of names', async t => {
  const files = { read: (path: string) => `<${path}>`, list: (dir: string) => [`${dir}/a`, `${dir}/b`] }
  t.same(resolveSettings({}, { CONSUL_CAPATH: '/ca', ROSTER_CLIENT_CERT: '/c', CONSUL_CLIENT_KEY: '/k', CONSUL_TLS_SERVER_NAME: 'n', CONSUL_HTTP_SSL_VERIFY: 'false', CONSUL_HTTP_AUTH: 'u:p' }, files), {
    addresses: [parseAddress('http://127.0.0.1:8500')], token: undefined, auth: 'u:p', tls: { ca: ['</ca/a>', '</ca/b>'], cert: '</c>', key: '</k>', serverName: 'n', verify: false },
  })
  t.same(readTlsFiles({ caFile: '/f', caPath: '/ca' }, files), { ca: ['</f>'] })
  t.throws(() => resolveSettings({}, { CONSUL_HTTP_SSL_VERIFY: 'maybe' }, files), { message: 'CONSUL_HTTP_SSL_VERIFY is "maybe", not true or false' })
})
