// The kv verbs: words, codes and streams that scripts rely on, and values that come back as they went in.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import fc from 'fast-check'
import { commandLine, startCommandLine } from '../support/command-line.js'
import { startTestServer, until } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url }
const roster = (...argv: readonly string[]) => commandLine(argv, { env })

t.beforeEach(async () => { await server.call('DELETE', '/v1/kv/?recurse') })

t.test('put and get', async t => {
  const dir = t.testdir({ 'value.txt': 'from a file' })
  await runTable(t, [
    ['kv put', 1, '', 'Error! Missing KEY argument\n'],
    ['kv put a 1 2', 1, '', 'Error! Too many arguments (expected 1 or 2, got 3)\n'],
    ['kv put /a 1', 1, '', "Error! Failed writing data: Invalid key. Key must not begin with a '/': /a\n"],
    ["kv put '' 1", 1, '', 'Error! Failed writing data: Unexpected response code: 400 (Missing key name)\n'],
    ['kv put a @none.txt', 1, '', 'Error! Failed to read file: open none.txt: no such file or directory\n'],
    ['kv put a @', 1, '', 'Error! Failed to read file: open : no such file or directory\n'],
    ['kv put -base64 a !!', 1, '', 'Error! Cannot base 64 decode data: illegal base64 data at input byte 0\n'],
    ['kv get a', 1, '', 'Error! No key exists at: a\n'],
    ['kv put a 1', 0, 'Success! Data written to: a\n'],
    ['kv get a', 0, '1\n'],
    ['kv get /a', 0, '1\n'],
    ['kv get -base64 a', 0, 'MQ==\n'],
    ['kv put a', 0, 'Success! Data written to: a\n'],
    ['kv get a', 0, '\n'],
    ['kv put a @value.txt', 0, 'Success! Data written to: a\n'],
    ['kv get a', 0, 'from a file\n'],
    ['kv put -base64 a YWJj', 0, 'Success! Data written to: a\n'],
    ['kv get a', 0, 'abc\n'],
    ['kv put a -', 0, 'Success! Data written to: a\n'],
    ['kv get a', 0, 'from standard input\n'],
    ['kv get', 1, '', 'Error! Missing KEY argument\n'],
    ['kv get /', 1, '', 'Error! Missing KEY argument\n'],
    ['kv get a -stale', 1, '', 'Too many arguments (expected 1, got 2)\n'],
    ['kv get -stale a', 0, 'from standard input\n'],
    ['kv get -namespace default a', 1, '', 'Error querying Consul agent: Unexpected response code: 400 (Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature)\n'],
    ['kv get -datacenter elsewhere a', 1, '', 'Error querying Consul agent: Unexpected response code: 500 (No path to datacenter)\n'],
    ['kv put -flags=-1 a', 1, '', /^invalid value "-1" for flag -flags: parse error\n/],
    ['kv put -flags=18446744073709551616 a', 1, '', /^invalid value "18446744073709551616" for flag -flags: value out of range\n/],
  ], { env, cwd: dir, stdin: 'from standard input' })
})

t.test('details, and flags to the last digit', async t => {
  await roster('kv', 'put', '-flags=18446744073709551615', 'a', '1')
  const { out } = await roster('kv', 'get', '-detailed', 'a')
  t.match(out, /^CreateIndex {6}\d+\nFlags {12}18446744073709551615\nKey {14}a\nLockIndex {8}0\nModifyIndex {6}\d+\nSession {10}-\nValue {12}1\n$/)
  t.match((await roster('kv', 'get', '-o', 'json', 'a')).out, /"Flags": 18446744073709551615,\n/)
  await roster('kv', 'put', 'empty')
  t.match((await roster('kv', 'get', '-detailed', 'empty')).out, /\nValue\n$/)
})

t.test('below a prefix', async t => {
  for (const key of ['a', 'b/1', 'b/2/x', 'c']) await roster('kv', 'put', key, `v-${key}`)
  await runTable(t, [
    ['kv get -recurse', 0, 'a:v-a\nb/1:v-b/1\nb/2/x:v-b/2/x\nc:v-c\n'],
    ['kv get -recurse b', 0, 'b/1:v-b/1\nb/2/x:v-b/2/x\n'],
    ['kv get -recurse -base64 c', 0, 'c:di1j\n'],
    ['kv get -recurse none', 0, ''],
    ['kv get -recurse -detailed b', 0, /^CreateIndex[^]*\nValue {12}v-b\/1\n\nCreateIndex[^]*\nValue {12}v-b\/2\/x\n$/],
    ['kv get -keys', 0, 'a\nb/\nc\n'],
    ['kv get -keys b', 0, 'b/\n'],
    ['kv get -keys b/', 0, 'b/1\nb/2/\n'],
    ["kv get -keys -separator ''", 0, 'a\nb/1\nb/2/x\nc\n'],
    ['kv get -keys -recurse b', 0, 'b/1\nb/2/x\n'],
    ['kv get -keys none', 0, ''],
    ['kv get -keys -o json b/', 0, '[\n    "b/1",\n    "b/2/"\n]\n'],
    ['kv ls', 0, 'a\nb/\nc\n'],
    ['kv ls b', 0, 'b/1\nb/2/\n'],
    ['kv ls -raw b', 0, 'b/\n'],
    ['kv tree', 0, '├── a\n├── b/\n│   ├── 1\n│   └── 2/\n│       └── x\n└── c\n'],
    ['kv tree -depth=1 b/', 0, '├── 1\n└── 2/\n'],
    ['kv tree none', 0, ''],
  ], { env })
})

t.test('deleting', async t => {
  await roster('kv', 'put', 'a', '1')
  const index = /ModifyIndex +(\d+)/.exec((await roster('kv', 'get', '-detailed', 'a')).out)![1]!
  await runTable(t, [
    ['kv delete', 1, '', 'Error! Missing KEY argument\n'],
    ["kv delete ''", 1, '', 'Error! Missing KEY argument\n'],
    ['kv delete a b', 1, '', 'Too many arguments (expected 1, got 2)\n'],
    ['kv delete -cas a', 1, '', 'Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.\n'],
    ['kv delete -modify-index=1 a', 1, '', 'Cannot specify -modify-index without -cas!\n'],
    ['kv delete -cas -modify-index=1 -recurse a', 1, '', 'Cannot specify both -cas and -recurse!\n'],
    ['kv delete -cas -modify-index=1 a', 1, '', 'Error! Did not delete key a: CAS failed\n'],
    [`kv delete -cas -modify-index=${index} a`, 0, 'Success! Deleted key: a\n'],
    ['kv delete a', 0, 'Success! Deleted key: a\n'],
    ['kv put b/1 x', 0, 'Success! Data written to: b/1\n'],
    ['kv put c x', 0, 'Success! Data written to: c\n'],
    ['kv delete -recurse /b', 0, 'Success! Deleted keys with prefix: b\n'],
    ['kv get -keys', 0, 'c\n'],
    ["kv delete -recurse ''", 0, 'Success! Deleted keys with prefix: \n'],
    ['kv get -keys', 0, ''],
  ], { env })
})

t.test('conditions', async t => {
  const session = (await (await server.call('PUT', '/v1/session/create', { LockDelay: '0s' })).json() as { ID: string }).ID
  const other = (await (await server.call('PUT', '/v1/session/create')).json() as { ID: string }).ID
  await runTable(t, [
    ['kv put -cas a 1', 0, 'Success! Data written to: a\n'],
    ['kv put -cas -modify-index=0 a 1', 1, '', 'Error! Did not write to a: CAS performed with index=0 and key already exists.\n'],
    ['kv put -cas -modify-index=999999 a 1', 1, '', 'Error! Did not write to a: CAS failed\n'],
    ['kv put -acquire b 1', 1, '', 'Error! Missing -session (required with -acquire and -release)\n'],
    ['kv put -release b 1', 1, '', 'Error! Missing -session (required with -acquire and -release)\n'],
    ['kv put -acquire -session=zz b 1', 1, '', /^Error! Failed writing data: Unexpected response code: 500 \(.*invalid session "zz"\)\n$/],
    [`kv put -acquire -session=${session} b 1`, 0, 'Success! Lock acquired on: b\n'],
    [`kv put -acquire -session=${other} b 1`, 1, '', 'Error! Did not acquire lock\n'],
    [`kv put -release -session=${other} b 1`, 1, '', 'Error! Did not release lock\n'],
    ['kv get -detailed b', 0, new RegExp(`\nSession {10}${session}\n`)],
    [`kv put -release -session=${session} b 1`, 0, 'Success! Lock released on: b\n'],
  ], { env })
})

t.test('export and import give back what was there', async t => {
  const key = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'B', '7', '/', ' ', 'ü', '-', '_', '.') }).filter(text => !/^\/|\.\.|\/\/|(^|\/)[ .]|[ .](\/|$)/.test(text))
  const pairs = fc.dictionary(key, fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), { minKeys: 1, maxKeys: 4, noNullPrototype: false })
  await fc.assert(fc.asyncProperty(pairs, async wanted => {
    await server.call('DELETE', '/v1/kv/?recurse')
    for (const [name, [bytes, flags]] of Object.entries(wanted)) t.equal((await roster('kv', 'put', '-base64', `-flags=${flags}`, '--', name, Buffer.from(bytes).toString('base64'))).code, 0, JSON.stringify(name))
    const { out } = await roster('kv', 'export')
    await server.call('DELETE', '/v1/kv/?recurse')
    const { code, err } = await commandLine(['kv', 'import', '-'], { env, stdin: out })
    t.equal(code, 0, err)
    t.equal((await roster('kv', 'export')).out, out)
    t.equal((JSON.parse(out) as unknown[]).length, Object.keys(wanted).length)
  }), { seed: 4, numRuns: 12 })
})

t.test('what import refuses', async t => {
  await runTable(t, [
    ['kv export', 0, '[]\n'],
    ['kv export a b', 1, '', 'Too many arguments (expected 1, got 2)\n'],
    ['kv import', 1, '', 'Error! Missing DATA argument\n'],
    ["kv import ''", 1, '', 'Error! Empty DATA argument\n'],
    ['kv import a b', 1, '', 'Error! Too many arguments (expected 1, got 2)\n'],
    ['kv import @none', 1, '', 'Error! Failed to read file: open none: no such file or directory\n'],
    ['kv import {', 1, '', 'Cannot unmarshal data: unexpected end of JSON input\n'],
    ['kv import {}', 1, '', 'Cannot unmarshal data: json: cannot unmarshal object into Go value of type []*impexp.Entry\n'],
    ['kv import [null]', 1, '', 'Cannot unmarshal data: json: cannot unmarshal null into Go value of type impexp.Entry\n'],
    ['kv import [{"key":5}]', 1, '', 'Cannot unmarshal data: json: cannot unmarshal number into Go struct field Entry.key of type string\n'],
    ['kv import [{"key":"x","flags":-1}]', 1, '', 'Cannot unmarshal data: json: cannot unmarshal number -1 into Go struct field Entry.flags of type uint64\n'],
    ['kv import [{"key":"x","value":"!"}]', 1, '', 'Error base 64 decoding value for key x: illegal base64 data at input byte 0\n'],
    ['kv import []', 0, ''],
    ['kv import null', 0, ''],
    ['kv import -prefix=p/ [{"key":"/q/1","value":"YQ=="},{"KEY":"r"}]', 0, 'Imported: p/q/1\nImported: p/r\n'],
    ['kv get -recurse', 0, 'p/q/1:a\np/r:\n'],
    ['kv export p/q', 0, '[\n\t{\n\t\t"key": "p/q/1",\n\t\t"flags": 0,\n\t\t"value": "YQ=="\n\t}\n]\n'],
  ], { env })
})

t.test('bytes that are no text come out as they went in', async t => {
  const dir = t.testdir({})
  mkdirSync(join(dir, 'sub'))
  const bytes = Buffer.from([0, 255, 254, 10, 13, 128])
  writeFileSync(join(dir, 'sub/bytes'), bytes)
  await commandLine(['kv', 'put', 'bin', '@sub/bytes'], { env, cwd: dir })
  t.equal((await roster('kv', 'get', '-base64', 'bin')).out, `${bytes.toString('base64')}\n`)
})

t.test('watch tells of each change until it is told to stop', async t => {
  await roster('kv', 'put', 'w/a', 'one')
  const watching = startCommandLine(['kv', 'watch', '-recurse', 'w/'], { env })
  await until('the first line', () => watching.out() === '+ w/a  one\n')
  await roster('kv', 'put', 'w/a', 'two\nlines')
  await until('the change', () => watching.out().endsWith('~ w/a  two\n'))
  await roster('kv', 'put', 'w/b', 'x')
  await until('the new one', () => watching.out().endsWith('+ w/b  x\n'))
  await roster('kv', 'delete', 'w/a')
  await until('the one that went', () => watching.out().endsWith('- w/a\n'))
  watching.signal('SIGINT')
  t.match(await watching.ended, { code: 0, err: '' })
})
