// members, info, catalog, and the verbs by which an agent is led: text forms that scripts cut at blanks.
import t from 'tap'
import { commandLine, startCommandLine } from '../support/command-line.js'
import { startTestServer, instance, until } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url }
const options = { env }

t.test('members', async t => {
  await runTable(t, [
    ['members', 0, /^Node {2}Address +Status {2}Type +Build +Protocol {2}DC +Partition {2}Segment\ntest {2}127\.0\.0\.1:\d+ {2}alive +server {2}\S+ +2 +dc1 {2}default +<all>\n$/],
    ['members extra', 0, /^Node/],
    ['members -detailed', 0, /^Node {2}Address +Status {2}Tags\ntest {2}\S+ {2}alive +acls=0,ap=default,build=\S+,dc=dc1,\S*,segment=<all>,vsn=2,\S+\n$/],
    ['members -wan', 0, /\ntest\.dc1 /],
    ['members -status=left', 2, ''],
    ['members -status=a.*e', 0, /^Node/],
    ['members -status=(', 1, '', 'Failed to compile status regexp: error parsing regexp: missing closing ): `(`\n'],
    ["members -filter 'Name == nobody'", 2, ''],
    ['members -format=json', 1, '', /^flag provided but not defined: -format\n/],
    ['members -datacenter=dc1', 1, '', /^flag provided but not defined: -datacenter\n/],
    ['members -o json', 0, /^\[\n {4}\{\n {8}"Name": "test",/],
  ], options)
})

t.test('info is blocks of sorted keys', async t => {
  const { code, out } = await commandLine(['info'], options)
  t.equal(code, 0)
  for (const line of ['agent:', 'consul:', 'raft:', 'runtime:', 'serf_lan:', 'serf_wan:', '\tleader = true', '\tserver = true', '\tknown_datacenters = 1', '\tstate = Leader', '\tnum_peers = 0']) t.ok(out.split('\n').includes(line), line)
  const blocks = out.split('\n').filter(line => line.endsWith(':'))
  t.strictSame(blocks, [...blocks].sort())
  t.match(JSON.parse((await commandLine(['info', '-o', 'json'], options)).out), { consul: { leader: 'true' } })
})

t.test('catalog', async t => {
  await server.call('PUT', '/v1/catalog/register', { ...instance('n2', 'web'), ID: '40e4a748-2192-161a-0510-9bf59fe950b5', NodeMeta: { rack: 'r1', a: 'b' }, TaggedAddresses: { lan: '10.0.0.1' } })
  await server.call('PUT', '/v1/catalog/register', { Node: 'n2', Address: '10.0.0.1', SkipNodeUpdate: true, Service: { ID: 'second', Service: 'web', Tags: ['z', 'a'] } })
  await runTable(t, [
    ['catalog datacenters', 0, 'dc1\n'],
    ['catalog datacenters x', 1, '', 'Too many arguments (expected 0, got 1)\n'],
    ['catalog nodes', 0, /^Node {2}ID +Address +DC\nn2 +40e4a748 {2}10\.0\.0\.1 +dc1\ntest {2}[0-9a-f]{8} {2}127\.0\.0\.1 {2}dc1\n$/],
    ['catalog nodes -detailed -node-meta rack=r1', 0, /^Node {2}ID +Address +DC +TaggedAddresses +Meta\nn2 +40e4a748-2192-161a-0510-9bf59fe950b5 {2}10\.0\.0\.1 {2}dc1 {2}lan=10\.0\.0\.1\S* +a=b, rack=r1\n$/],
    ['catalog nodes -service=web', 0, /^Node[^\n]*\nn2 [^\n]*\n$/],
    ['catalog nodes -service=nope', 0, '', 'No nodes match the given query - try expanding your search.\n'],
    ['catalog nodes -service=nope -o json', 0, '[]\n'],
    ['catalog nodes -node-meta k', 1, '', /^invalid value "k" for flag -node-meta: Missing "=" value in argument: k\n/],
    ['catalog nodes -filter ((', 1, '', /^Error listing nodes: Unexpected response code: 500 \(Failed to create boolean expression evaluator: 1:3 /],
    ['catalog nodes -partition=default', 1, '', 'Error listing nodes: Unexpected response code: 400 (Invalid query parameter: "partition" - Partitions are a Consul Enterprise feature)\n'],
    ['catalog services', 0, 'consul\nweb\n'],
    ['catalog services -tags', 0, 'consul      \nweb         a,z\n'],
    ['catalog services -node=n2', 0, 'web\n'],
    ['catalog services -node=n2 -tags', 0, 'web      a,z\n'],
    ['catalog services -node=nope', 0, '', 'No services match the given query - try expanding your search.\n'],
    ['catalog services -node-meta=a=x', 0, '', 'No services match the given query - try expanding your search.\n'],
    ['catalog services x', 1, '', 'Too many arguments (expected 0, got 1)\n'],
  ], options)
})

t.test('maint', async t => {
  await server.call('PUT', '/v1/agent/service/register', { Name: 'web', ID: 'web1' })
  const noReason = 'Maintenance mode is enabled for this node, but no reason was provided. This is a default message.'
  await runTable(t, [
    ['maint', 0, ''],
    ['maint -enable -disable', 1, '', 'Only one of -enable or -disable may be provided\n'],
    ['maint -reason=x', 1, '', 'Reason may only be provided with -enable\n'],
    ['maint -disable -reason=x', 1, '', 'Reason may only be provided with -enable\n'],
    ['maint -service=web1', 1, '', 'Service requires either -enable or -disable\n'],
    ['maint -enable -service=nope', 1, '', /^Error enabling service maintenance: Unexpected response code: 404 \(/],
    ['maint -enable', 0, 'Node maintenance is now enabled\n'],
    ['maint -enable -reason=later', 0, 'Node maintenance is now enabled\n'],
    ["maint -enable -service=web1 -reason 'new disk'", 0, 'Service maintenance is now enabled for "web1"\n'],
    ['maint', 0, `Node:\n  Name:   test\n  Reason: ${noReason}\n\nService:\n  ID:     web1\n  Reason: new disk\n\n`],
    ['maint -disable', 0, 'Node maintenance is now disabled\n'],
    ['maint -disable -service=web1', 0, 'Service maintenance is now disabled for "web1"\n'],
    ['maint -o json', 0, '[]\n'],
  ], options)
})

t.test('leading an agent', async t => {
  await runTable(t, [
    ['reload', 0, 'Configuration reload triggered\n'],
    ['reload x', 0, 'Configuration reload triggered\n'],
    ['force-leave', 1, '', /^A single node name must be specified to force leave\.\n\nUsage: roster force-leave \[options\] name\n/],
    ['force-leave a b', 1, '', /^A single node name/],
    ['force-leave nope', 1, '', "Error force leaving: Unexpected response code: 500 (agent: No node found with name 'nope')\n"],
    ['join', 1, '', /^At least one address to join must be specified\.\n\nUsage: /],
    ['join 127.0.0.1:1', 1, '', /^Error joining address '127\.0\.0\.1:1': Unexpected response code: 500 \(1 error occurred:\n\t\* Failed to join 127\.0\.0\.1:1: .*\)\nFailed to join any nodes\.\n$/s],
    ['leave x', 1, '', /^Error found unexpected args: \[x\]\n\nUsage: /],
    ['validate', 1, '', 'Must specify at least one config file or directory\n'],
    ['keygen', 0, /^[A-Za-z0-9+/]{43}=\n$/],
    ['keygen -x', 1, '', /^flag provided but not defined: -x\nUsage:\n/],
    ['version -format=json', 0, /^\{\n {3}"Version": "\d+\.\d+\.\d+",\n {3}"Revision": "",\n {3}"Prerelease": "[^"]*",\n {3}"BuildDate": "[^"]+",\n {3}"RPC": \{\n {6}"Default": 2,\n {6}"Min": 2,\n {6}"Max": 3\n {3}\}\n\}\n$/],
  ], options)
})

t.test('validate judges like the agent', async t => {
  const cwd = t.testdir({ 'good.json': '{"data_dir": "d"}', 'bad.hcl': 'data_dir = "d"\nbogus_key = 1\n', 'none.json': '{}' })
  await runTable(t, [
    ['validate good.json', 0, 'Configuration is valid!\n'],
    ['validate -quiet good.json', 0, ''],
    ['validate none.json', 1, '', /^Config validation failed: data_dir cannot be empty\n/],
    ['validate good.json bad.hcl', 1, '', 'Config validation failed: failed to parse bad.hcl: 1 error occurred:\n\t* invalid config key bogus_key\n\n\n    at bad.hcl:2\n'],
    ['validate -config-format=x good.json', 1, '', /^-config-format must be either 'hcl' or 'json/],
    ['validate -o json good.json', 0, '{\n    "Valid": true,\n    "Message": ""\n}\n'],
  ], { cwd })
})

t.test('monitor shows the log until it is told to stop', async t => {
  const watching = startCommandLine(['monitor', '-log-level=debug'], options)
  const json = startCommandLine(['monitor', '-log-level=debug', '-log-json'], options)
  await until('lines', () => {
    server.roster.log.child('agent').debug('Something happened')
    return /^\S+ \[DEBUG\] agent: Something happened$/m.test(watching.out()) && /^\{"@level"/m.test(json.out())
  })
  watching.signal('SIGINT')
  json.signal('SIGTERM')
  t.match(await watching.ended, { code: 0, err: '' })
  t.equal((await json.ended).code, 0)
  t.match(await commandLine(['monitor', '-log-level=loud'], options), { code: 1, out: '', err: 'Error starting monitor: Unexpected response code: 400 (Unknown log level: loud)\n' })
})

t.test('leave ends the agent', async t => {
  const other = await startTestServer()
  t.teardown(() => other.stop())
  t.match(await commandLine(['leave', `-http-addr=${other.url}`]), { code: 0, out: 'Graceful leave complete\n', err: '' })
  await other.left
})

t.test('events and round trips', async t => {
  await runTable(t, [
    ['event', 1, '', /^Event name must be specified\n\nUsage: roster event \[options\] \[payload\]\n/],
    ['event -name=x a b', 1, '', /^Too many command line arguments\.\n/],
    ['event -name=x -tag=t', 1, '', 'Cannot provide tag filter without service filter.\n'],
    ['event -name=x -node=(', 1, '', 'Failed to compile node filter regexp: error parsing regexp: missing closing ): `(`\n'],
    ['event -name=x payload', 0, /^Event ID: [0-9a-f-]{36}\n$/],
    ['rtt', 1, '', /^One or two node names must be specified\n\nUsage: /],
    ['rtt nope', 1, '', 'Could not find a coordinate for node "nope"\n'],
    ['rtt -wan nope', 1, '', 'Node names must be specified as <node name>.<datacenter> with -wan\n'],
  ], options)
  await server.call('PUT', '/v1/coordinate/update', { Node: 'test', Coord: { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1, Adjustment: 0, Height: 0.001 } })
  await server.call('PUT', '/v1/coordinate/update', { Node: 'n2', Coord: { Vec: [0.003, 0.004, 0, 0, 0, 0, 0, 0], Error: 1, Adjustment: 0, Height: 0.001 } })
  await until('coordinates are stored', async () => (await server.call('GET', '/v1/coordinate/node/n2')).status === 200)
  await runTable(t, [
    ['rtt n2', 0, 'Estimated n2 <-> test rtt: 7.000 ms (using LAN coordinates)\n'],
    ['rtt n2 n2', 0, 'Estimated n2 <-> n2 rtt: 2.000 ms (using LAN coordinates)\n'],
    ['rtt n2 nope', 1, '', 'Could not find a coordinate for node "nope"\n'],
  ], options)
})
