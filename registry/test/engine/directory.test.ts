// Laws of the data directory: only an empty or our own one is used, and what is refused is left as it was. That one process uses it at a time: lock.test.ts.
import t from 'tap'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { untraceable } from '../support/strace.js'
import { bundle, keeper } from './keeper-process.js'
import { refusal } from './refusal.js'
import { Recorder, jsonCodec, write } from './recorder.js'
import type { EmbeddedOptions } from '../../src/engine/embedded.js'

/** Names, sizes and contents of everything below a directory. */
function snapshot (dir: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name)
    found[name] = statSync(path).isDirectory() ? 'directory' : readFileSync(path, 'base64')
  }
  return found
}

async function used (dir: string, options?: EmbeddedOptions): Promise<void> {
  const engine = embeddedEngine(dir, jsonCodec, options)
  await engine.open(new Recorder())
  await engine.commit(write({ puts: [['k', 1]] }))
  await engine.close()
}

const script = await bundle(t.testdir())

t.test('a directory that is absent, empty or holds nothing of account is taken', async t => {
  const dir = t.testdir({ empty: {}, mount: { 'lost+found': {}, '.gitkeep': '', 'node-id': 'abc' } })
  for (const name of ['absent/below', 'empty', 'mount']) {
    t.equal(await refusal(join(dir, name)), undefined, name)
    t.ok(existsSync(join(dir, name, 'roster/roster.json')), name)
  }
  t.strictSame(readdirSync(join(dir, 'empty')), ['roster'], 'law: one name, and nothing half-made beside it')
  t.equal(statSync(join(dir, 'empty/roster')).mode & 0o077, 0, 'law: what may hold secrets is for its owner alone')
})

t.test('what is not ours is refused and left alone', async t => {
  const dir = t.testdir({
    consul: { raft: { 'raft.db': 'x', snapshots: {} }, serf: {}, 'node-id': 'abc', 'checkpoint-signature': 'x' },
    home: { 'letter.txt': 'dear' },
    namesake: { roster: { 'of-duty.txt': 'monday' } },
    other: { roster: { 'roster.json': '{"format":"music"}' } },
    file: 'a file',
    below: 'a file',
  })
  const table: ReadonlyArray<readonly [string, RegExp]> = [
    ['consul', /looks like the data directory of a Consul agent \(it holds checkpoint-signature, raft, serf\)/],
    ['home', /not empty and not a Roster data directory \(it holds letter\.txt\); give an empty or a new directory/],
    ['namesake', /not a Roster data directory: it has no roster\.json/],
    ['other', /not a Roster data directory/],
    ['file', /is a file, not a data directory/],
    ['below/data', /lies below a file/],
  ]
  const before = snapshot(dir)
  for (const [name, message] of table) {
    const error = await refusal(join(dir, name))
    t.equal(error?.code, 'FOREIGN', name)
    t.match(error?.message, message, name)
    t.ok(error?.message.startsWith(join(dir, name)), `${name}: the message names the directory`)
  }
  t.strictSame(snapshot(dir), before)
})

t.test('what a later version wrote is refused, with both versions, and left alone', async t => {
  const dir = t.testdir()
  await used(join(dir, 'schema'), { schema: 3, madeBy: '1.4.0' })
  await used(join(dir, 'format'), { schema: 1, madeBy: '2.0.0' })
  const marker = join(dir, 'format/roster/roster.json')
  writeFileSync(marker, readFileSync(marker, 'utf8').replace('"version":1', '"version":2'))
  const before = snapshot(dir)
  for (const [name, message] of [
    ['schema', /written by Roster 1\.4\.0 \(format 1, schema 3\); this is Roster 0\.1\.0 \(format 1, schema 2\)/],
    ['format', /written by Roster 2\.0\.0 \(format 2, schema 1\); this is Roster 0\.1\.0 \(format 1, schema 2\)/],
  ] as const) {
    const error = await refusal(join(dir, name), { schema: 2, madeBy: '0.1.0' })
    t.equal(error?.code, 'NEWER', name)
    t.match(error?.message, message)
  }
  t.strictSame(snapshot(dir), before)
})

t.test('an earlier schema is taken, and from then on an earlier version refuses', async t => {
  const dir = join(t.testdir(), 'data')
  await used(dir, { schema: 1, madeBy: '0.1.0' })
  t.equal(await refusal(dir, { schema: 2, madeBy: '0.2.0' }), undefined)
  const error = await refusal(dir, { schema: 1, madeBy: '0.1.0' })
  t.equal(error?.code, 'NEWER')
  t.match(error?.message, /written by Roster 0\.2\.0/)
  // The records say it too, should the marker be lost and made up by hand.
  await used(dir, { schema: 2, madeBy: '0.2.0' })
  writeFileSync(join(dir, 'roster/roster.json'), '{"format":"roster","version":1,"schema":1,"madeBy":"by hand"}')
  t.equal((await refusal(dir, { schema: 1 }))?.code, 'NEWER')
})

t.test('a damaged marker', async t => {
  const dir = join(t.testdir(), 'data')
  await used(dir)
  for (const text of ['', '{"format":"roster"', '{"format":"roster","version":"one","schema":1}', '{"format":"roster","version":1}']) {
    writeFileSync(join(dir, 'roster/roster.json'), text)
    t.equal((await refusal(dir))?.code, 'DAMAGED', text)
  }
})

t.test('a first start that was interrupted is finished', async t => {
  const dir = join(t.testdir(), 'data')
  await used(dir)
  const root = join(dir, 'roster')
  renameSync(join(root, 'log'), join(root, 'log-new'))
  const engine = embeddedEngine(dir, jsonCodec)
  t.equal(await engine.open(new Recorder()), 1, 'law: with a marker, what was made is whole')
  await engine.close()
  // Nobody made this: a log without a marker, a marker without a log.
  rmSync(join(root, 'roster.json'))
  t.equal((await refusal(dir))?.code, 'FOREIGN', 'law: a log is never thrown away')
  await used(join(dir, 'other'))
  rmSync(join(dir, 'other/roster/log'), { recursive: true })
  const error = await refusal(join(dir, 'other'))
  t.equal(error?.code, 'DAMAGED')
  t.match(error?.message, /is damaged and was not loaded: .*log is gone$/)
})

t.test('a first start that is killed at any of its steps', { skip: untraceable }, async t => {
  const steps = ['link:signal=KILL:when=1', 'pwrite64:signal=KILL:when=2', 'fdatasync:signal=KILL:when=2', 'rename:signal=KILL:when=1', 'rename:signal=KILL:when=2', 'fsync:signal=KILL:when=5']
  for (const step of steps) {
    const dir = join(t.testdir(), 'data')
    const one = keeper(t, script, [dir], ['strace', '-f', '-o', '/dev/null', '-e', 'trace=link,rename,pwrite64,fsync,fdatasync', '-e', `inject=${step}`])
    await Promise.race([one.exit, one.line(/^open 0$/)])
    await one.kill('SIGKILL')
    t.equal(await refusal(dir), undefined, step)
    t.strictSame(readdirSync(dir), ['roster'], `${step}: and nothing is left of it`)
  }
})

t.test('where one may not write', { skip: process.getuid?.() === 0 ? false : 'needs the superuser, to become somebody else' }, async t => {
  const dir = t.testdir({ sealed: {} })
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  for (const [name, place] of [['a directory of somebody else', join(dir, 'sealed')], ['below one', join(dir, 'sealed/data')]] as const) {
    const one = keeper(t, script, [place], nobody)
    t.match(await one.line(/./), /^refused UNWRITABLE .*: permission denied$/, name)
    t.equal(await one.exit, 1)
  }
})
