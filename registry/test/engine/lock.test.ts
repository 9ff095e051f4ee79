// Laws of the lock: one process uses a directory at a time, and a process that ends, however it ends, holds nothing.
import t from 'tap'
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { bundle, keeper } from './keeper-process.js'
import { refusal } from './refusal.js'
import { Recorder, jsonCodec, write } from './recorder.js'

const script = await bundle(t.testdir())
const noNamespaces = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0 ? false : 'no process namespaces can be made here'

t.test('one process at a time, and the lock dies with its holder', async t => {
  const dir = join(t.testdir(), 'data')
  const first = keeper(t, script, [dir])
  await first.line(/^open 0$/)
  const second = keeper(t, script, [dir])
  t.match(await second.line(/./), new RegExp(`^refused LOCKED ${dir} is in use by another process \\(pid ${first.child.pid}\\)$`))
  t.equal(await second.exit, 1)
  t.equal((await refusal(dir))?.code, 'LOCKED', 'law: refused as often as it is asked')
  first.tell('put 1')
  t.equal(await first.line(/^ok 1/), 'ok 1 1', 'law: the holder does not notice')
  await first.kill('SIGKILL')
  const third = keeper(t, script, [dir])
  t.equal(await third.line(/./), 'open 1', 'law: a killed process holds nothing')
  t.equal((await refusal(dir))?.code, 'LOCKED')
  await third.end()
  t.equal(await refusal(dir), undefined)
})

t.test('two engines in one process', async t => {
  const dir = join(t.testdir(), 'data')
  const engine = embeddedEngine(dir, jsonCodec)
  await engine.open(new Recorder())
  t.equal((await refusal(dir))?.code, 'LOCKED')
  await engine.commit(write({ puts: [['k', 1]] }))
  await engine.close()
  t.equal(await refusal(dir), undefined)
})

t.test('many first starts at once: one gets the directory', async t => {
  const dir = join(t.testdir(), 'data')
  mkdirSync(dir)
  const all = Array.from({ length: 4 }, () => keeper(t, script, [dir]))
  const said = await Promise.all(all.map(one => one.line(/./)))
  t.ok(said.filter(line => line === 'open 0').length <= 1, said.join(' | '))
  t.ok(said.every(line => line === 'open 0' || line.startsWith('refused LOCKED')), said.join(' | '))
  await Promise.all(all.map(one => one.end()))
  t.equal(await refusal(dir), undefined)
})

t.test('two containers, whose processes have the same number', { skip: noNamespaces }, async t => {
  const dir = join(t.testdir(), 'data')
  const container = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
  const first = keeper(t, script, [dir], container)
  await first.line(/^open 0$/)
  for (let i = 0; i < 2; i++) {
    const second = keeper(t, script, [dir], container)
    t.match(await second.line(/./), /^refused LOCKED/, 'law: refused as often as it is asked')
    await second.exit
  }
  await first.end()
  t.equal(await refusal(dir), undefined)
})
