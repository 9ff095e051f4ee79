// Laws of damage: a directory opens with all that is in it, or is refused with a message that says so; never with a part, never with a crash.
import t from 'tap'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../src/engine/engine.js'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { DATA, flip, furnished, opened, usedBytes } from './damage.js'
import { Recorder, jsonCodec, write } from './recorder.js'

const root = t.testdir()
const dir = join(root, 'data')
const spare = join(root, 'spare')
const view = await furnished(dir)
/** Bytes in use: behind them is room that was taken in advance. */
const size = usedBytes(join(dir, DATA))
const pages = size / 4096

t.test('undamaged, it opens', async t => {
  t.equal(await opened(dir, spare, view, bytes => bytes), 'whole')
})

t.test('flipped bits anywhere', async t => {
  let seed = 7
  const random = (below: number): number => (seed = seed * 48271 % 2147483647) % below
  const seen = new Map<string, number>()
  for (let i = 0; i < 120; i++) {
    const at = random(size)
    const outcome = await opened(dir, spare, view, flip(at, random(8)))
    if (outcome !== 'whole' && outcome !== 'DAMAGED') t.fail(`byte ${at}: ${outcome}`)
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
  }
  t.comment(`flipped bits: ${JSON.stringify([...seen])}; what stayed whole was free or unused space`)
  t.ok((seen.get('DAMAGED') ?? 0) > 20)
})

t.test('flipped bits where pages describe themselves', async t => {
  for (let page = 0; page < pages; page += page < 2 ? 1 : 3) {
    for (const at of page < 2 ? [0, 18, 24, 28, 33, 49, 53, 55, 88, 101, 103, 136, 144, 152] : [0, 18, 20, 22, 24]) {
      const outcome = await opened(dir, spare, view, flip(page * 4096 + at, at % 7))
      if (outcome !== 'whole' && outcome !== 'DAMAGED') t.fail(`page ${page}, byte ${at}: ${outcome}`)
    }
  }
})

t.test('a shortened file', async t => {
  for (const length of [0, 1, 100, 4096, 8191, 8192, 12_288, size / 2, size - 8192, size - 4096, size - 1]) {
    const outcome = await opened(dir, spare, view, bytes => bytes.subarray(0, Math.floor(length)))
    // The last pages may be free ones.
    if (outcome !== 'DAMAGED' && !(outcome === 'whole' && length > size / 2)) t.fail(`${length} of ${size} bytes: ${outcome}`)
  }
})

t.test('overwritten pages', async t => {
  for (let page = 0; page < pages; page += 2) {
    const outcome = await opened(dir, spare, view, bytes => bytes.fill(page % 4 === 0 ? 0 : 0xa5, page * 4096, page * 4096 + 4096))
    if (outcome !== 'whole' && outcome !== 'DAMAGED') t.fail(`page ${page}: ${outcome}`)
  }
})

t.test('an older file under a newer root, and other files in its place', async t => {
  const older = readFileSync(join(dir, DATA))
  const later = join(root, 'later')
  const laterView = await furnished(later)
  const engine = embeddedEngine(later, jsonCodec)
  await engine.open(new Recorder())
  for (let i = 0; i < 5; i++) await engine.commit(write({ puts: [[`busy/${i}`, i]] }))
  await engine.close()
  // As if the root had reached the disk and the rest had not.
  const torn = await opened(later, spare, laterView, bytes => Buffer.concat([bytes.subarray(0, 8192), older.subarray(8192, bytes.length)]))
  t.equal(torn, 'DAMAGED')
  t.equal(await opened(dir, spare, view, () => Buffer.from('a letter to nobody')), 'DAMAGED')
  t.equal(await opened(dir, spare, view, () => Buffer.alloc(size, 'x')), 'DAMAGED')
})

t.test('a data file that is gone', async t => {
  const gone = join(root, 'gone')
  await furnished(gone)
  rmSync(join(gone, DATA))
  const engine = embeddedEngine(gone, jsonCodec)
  const error = await engine.open(new Recorder()).catch((error: unknown) => error)
  t.ok(error instanceof EngineError && error.code === 'DAMAGED', 'law: a directory that has been used does not begin at 0 again')
  await engine.close()
})

t.test('a record that the tables cannot read', async t => {
  const engine = embeddedEngine(dir, { ...jsonCodec, decode: () => { throw new Error('no such table') } })
  const error = await engine.open(new Recorder()).catch((error: unknown) => error)
  t.match(error, { code: 'DAMAGED', message: /"(large|still\/\d+|busy\/\d+)" cannot be read: no such table$/ })
  await engine.close()
})
