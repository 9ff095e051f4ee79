// Watches: what is there once as JSON, or a command for each change, never two at a time, until it fails or somebody ends it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandLine, startCommandLine, words } from '../support/command-line.js'
import { startTestServer, instance, until } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url }
const options = { env }

t.test('parameters', async t => {
  await runTable(t, [
    ['watch', 1, '', /^Watch type must be specified\n\nUsage: roster watch \[options\] \[child\.\.\.\]\n/],
    ['watch -type=zz', 1, '', 'Unsupported watch type: zz\n'],
    ['watch -type=__proto__', 1, '', 'Unsupported watch type: __proto__\n'],
    ['watch -type=connect_roots', 1, '', 'Type connect_roots is not supported in the CLI tool\n'],
    ['watch -type=agent_service', 1, '', 'Type agent_service is not supported in the CLI tool\n'],
    ['watch -type=key', 1, '', 'Must specify a single key to watch\n'],
    ['watch -type=keyprefix', 1, '', 'Must specify a single prefix to watch\n'],
    ['watch -type=service', 1, '', 'Must specify a single service to watch\n'],
    ['watch -type=key -prefix=x', 1, '', 'Must specify a single key to watch\n'],
    ['watch -type=key -prefix=x -key=a', 1, '', 'Invalid parameters: [prefix]\n'],
    ['watch -type=nodes -prefix=x -key=x', 1, '', 'Invalid parameters: [key prefix]\n'],
    ['watch -type=key -key=a -filter=x', 1, '', 'Invalid parameters: [filter]\n'],
    ['watch -type=services -tag=x', 1, '', 'Invalid parameters: [tag]\n'],
    ['watch -type=service -service=x -passingonly=maybe', 1, '', 'Failed to parse passingonly flag: strconv.ParseBool: parsing "maybe": invalid syntax\n'],
    ['watch -type=checks -service=x -state=critical', 1, '', 'Cannot specify service and state\n'],
    ['watch -type=checks -state=loud', 1, '', 'Unsupported state: loud\n'],
    ['watch -type=nodes -datacenter=zz', 1, '', 'Error querying Consul agent: Unexpected response code: 500 (No path to datacenter)\n'],
    ['watch -type=nodes -filter=((', 1, '', /^Error querying Consul agent: Unexpected response code: 500 \(Failed to create boolean expression evaluator/],
  ], options)
})

t.test('without a command: once, as JSON', async t => {
  await server.call('PUT', '/v1/kv/w/a?flags=18446744073709551615', '1')
  await server.call('PUT', '/v1/catalog/register', instance('n2', 'web', 'critical'))
  await runTable(t, [
    ['watch -type=key -key=none', 0, 'null\n'],
    ['watch -type=key -key=/w/a', 0, /^\{\n {4}"Key": "w\/a",\n {4}"CreateIndex": \d+,\n {4}"ModifyIndex": \d+,\n {4}"LockIndex": 0,\n {4}"Flags": 18446744073709551615,\n {4}"Value": "MQ==",\n {4}"Session": ""\n\}\n$/],
    ['watch -type=keyprefix -prefix=none', 0, 'null\n'],
    ['watch -type=keyprefix -prefix=w', 0, /^\[\n {4}\{\n {8}"Key": "w\/a",/],
    ['watch -type=services', 0, '{\n    "consul": [],\n    "web": []\n}\n'],
    ['watch -type=nodes -filter Node==n2', 0, /^\[\n {4}\{\n {8}"ID": "",\n {8}"Node": "n2",[^[\]]*\n\]\n$/],
    ['watch -type=service -service=none', 0, '[]\n'],
    ['watch -type=service -service=web -passingonly=true', 0, '[]\n'],
    ['watch -type=service -service=web -tag=x', 0, '[]\n'],
    ['watch -type=service -service=web', 0, /"ServiceName": "web"/],
    ['watch -type=checks -state=critical', 0, /"CheckID": "c-web-n2"/],
    ['watch -type=checks -service=none', 0, '[]\n'],
    ['watch -type=event -name=none', 0, '[]\n'],
  ], options)
})

t.test('a command is run at first and for each change, with the JSON and the index', async t => {
  const watching = startCommandLine(words("watch -type=key -key=x/y 'cat; echo index=$CONSUL_INDEX'"), options)
  await until('the first run', () => /^null\nindex=\d+\n$/.test(watching.out()))
  await server.call('PUT', '/v1/kv/x/y', 'one')
  await until('the change', () => watching.out().includes(`"Value":"${Buffer.from('one').toString('base64')}"`))
  const { ModifyIndex } = (await server.get<Array<{ ModifyIndex: number }>>('/v1/kv/x/y'))[0]!
  await until('its index', () => watching.out().endsWith(`index=${ModifyIndex}\n`))
  const before = watching.out()
  await server.call('PUT', '/v1/kv/x/other', 'nothing to do with it')
  await server.call('PUT', '/v1/kv/x/y', 'two')
  await until('the next change', () => watching.out() !== before)
  await until('its end', () => watching.out().endsWith('\n') && watching.out().split('index=').length === 4)
  t.match(watching.out().slice(before.length), /^\{"Key":"x\/y"[^\n]*\}\nindex=\d+\n$/, 'one run a change, none for other keys')
  watching.signal('SIGTERM')
  t.match(await watching.ended, { code: 0, err: '' })
})

t.test('events: each is handed over once', async t => {
  await server.call('PUT', '/v1/event/fire/old', 'a')
  const watching = startCommandLine(words('watch -type=event cat'), options)
  await until('those that were', () => watching.out().includes('"Name":"old"'))
  await server.call('PUT', '/v1/event/fire/new', 'b')
  await until('the new one', () => watching.out().split('\n').length === 3)
  const runs = watching.out().trimEnd().split('\n').map(line => (JSON.parse(line) as Array<{ Name: string }>).map(({ Name }) => Name))
  t.strictSame(runs, [['old'], ['new']])
  watching.signal('SIGINT')
  t.equal((await watching.ended).code, 0)
})

t.test('a command that fails or cannot be started ends the watch', async t => {
  await runTable(t, [
    ['watch -type=nodes exit 3', 1, '', 'Error executing handler: exit status 3\n'],
    ["watch -type=nodes 'kill -9 $$'", 1, '', 'Error executing handler: signal: killed\n'],
    ['watch -type=nodes -shell=false /nope/x', 1, '', 'Error starting handler: fork/exec /nope/x: no such file or directory\n'],
    ['watch -type=nodes -shell=false no-such-program', 1, '', 'Error starting handler: exec: "no-such-program": executable file not found in $PATH\n'],
    ['watch -type=nodes -shell=false /bin/sh -c false', 1, '', 'Error executing handler: exit status 1\n'],
  ], options)
  t.match(await commandLine(words('watch -type=nodes -h'), options), { code: 0, out: /^Usage: roster watch/ })
  t.match(await commandLine(words("watch -type=nodes 'echo $0; exit 1' -h"), { env: { ...env, SHELL: '/bin/sh' } }), { code: 1, out: /sh/ }, 'what follows the command is its own')
})

t.test('a signal ends a handler that runs', async t => {
  const dir = t.testdir({})
  const watching = startCommandLine(words(`watch -type=nodes 'touch ${join(dir, 'started')}; trap "echo asked > ${join(dir, 'asked')}; exit 5" TERM; while :; do sleep 0.05; done'`), { env: { ...env, SHELL: '/bin/sh' } })
  await until('it runs', () => existsSync(join(dir, 'started')))
  // The shell sets its trap right after; a signal before it would end the shell at once, which is well, too.
  watching.signal('SIGTERM')
  t.match(await watching.ended, { code: 0, err: '' })
  if (existsSync(join(dir, 'asked'))) t.equal(readFileSync(join(dir, 'asked'), 'utf8'), 'asked\n')
})
