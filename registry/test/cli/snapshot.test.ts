// Snapshots by the command line: a file takes its name only when it is whole, and a damaged one is refused with the reason.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { commandLine } from '../support/command-line.js'
import { startTestServer } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url }
const cwd = t.testdir({ 'no.snap': 'not a snapshot', 'empty.snap': '', folder: {} })
const options = { env, cwd }

t.test('save, inspect, restore', async t => {
  for (const key of ['a/b/1', 'a/b/2', 'a/c', 'd']) await server.call('PUT', `/v1/kv/${key}`, 'x'.repeat(100))
  await runTable(t, [
    ['snapshot save', 1, '', 'Missing FILE argument\n'],
    ['snapshot save a b', 1, '', 'Too many arguments (expected 1, got 2)\n'],
    ['snapshot save /nodir/x.snap', 1, '', 'Error writing unverified snapshot file: open /nodir/x.snap.unverified: no such file or directory\n'],
    ['snapshot save s.snap', 0, /^Saved and verified snapshot to index \d+\n$/],
    ['snapshot save -append-filename=version,dc s.snap', 0, /^Saved/],
    ['snapshot save -o json s.snap', 0, /^\{\n {4}"File": "s\.snap",\n {4}"Index": \d+\n\}\n$/],
    ['snapshot inspect', 1, '', 'Missing FILE argument\n'],
    ['snapshot inspect none.snap', 1, '', 'Error opening snapshot file: open none.snap: no such file or directory\n'],
    ['snapshot inspect -', 1, '', 'Error opening snapshot file: open -: no such file or directory\n'],
    ['snapshot inspect folder', 1, '', /^Error opening snapshot file: open folder: is a directory\n$/],
    ['snapshot inspect no.snap', 1, '', 'Error reading snapshot: failed to decompress snapshot: gzip: invalid header\n'],
    ['snapshot inspect empty.snap', 1, '', 'Error reading snapshot: failed to decompress snapshot: EOF\n'],
    ['snapshot inspect -format=xml s.snap', 1, '', 'Error outputting enhanced snapshot data: Unknown format: xml\n'],
    ['snapshot inspect s.snap', 0, /^ ID {11}1-\d+-\d+\n Size {9}\d+\n Index {8}\d+\n Term {9}1\n Version {6}1\n\n Type +Count +Size\n ---- +---- +----\n[^]*\n KVS +4 +\S+\n[^]* ---- +---- +----\n Total +\S+\n$/],
    ['snapshot inspect -kvdetails s.snap', 0, /\n Key Name {6}Count {6}Size\n ---- +---- +----\n a\/b {11}2 {10}\S+\n[^]* Total +\S+\n$/],
    ['snapshot inspect -kvdetails -kvdepth=1 -kvfilter=a s.snap', 0, /\n a {13}3 {10}\S+\n ---- /],
  ], options)
  t.strictSame(readdirSync(cwd).filter(name => name.includes('unverified')), [], 'nothing half done stays')
  t.ok(readdirSync(cwd).some(name => /^s-[\d.]+.*-dc1\.snap$/.test(name)))
  const found = JSON.parse((await commandLine(['snapshot', 'inspect', '-format=json', '-kvdetails', 's.snap'], options)).out) as { Meta: { Index: number }, Stats: Array<{ Name: string, Sum: number, Count: number }>, StatsKV: Array<{ Sum: number }>, TotalSize: number, TotalSizeKV: number }
  t.equal(found.TotalSize, found.Stats.reduce((sum, { Sum }) => sum + Sum, 0))
  t.equal(found.TotalSizeKV, found.StatsKV.reduce((sum, { Sum }) => sum + Sum, 0))
  t.equal(found.Stats.find(({ Name }) => Name === 'KVS')?.Count, 4)
  await server.call('DELETE', '/v1/kv/?recurse')
  await runTable(t, [
    ['snapshot restore', 1, '', 'Missing FILE argument\n'],
    ['snapshot restore none.snap', 1, '', 'Error opening snapshot file: open none.snap: no such file or directory\n'],
    ['snapshot restore no.snap', 1, '', 'Error restoring snapshot: Unexpected response code: 500 (failed to decompress snapshot: gzip: invalid header)\n'],
    ['kv get -keys', 0, ''],
    ['snapshot restore s.snap', 0, 'Restored snapshot\n'],
    ['kv get -keys', 0, 'a/\nd\n'],
  ], options)
})

t.test('a file that was touched is seen', async t => {
  await commandLine(['snapshot', 'save', 't.snap'], options)
  const bytes = readFileSync(join(cwd, 't.snap'))
  const damaged: ReadonlyArray<readonly [name: string, bytes: Buffer, reason: RegExp]> = [
    ['cut.snap', bytes.subarray(0, bytes.length - 20), /unexpected EOF/],
    ['more.snap', Buffer.concat([bytes, Buffer.from('x')]), /gzip: invalid header|unexpected EOF/],
    ['plain.snap', gzipSync(Buffer.from('not a tar')), /unexpected EOF/],
  ]
  for (const [name, content, reason] of damaged) {
    writeFileSync(join(cwd, name), content)
    const { code, out, err } = await commandLine(['snapshot', 'inspect', name], options)
    t.equal(code, 1, name)
    t.equal(out, '', name)
    t.match(err, reason, name)
    t.match(err, /^Error reading snapshot: [^\n]+\n$/, name)
  }
})

t.test('an answer that is no snapshot leaves no file', async t => {
  const { listenHttp } = await import('../support/listen.js')
  const port = await listenHttp(t, (request, response) => { response.end('<html>a proxy says hello</html>') })
  t.match(await commandLine(['snapshot', 'save', `-http-addr=127.0.0.1:${port}`, 'html.snap'], options), { code: 1, out: '', err: /^Error verifying snapshot file: failed to decompress snapshot: gzip: invalid header\n$/ })
  t.notOk(existsSync(join(cwd, 'html.snap')))
})
