// Config entries, intentions and the operator's verbs, by the command line.
import t from 'tap'
import { commandLine } from '../support/command-line.js'
import { startTestServer } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url }

t.test('config entries', async t => {
  const cwd = t.testdir({
    'defaults.hcl': 'Kind = "service-defaults"\nName = "web"\nProtocol = "http"\n',
    'defaults.json': '{"kind": "service-defaults", "name": "web2", "protocol": "http", "mesh_gateway": {"mode": "local"}}',
    'resolver.hcl': 'Kind = "service-resolver"\nName = "web"\nDefaultSubset = "v1"\nSubsets = {\n  v1 = { Filter = "Service.Meta.version == v1" }\n}\n',
    'splitter.hcl': 'Kind = "service-splitter"\nName = "web"\nSplits = [\n  { Weight = 100, ServiceSubset = "v1" }\n]\n',
    'kind.hcl': 'Kind = "nokind"\n',
    'kindless.hcl': 'Name = "x"\n',
    'number.json': '{"Kind": 5}',
    'unknown.json': '{"Kind": "service-defaults", "Name": "x", "Nope": 1}',
    'cut.hcl': 'Kind = ',
    'cut.json': '{',
  })
  await runTable(t, [
    ['config write', 1, '', 'Must provide exactly one positional argument to specify the config entry to write\n'],
    ['config write a b', 1, '', /^Must provide exactly one/],
    ['config write none.hcl', 1, '', 'Failed to load data: Failed to read file: open none.hcl: no such file or directory\n'],
    ['config write kind.hcl', 1, '', 'Failed to decode config entry input: invalid config entry kind: nokind\n'],
    ['config write kindless.hcl', 1, '', 'Failed to decode config entry input: Payload does not contain a kind/Kind key at the top level\n'],
    ['config write number.json', 1, '', 'Failed to decode config entry input: Kind value in payload is not a string\n'],
    ['config write unknown.json', 1, '', 'Failed to decode config entry input: 1 error occurred:\n\t* invalid config key "Nope"\n\n\n'],
    ['config write cut.json', 1, '', 'Failed to decode config entry input: Failed to decode config entry input: unexpected end of JSON input\n'],
    ['config write cut.hcl', 1, '', /^Failed to decode config entry input: Failed to decode config entry input: At /],
    ['config write splitter.hcl', 1, '', /^Error writing config entry service-splitter\/web: Unexpected response code: 500 \(/],
    ['config write defaults.hcl', 0, 'Config entry written: service-defaults/web\n'],
    ['config write defaults.json', 0, 'Config entry written: service-defaults/web2\n'],
    ['config write resolver.hcl', 0, 'Config entry written: service-resolver/web\n'],
    ['config write splitter.hcl', 0, 'Config entry written: service-splitter/web\n'],
    ['config read', 1, '', 'Must specify the -kind parameter\n'],
    ['config read -kind=mesh', 1, '', 'Must specify the -name parameter\n'],
    ['config read -kind=zz -name=a', 1, '', 'Error reading config entry zz/a: invalid config entry kind: zz\n'],
    ['config read -kind=service-defaults -name=none', 1, '', 'Error reading config entry service-defaults/none: Unexpected response code: 404 (Config entry not found for "service-defaults" / "none")\n'],
    ['config read -kind=service-defaults -name=web', 0, /^\{\n {4}"Kind": "service-defaults",\n {4}"Name": "web",\n {4}"Protocol": "http",\n[^]*"CreateIndex": \d+,\n {4}"ModifyIndex": \d+\n\}\n$/],
    ['config read -kind=service-splitter -name=web', 0, /"Splits": \[\n {8}\{\n {12}"Weight": 100,\n/],
    ['config list', 1, '', 'Must specify the -kind parameter\n'],
    ['config list -kind=zz', 1, '', 'Error listing config entries for kind "zz": Unexpected response code: 500 (invalid config entry kind: zz)\n'],
    ['config list -kind=service-defaults', 0, 'web\nweb2\n'],
    ['config list -kind=service-router', 0, ''],
    ['config delete', 1, '', 'Must specify the -kind or -filename parameter\n'],
    ['config delete -kind=service-defaults', 1, '', 'Must specify the -name parameter\n'],
    ['config delete -kind=mesh -filename=defaults.json', 1, '', "filename can't be used with kind or name\n"],
    ['config delete -kind=service-defaults -name=web2 -cas', 1, '', 'Must specify a -modify-index greater than 0 with -cas\n'],
    ['config delete -kind=service-defaults -name=web2 -modify-index=3', 1, '', 'Cannot specify -modify-index without -cas\n'],
    ['config delete -kind=service-defaults -name=web2 -cas -modify-index=3', 1, '', 'Config entry not deleted: service-defaults/web2\n'],
    ['config delete -filename=defaults.json', 0, 'Config entry deleted: service-defaults/web2\n'],
    ['config delete -kind=service-defaults -name=web2', 0, 'Config entry deleted: service-defaults/web2\n'],
    ['config delete -kind=zz -name=b', 1, '', 'Error deleting config entry zz/b: Unexpected response code: 400 (invalid config entry kind: zz)\n'],
  ], { env, cwd })
  t.match(await commandLine(['config', 'write', '-'], { env, stdin: 'Kind = "proxy-defaults"\nName = "global"\n' }), { code: 0, out: 'Config entry written: proxy-defaults/global\n' })
})

t.test('intentions', async t => {
  const cwd = t.testdir({ 'one.json': '{"SourceName": "x", "DestinationName": "y", "Action": "deny", "Meta": {"a": "b"}}', 'list.json': '[]', 'cut.json': '{' })
  await runTable(t, [
    ['intention list', 0, '', 'There are no intentions.\n'],
    ['intention create a', 1, '', 'Error: Must specify two arguments: source and destination\n'],
    ['intention create a b c', 1, '', 'Error: Must specify two arguments: source and destination\n'],
    ['intention create -allow -deny a b', 1, '', 'Only one of -allow or -deny may be specified.\n'],
    ['intention create -meta k a b', 1, '', /^invalid value "k" for flag -meta: Missing "=" value in argument: k\n/],
    ['intention create -file none.json', 1, '', 'Error: open none.json: no such file or directory\n'],
    ['intention create -file list.json', 1, '', 'Error: list.json holds no intention\n'],
    ['intention create -file cut.json', 1, '', /^Error: cut\.json: /],
    ['intention create web db', 0, 'Created: web => db (allow)\n'],
    ['intention create web db', 1, '', /^Error creating intention "web => db \(allow\)": Unexpected response code: 500 \(/],
    ['intention create -replace -deny web db', 0, ''],
    ['intention create -file one.json', 0, 'Created: x => y (deny)\n'],
    ['intention create -meta=k=v q r', 0, 'Created: q => r (allow)\n'],
    ['intention create default/a default/b', 0, 'Created: a => b (allow)\n'],
    ['intention check', 2, '', 'Error: command requires exactly two arguments: src and dst\n'],
    ['intention check web db', 1, 'Denied\n'],
    ['intention check q r', 0, 'Allowed\n'],
    ['intention list', 0, /^ID +Source {2}Action {2}Destination {2}Precedence\n[^]*[0-9a-f-]{36} {2}web +deny +db +9\n/],
    ['intention match', 1, '', 'Error: command requires exactly one argument: src or dst\n'],
    ['intention match -source -destination db', 1, '', 'Error: only one of -source or -destination may be specified\n'],
    ['intention match db', 0, 'web => db (deny)\n'],
    ['intention match -source q', 0, 'q => r (allow)\n'],
    ['intention match nobody', 0, ''],
    ['intention get', 1, '', 'command requires exactly 1 or 2 arguments\n'],
    ['intention get q r', 0, /^Source: {7}q\nDestination: {2}r\nAction: {7}allow\nID: {11}[0-9a-f-]{36}\nMeta\[k\]: {6}v\nCreated At: {3}\w+day, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d UTC\n$/],
    ['intention get no body', 1, '', 'Intention not found with source "no" and destination "body"\n'],
    ['intention get 11111111-2222-3333-4444-555555555555', 1, '', 'Intention not found with ID "11111111-2222-3333-4444-555555555555"\n'],
    ['intention get x', 1, '', /^Error reading the intention: Unexpected response 400: /],
    ['intention delete', 1, '', 'command requires exactly 1 or 2 arguments\n'],
    ['intention delete web db', 0, 'Intention deleted.\n'],
    ['intention delete web db', 0, 'Intention deleted.\n'],
    ['intention delete 11111111-2222-3333-4444-555555555555', 1, '', /^Error deleting the intention: Unexpected response code: 500 \(Cannot delete non-existent intention/],
  ], { env, cwd })
})

t.test('the operator', async t => {
  const id = '[0-9a-f-]{36}'
  await runTable(t, [
    ['operator raft list-peers', 0, new RegExp(`^Node {2}ID +Address +State +Voter {2}RaftProtocol {2}Commit Index {2}Trails Leader By\ntest {2}${id} {2}127\\.0\\.0\\.1:\\d+ +leader {2}true +3 +\\d+ +-\n$`)],
    ['operator raft remove-peer', 1, '', 'Error removing peer: an address or id is required for the peer to remove\n'],
    ['operator raft remove-peer -id=a -address=b', 1, '', 'Error removing peer: cannot give both an address and id\n'],
    ['operator raft remove-peer -address=1.1.1.1:1', 1, '', 'Error removing peer: Unexpected response code: 500 (address "1.1.1.1:1" was not found in the Raft configuration)\n'],
    ['operator raft transfer-leader', 1, '', /^Error transfering leadership: Failed to transfer leadership Unexpected response code: 500 \(/],
    ['operator autopilot get-config', 0, 'CleanupDeadServers = true\nLastContactThreshold = 200ms\nMaxTrailingLogs = 250\nMinQuorum = 0\nServerStabilizationTime = 10s\nRedundancyZoneTag = ""\nDisableUpgradeMigration = false\nUpgradeVersionTag = ""\n'],
    ['operator autopilot set-config -max-trailing-logs=300 -cleanup-dead-servers=false -server-stabilization-time=1m30s', 0, 'Configuration updated!\n'],
    ['operator autopilot get-config', 0, /^CleanupDeadServers = false\nLastContactThreshold = 200ms\nMaxTrailingLogs = 300\nMinQuorum = 0\nServerStabilizationTime = 1m30s\n/],
    ['operator autopilot set-config -cleanup-dead-servers=x', 1, '', /^invalid boolean value "x" for -cleanup-dead-servers: /],
    ['operator autopilot state', 0, new RegExp(`^Healthy: {22}true\nFailure Tolerance: {12}0\nOptimistic Failure Tolerance: 0\nLeader: {23}${id}\nVoters:\n {3}${id}\nServers:\n {3}${id}\n {6}Name: {12}test\n {6}Address: {9}127\\.0\\.0\\.1:\\d+\n {6}Version: {9}\\S+\n {6}Status: {10}leader\n`)],
    ['operator autopilot state -format=json', 0, /^\{\n {4}"Healthy": true,\n/],
    ['operator autopilot state -format=xml', 1, '', 'Unknown format: xml\n'],
    ['operator usage instances -connect -billable', 1, '', 'Cannot specify both -billable and -connect flags\n'],
    ['operator usage instances x', 1, '', 'Too many arguments (expected 0, got 1)\n'],
    ['operator usage instances', 0, /^Billable Service Instances Total: 0\ndc1 Billable Service Instances: 0\n\nBillable Services\nServices {6}Service instances\n\d+ +0\n\n\nNodes\nDatacenter {6}Count\ndc1 +1\n\nTotal +1\n\n\nConnect Services\nType +Service instances\napi-gateway +0\n/],
    ['operator usage instances -billable', 0, /\nTotal +1\n\n\n$/],
    ['operator usage instances -connect -all-datacenters', 0, /^Connect Services\nDatacenter {6}Type +Service instances\ndc1 +api-gateway +0\n[^]*\n\nTotal +0\n$/],
    ['operator', 1, '', /^Usage: roster operator <subcommand> \[options\]\n/],
    ['operator raft -list-peers', 1, '', /^Usage: roster operator raft <subcommand>/],
  ], { env })
})
