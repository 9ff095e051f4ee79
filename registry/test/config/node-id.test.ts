// The node's ID is made once and kept; a directory that cannot hold it ends the start with words.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/load-config.js'
import { settleNodeId, uuid } from '../../src/config/node-id.js'
import { refused } from './support.js'

const ones = (): Uint8Array => new Uint8Array(16).fill(0xff)
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

t.test('made at random, kept over restarts, readable by its owner alone', async t => {
  const dataDir = join(t.testdir({}), 'new/data')
  const first = settleNodeId({ configured: '', dataDir, fromHost: false, random: ones })
  t.equal(first, 'ffffffff-ffff-4fff-bfff-ffffffffffff')
  t.equal(readFileSync(join(dataDir, 'node-id'), 'utf8'), first)
  t.equal(statSync(dataDir).mode & 0o777, 0o700)
  t.equal(statSync(join(dataDir, 'node-id')).mode & 0o777, 0o600)
  t.equal(settleNodeId({ configured: '', dataDir, fromHost: false }), first)
})

t.test('a configured one counts and is kept', async t => {
  const dataDir = t.testdir({ 'node-id': '11111111-2222-3333-4444-555555555555\n' })
  t.equal(settleNodeId({ configured: '', dataDir, fromHost: false }), '11111111-2222-3333-4444-555555555555')
  t.equal(settleNodeId({ configured: 'AAAAAAAA-2222-3333-4444-555555555555', dataDir, fromHost: false }), 'aaaaaaaa-2222-3333-4444-555555555555')
  t.equal(settleNodeId({ configured: '', dataDir, fromHost: false }), 'aaaaaaaa-2222-3333-4444-555555555555')
})

t.test('without a directory nothing is kept', async t => {
  t.match(settleNodeId({ configured: '', dataDir: undefined, fromHost: false }), UUID)
  t.not(settleNodeId({ configured: '', dataDir: undefined, fromHost: false }), settleNodeId({ configured: '', dataDir: undefined, fromHost: false }))
  t.match(settleNodeId({ configured: '', dataDir: undefined, fromHost: true }), UUID)
  t.match(uuid(new Uint8Array(16)), UUID)
})

t.test('a directory that cannot be made, or holds something else', async t => {
  const dir = t.testdir({ file: '', bad: { 'node-id': 'x' }, odd: { 'node-id': {} } })
  const message = (dataDir: string): string | undefined => refused(() => settleNodeId({ configured: '', dataDir, fromHost: false }))?.message
  t.equal(message(join(dir, 'file/x')), `failed to setup node ID: mkdir ${dir}/file/x: not a directory`)
  t.equal(message(join(dir, 'bad')), `failed to setup node ID: ${dir}/bad/node-id: uuid string is wrong length`)
  t.equal(message(join(dir, 'odd')), `failed to setup node ID: open ${dir}/odd/node-id: is a directory`)
})

t.test('loading makes the directory, reading does not', async t => {
  const cwd = t.testdir({})
  const { node, dataDir } = loadConfig({ args: ['-data-dir', 'd', '-node', 'n'], env: {}, cwd })
  t.equal(dataDir, join(cwd, 'd'))
  t.equal(readFileSync(join(cwd, 'd/node-id'), 'utf8'), node.id)
  t.match(loadConfig({ args: ['-dev'], env: {}, cwd }).node.id, UUID)
  mkdirSync(join(cwd, 'e'))
  writeFileSync(join(cwd, 'e/node-id'), '11111111-2222-3333-4444-555555555555')
  t.equal(loadConfig({ args: ['-dev', '-data-dir', 'e'], env: {}, cwd }).node.id, '11111111-2222-3333-4444-555555555555')
})
