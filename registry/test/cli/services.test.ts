// The services, checks, nodes and resolve verbs against a server.
import t from 'tap'
import { commandLine, startCommandLine } from '../support/command-line.js'
import { startTestServer, until } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url }

const dir = t.testdir({
  'web.json': '{"service": {"name": "web", "port": 80, "tags": ["b", "a"], "meta": {"v": "1"}, "check": {"ttl": "10m"}}}',
  'api.hcl': `services {
  name = "api"
  id = "api-1"
  port = 81
  connect { sidecar_service {} }
}
services {
  name = "api"
  id = "api-2"
  weights { passing = 3  warning = 2 }
}`,
  'unknown.json': '{"service": {"name": "web", "Nope": 1}}',
  'cut.json': '{"service":',
  'check.json': '{"services": [{"name": "x", "check": {"ttl": "5s", "http": "http://x"}}]}',
  'empty.json': '{}',
  'text.txt': 'x',
  more: { 'a.json': '{"service": {"name": "more-a"}}', 'b.hcl': 'service { name = "more-b" }', 'notes.txt': 'skipped' },
})
const options = { env, cwd: dir }

t.beforeEach(async () => {
  for (const id of Object.keys(await server.get<object>('/v1/agent/services'))) await server.call('PUT', `/v1/agent/service/deregister/${id}`)
})

t.test('register', async t => {
  await runTable(t, [
    ['services register', 1, '', 'Service registration requires at least one argument or flags.\n'],
    ['services register -id x', 1, '', 'Service registration requires at least one argument or flags.\n'],
    ['services register -name x web.json', 1, '', 'Service registration requires arguments or -id, not both.\n'],
    ['services register none.json', 1, '', 'Error: config: Open failed on none.json. open none.json: no such file or directory\n'],
    ['services register text.txt', 1, '', 'Error: file text.txt has unknown extension; must be .hcl or .json, or config format must be set\n'],
    ['services register unknown.json', 1, '', 'Error: failed to parse unknown.json: 1 error occurred:\n\t* invalid config key service.Nope\n\n\n    at unknown.json:1\n'],
    ['services register cut.json', 1, '', /^Error: failed to parse cut\.json: unexpected end of JSON input\n/],
    ['services register check.json', 1, '', /^Error: service "x": check "": Interval must be > 0 for Script/],
    ['services register web.json unknown.json', 1, '', /^Error: failed to parse unknown\.json/],
    ['services register empty.json', 0, ''],
    ['services register -name x -port y', 1, '', /^invalid value "y" for flag -port: parse error\n/],
    ['services register -name x -meta y', 1, '', /^invalid value "y" for flag -meta: Missing "=" value in argument: y\n/],
    ['services register -name x -tagged-address lan=y', 1, '', 'Invalid Tagged address: address y: missing port in address\n'],
    ['services register -name x -tagged-address lan=1.2.3.4:y', 1, '', 'Invalid Tagged address: strconv.Atoi: parsing "y": invalid syntax\n'],
    ['services register -name x -tagged-address lan=::1:80', 1, '', 'Invalid Tagged address: address ::1:80: too many colons in address\n'],
    ['services register -name y -kind connect-proxy', 1, '', /^Error registering service "y": Unexpected response code: 400 \(/],
  ], options)
  t.strictSame(await server.get('/v1/agent/services'), {}, 'what is refused changes nothing')
  await runTable(t, [
    ['services register api.hcl web.json', 0, 'Registered service: api\nRegistered service: api\nRegistered service: web\n'],
    ['services register more', 0, 'Registered service: more-a\nRegistered service: more-b\n'],
    ['services register -name=flagged -id=f-1 -port=8080 -address=10.0.0.9 -tag=a -tag=b -meta=k=v=w -tagged-address=lan=[::1]:90', 0, 'Registered service: flagged\n'],
  ], options)
  const services = await server.get<Record<string, Record<string, unknown>>>('/v1/agent/services')
  t.match(services['f-1'], { Service: 'flagged', Port: 8080, Address: '10.0.0.9', Tags: ['a', 'b'], Meta: { k: 'v=w' }, TaggedAddresses: { lan: { Address: '::1', Port: 90 } } })
  t.match(services['api-2'], { Weights: { Passing: 3, Warning: 2 } })
  t.match(services['web'], { Port: 80, Tags: ['b', 'a'], Meta: { v: '1' } })
  t.match(services['api-1-sidecar-proxy'], { Kind: 'connect-proxy' }, 'the sidecar comes along')
  t.match((await server.get<Record<string, object>>('/v1/agent/checks'))['service:web'], { Type: 'ttl' }, 'the check comes along')
})

t.test('deregister', async t => {
  await runTable(t, [
    ['services register web.json api.hcl', 0, /web/],
    ['services deregister', 1, '', 'Service deregistration requires at least one argument or -id.\n'],
    ['services deregister -id x web.json', 1, '', 'Service deregistration requires arguments or -id, not both.\n'],
    ['services deregister -id x', 1, '', 'Error deregistering service "": Unexpected response code: 404 (Unknown service ID "x". Ensure that the service ID is passed, not the service name.)\n'],
    ['services deregister web.json', 0, 'Deregistered service: web\n'],
    ['services deregister web.json', 1, '', /^Error deregistering service "web": Unexpected response code: 404/],
    ['services deregister api.hcl', 0, 'Deregistered service: api-1\nDeregistered service: api-2\n'],
    ['services register -name y -id y1', 0, 'Registered service: y\n'],
    ['services deregister -id y1', 0, 'Deregistered service: y1\n'],
  ], options)
  t.strictSame(await server.get('/v1/agent/services'), {})
})

t.test('ls, show, checks, nodes', async t => {
  await commandLine(['services', 'register', 'web.json', 'api.hcl'], options)
  await runTable(t, [
    ['services ls', 0, /^Service +Instances {2}Passing {2}Warning {2}Critical {2}Tags\napi +2 +2 +0 +0\napi-sidecar-proxy +1 +0 +0 +1\nconsul +1 +1 +0 +0\nweb +1 +0 +0 +1 +a,b\n$/],
    ['services show', 1, '', 'Must specify one service (got 0)\n'],
    ['services show nope', 1, '', 'No instances of service "nope" found\n'],
    ['services show web', 0, /^ID: {7}web\nNode: {5}test\nAddress: {2}127\.0\.0\.1:80\nStatus: {3}critical\nTags: {5}b, a\nMeta: {5}v=1\nChecks:\n {2}serfHealth +passing {3}Agent alive and reachable\n {2}service:web +critical\n$/],
    ['services show -passing web', 1, '', /No instances/],
    ['services show -tag=zz web', 1, '', /No instances/],
    ["services show -filter '((' web", 1, '', /^Error reading service "web": Unexpected response code: 500 \(Failed to create boolean expression evaluator/],
    ['services show api', 0, /ID: {7}api-1[^]*\n\nID: {7}api-2[^]*Weights: {2}passing 3, warning 2\n/],
    ['checks ls -service=web', 0, 'Node  CheckID      Status    Service  Output\ntest  service:web  critical  web      \n'],
    ['checks pass', 1, '', 'Must specify one check ID (got 0)\n'],
    ['checks pass nope', 1, '', /^Error updating check "nope": Unexpected response code: 404/],
    ["checks warn -note 'so so' service:web", 0, 'Check "service:web" is now warning\n'],
    ['checks ls -state=warning', 0, 'Node  CheckID      Status   Service  Output\ntest  service:web  warning  web      so so\n'],
    ['checks pass service:web', 0, 'Check "service:web" is now passing\n'],
    ['checks ls -service=web -state=critical', 0, ''],
    ['checks fail service:web', 0, 'Check "service:web" is now critical\n'],
    ['checks ls -node=test -state=critical -service=web', 0, /service:web/],
    ['checks ls -state=loud', 1, '', 'Unsupported state: loud\n'],
    ['checks ls x', 1, '', 'Too many arguments (expected 0, got 1)\n'],
    ['nodes ls', 0, /^Node {2}Address +DC +Status +Passing {2}Warning {2}Critical\ntest {2}127\.0\.0\.1 {2}dc1 {2}passing +\d+ +0 +\d+\n$/],
    ['nodes ls -node-meta=a=b', 0, ''],
    ['nodes ls -o json -node-meta=a=b', 0, '[]\n'],
    ['checks ls -o json -state=passing -service=nope', 0, '[]\n'],
  ], options)
  t.match((await commandLine(['services', 'show', 'web'], { ...options, terminal: true })).out, /Status: {3}\x1b\[31mcritical\x1b\[0m\n/, 'colours on a terminal') // eslint-disable-line no-control-regex
  t.notMatch((await commandLine(['services', 'show', 'web'], { ...options, env: { ...env, NO_COLOR: '1' }, terminal: true })).out, /\x1b/, 'unless they are not wanted') // eslint-disable-line no-control-regex
})

t.test('resolve tells whom callers get, and why not the others', async t => {
  await commandLine(['services', 'register', 'web.json', 'api.hcl'], options)
  await runTable(t, [
    ['resolve', 1, '', 'Must specify one service (got 0)\n'],
    ['resolve api', 0, 'ServiceID  Node  Address       Status   Weight\napi-1      test  127.0.0.1:81  passing  1\napi-2      test  127.0.0.1     passing  3\n'],
    ['resolve web', 1, '', 'No instance of "web" is given to callers\n'],
    ['resolve -passing=false web', 0, /^ServiceID[^]*\nweb /],
    ['resolve nope -explain', 1, /^Service "nope" at index \d+\n\nStep +Kept {2}Dropped {2}Note\ncandidates {2}0 +0 +nobody is registered as "nope"\npassing +0 +0 +every check/, /No instance/],
    ['resolve web --explain', 1, /\npassing +0 +1 +every check[^]*\nServiceID {2}Node {2}Address +Status +Weight {2}Kept {2}Reason\nweb +test {2}127\.0\.0\.1:80 {2}critical {2}0 +no +check "service:web" is critical\n$/, /No instance/],
    ['resolve -explain -tag=zz web', 1, /\ntag +0 +1 +all of: zz\n[^]*has only the tags b, a\n/, /No instance/],
    ['resolve web -tag', 1, '', /^flag needs an argument: -tag\n/],
    ['resolve -- web', 1, '', /No instance of "web"/],
    ['resolve web -nope', 1, '', /^flag provided but not defined: -nope\n/],
    ['resolve -o json -explain web', 1, /^\{\n {4}"Service": "web",\n {4}"Index": \d+,\n {4}"Steps": \[/],
  ], options)
})

t.test('maint of a service, the short way', async t => {
  await commandLine(['services', 'register', 'api.hcl'], options)
  await runTable(t, [
    ['services maint', 1, '', 'Exactly one of -enable or -disable must be provided\n'],
    ['services maint -enable -disable api-1', 1, '', /Exactly one/],
    ['services maint -enable', 1, '', 'Must specify one service ID (got 0)\n'],
    ['services maint -disable -reason=x api-1', 1, '', 'Reason may only be provided with -enable\n'],
    ["services maint -enable -reason 'new disk' api-1", 0, 'Service maintenance is now enabled for "api-1"\n'],
    ['services show -passing api', 0, /^ID: {7}api-2\n/],
    ['services maint -disable api-1', 0, 'Service maintenance is now disabled for "api-1"\n'],
    ['services maint -enable nope', 1, '', /^Error enabling service maintenance: Unexpected response code: 404/],
  ], options)
})

t.test('watch prints a line for each change', async t => {
  const watching = startCommandLine(['services', 'watch', 'w'], options)
  const json = startCommandLine(['services', 'watch', '-o', 'json', 'w'], options)
  await commandLine(['services', 'register', '-name=w', '-port=1'], options)
  await until('it came', () => watching.out() === '+ w  test  127.0.0.1:1  passing\n')
  await until('it came as JSON', () => json.out().includes('"added"'))
  await commandLine(['services', 'maint', '-enable', 'w'], options)
  await until('it is critical', () => watching.out().endsWith('~ w  test  127.0.0.1:1  passing -> critical\n'))
  await commandLine(['services', 'register', '-name=w', '-port=2'], options)
  await until('it moved', () => watching.out().endsWith('~ w  test  127.0.0.1:2  critical\n'))
  await commandLine(['services', 'deregister', '-id=w'], options)
  await until('it went', () => watching.out().endsWith('- w  test  127.0.0.1:2  critical\n'))
  await until('as JSON as well', () => json.out().includes('"removed"'))
  watching.signal('SIGTERM')
  json.signal('SIGINT')
  t.match(await watching.ended, { code: 0, err: '' })
  const lines = (await json.ended).out.trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
  t.match(lines[0], { Kind: 'added', Node: 'test', ServiceID: 'w', From: '', To: 'passing' })
  t.match(lines.at(-1), { Kind: 'removed', To: '' })
})
