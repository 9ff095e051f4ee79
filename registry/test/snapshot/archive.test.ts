// Laws of archives: what was saved comes back, whatever the pieces; what is cut, changed, foreign or built to exhaust is refused, in the words that clients
// know, and costs no more than it may.
import t from 'tap'
import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'
import { encodeRecord, encodeRow } from '../../src/engine/record.js'
import { readArchive } from '../../src/snapshot/read-archive.js'
import { encodeState, StateReader } from '../../src/snapshot/state-file.js'
import { encodeTarHeader } from '../../src/snapshot/tar.js'
import { writeArchive } from '../../src/snapshot/write-archive.js'
import { jsonCodec as codec } from '../engine/recorder.js'
import { archiveOf, filesOf, metaOf, options, read, refusal, row, sumsOf, tarOf } from './support.js'
import type { SavedRow } from '../../src/engine/engine.js'

const revision = fc.integer({ min: -5, max: 2 ** 40 })
const rowsOf = fc.uniqueArray(fc.record({ key: fc.string({ unit: 'binary', maxLength: 20 }), value: fc.jsonValue().filter(v => v !== undefined), created: revision, revision }), { selector: r => r.key, maxLength: 20 })

const some: readonly SavedRow[] = [row('a', { x: 1 }, 1, 4), row('b', 'text', 2), row('c/ü', [1, null], 3, 90)]

async function written (rows: readonly SavedRow[]): Promise<Buffer> {
  const { Size: _, ...meta } = metaOf(rows, 0)
  return Buffer.concat(await Readable.from(await writeArchive({ rows, meta, nowMs: 1_700_000_000_000 }, options), { objectMode: false }).toArray() as Buffer[])
}

t.test('any rows come back as they were, in pieces of any size', async () => {
  await fc.assert(fc.asyncProperty(rowsOf, fc.integer({ min: 1, max: 700 }), async (rows, size) => {
    const archive = await read(gzipSync(await written(rows)), {}, size)
    return JSON.stringify(archive.rows) === JSON.stringify(rows) && archive.meta.Roster.Rows === rows.length
  }), { seed: 11, numRuns: 60 })
})

t.test('rows far larger than a piece, and so many that they need many', async t => {
  const rows = [row('large', 'x'.repeat(300_000)), ...Array.from({ length: 3000 }, (_, i) => row(`k${String(i).padStart(5, '0')}`, { n: i, text: 'y'.repeat(100) }, i + 1))]
  t.strictSame((await read(gzipSync(await written(rows)))).rows, rows)
})

t.test('revisions are saved as readers see them: another base gives other revisions of the same indexes', async t => {
  const bytes = gzipSync(await written(some))
  t.strictSame((await read(bytes, { base: 1000 })).rows.map(r => r.revision), some.map(r => r.revision + options.base - 1000))
})

t.test('tar reads it', { skip: spawnSync('tar', ['--version']).status !== 0 && 'no tar on this machine' }, async t => {
  const bytes = gzipSync(await written(some))
  const list = spawnSync('tar', ['-tzf', '-'], { input: bytes })
  t.strictSame([list.status, list.stdout.toString()], [0, 'meta.json\nstate.bin\nSHA256SUMS\n'])
  const sums = spawnSync('tar', ['-xzOf', '-', 'SHA256SUMS'], { input: bytes }).stdout.toString()
  t.match(sums, /^[0-9a-f]{64} {2}meta\.json\n[0-9a-f]{64} {2}state\.bin\n$/)
})

t.test('the order of the files does not matter, and a tar that fills up its last unit is one', async t => {
  const files = filesOf(some)
  t.strictSame((await read(archiveOf([files[2]!, files[1]!, files[0]!]))).rows, some)
  t.strictSame((await read(gzipSync(Buffer.concat([tarOf(files), Buffer.alloc(10_240)])))).rows, some)
})

t.test('an archive that was cut anywhere is refused', async t => {
  const bytes = archiveOf(filesOf(some))
  const reasons = new Set<string>()
  for (let n = 0; n < bytes.length; n++) {
    const reason = await refusal(bytes.subarray(0, n))
    if (reason === '') t.fail(`cut to ${n} of ${bytes.length} bytes it was taken`)
    reasons.add(reason)
  }
  for (const reason of reasons) t.match(reason, /EOF$/, reason)
  t.ok(reasons.has('EOF') && reasons.has('unexpected EOF') && reasons.has('failed reading snapshot: unexpected EOF'))
})

t.test('an archive in which any byte was changed is refused, or says the same', async t => {
  const bytes = archiveOf(filesOf(some))
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i]! ^= 0x55
    try {
      t.strictSame((await read(changed)).rows, some, `byte ${i}`) // gzip's own time and system: they say nothing of the contents
      if (i > 9) t.fail(`byte ${i} was changed and not noticed`)
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) throw error
    }
  }
})

/** A record that no writer makes: many rows in one far too large. */
function largeRecord (): Buffer {
  const entries = Array.from({ length: 5000 }, (_, i) => encodeRow({ ...row(`k${i}`, 'x'.repeat(40)), gone: undefined, record: 0, bytes: 0 }, codec))
  const record = encodeRecord({ number: 1, first: 1, revision: 1, schema: 1 }, entries)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(record.length)
  return Buffer.concat([length, record])
}

t.test('refusals', async t => {
  const [meta, state, sums] = filesOf(some) as [readonly [string, Buffer], readonly [string, Buffer], readonly [string, Buffer]]
  const resealed = (files: ReadonlyArray<readonly [string, Buffer]>): Buffer => archiveOf([...files, sumsOf(files)])
  const metaAs = (change: object): readonly [string, Buffer] => ['meta.json', Buffer.from(JSON.stringify({ ...JSON.parse(meta[1].toString()) as object, ...change }))]
  const table: ReadonlyArray<readonly [string, Buffer, RegExp]> = [
    ['no gzip', Buffer.from('this is no archive'), /^gzip: invalid header$/],
    ['nothing', Buffer.alloc(0), /^EOF$/],
    ['an empty gzip', gzipSync(Buffer.alloc(0)), /^failed checking integrity of snapshot: file missing for "meta.json"$/],
    ['an empty tar', archiveOf([]), /file missing for "meta.json"/],
    ['a text', gzipSync('hello\n'), /^failed reading snapshot: unexpected EOF$/],
    ['noise', gzipSync(Buffer.alloc(2000, 7)), /^failed reading snapshot: archive\/tar: invalid tar header$/],
    ['no sums', archiveOf([meta, state]), /file missing for "meta.json"/],
    ['no state', archiveOf([meta, sums]), /hash check failed for "state.bin"/],
    ['another state', archiveOf([meta, ['state.bin', Buffer.concat([...encodeState(some.slice(1), 99, options)])], sums]), /hash check failed for "state.bin"/],
    ['another file', archiveOf([meta, state, ['extra', Buffer.from('x')], sums]), /^unexpected file "extra" in snapshot$/],
    ['a file twice', archiveOf([meta, meta, state, sums]), /^unexpected file "meta.json" in snapshot$/],
    ['bytes behind the end', gzipSync(Buffer.concat([tarOf([meta, state, sums]), Buffer.from('x')])), /^\d+ unread uncompressed bytes remain$/],
    ['bytes behind the gzip', Buffer.concat([archiveOf([meta, state, sums]), Buffer.from('trailing')]), /^gzip: invalid header$/],
    ['metadata that is none', resealed([['meta.json', Buffer.from('{')], state]), /^failed to decode snapshot metadata$/],
    ['metadata of null', resealed([['meta.json', Buffer.from('null')], state]), /^it was not made by Roster/],
    ['a snapshot of Consul\'s', resealed([metaAs({ Roster: undefined }), ['state.bin', Buffer.from('\x80msgpack')]]), /^it was not made by Roster; use `roster import consul`/],
    ['a later form', archiveOf(filesOf(some, { Form: 2, Version: '9.1.0' })), /^it was made by Roster 9\.1\.0 \(form 2, schema 1\); this is Roster 0\.0\.0-test \(form 1, schema 1\)$/],
    ['a later schema', archiveOf(filesOf(some, { Schema: 7, Version: '9.1.0' })), /^it was made by Roster 9\.1\.0 \(form 1, schema 7\)/],
    ['fewer rows than it says', archiveOf(filesOf(some, { Rows: 9 })), /rows are missing or doubled/],
    ['a key twice', archiveOf(filesOf([...some, row('a', 2)])), /rows are missing or doubled/],
    ['a state without its end', resealed([meta, ['state.bin', [...encodeState(some, 99, options)][0]!]]), /^the state is damaged: it has no end$/],
    ['a state that goes on behind its end', resealed([meta, ['state.bin', Buffer.concat([state[1], state[1]])]]), /goes on behind its end/],
    ['a record without length', resealed([meta, ['state.bin', Buffer.alloc(64)]]), /impossible length/],
    ['a large record of many rows', resealed([meta, ['state.bin', largeRecord()]]), /holds more than it may/],
    ['a state of another program', resealed([meta, ['state.bin', Buffer.from('not ours at all, but long enough')]]), /impossible length/],
  ]
  for (const [name, bytes, reason] of table) t.match(await refusal(bytes), reason, name)
})

t.test('every piece of a state that was changed is noticed, even under the right sums', async t => {
  const state = Buffer.concat([...encodeState(some, 99, options)])
  for (let i = 0; i < state.length; i++) {
    const changed = Buffer.from(state)
    changed[i]! ^= 1
    t.throws(() => {
      const reader = new StateReader(options, () => {})
      reader.push(changed)
      reader.end()
    }, /the state/, `byte ${i}`)
  }
})

t.test('what would take more memory than it may is given up as soon as that is known', async t => {
  const rows = Array.from({ length: 2000 }, (_, i) => row(`k${i}`, 'x'.repeat(50)))
  await t.rejects(read(archiveOf(filesOf(rows)), { maxBytes: 500_000 }), /more than 500000 bytes/)
  t.equal((await read(archiveOf(filesOf(rows)), { maxBytes: 2_000_000 })).rows.length, 2000)
})

/** Compressed bytes of `head`, then of what comes again and again, without an end. */
function endless (head: Buffer, again: Buffer): { readonly source: Readable, readonly taken: () => number } {
  let taken = 0
  const plain = Readable.from((function * () {
    yield head
    for (;;) {
      taken += again.length
      yield again
    }
  })(), { objectMode: false })
  return { source: plain.pipe(createGzip({ level: 1 })), taken: () => taken }
}

t.test('bombs: terabytes that weigh little are given up after little', async t => {
  const zeros = Buffer.alloc(1 << 20)
  const [meta, state, sums] = filesOf(some) as [readonly [string, Buffer], readonly [string, Buffer], readonly [string, Buffer]]
  const huge = 8 * 2 ** 30 - 1
  // Whole records, one behind the other, each of them valid.
  const records: Buffer[] = []
  const many = Array.from({ length: 20_000 }, (_, i) => row(`k${i}`, {}))
  for (const piece of encodeState(many, 99, options)) records.push(piece)
  const table: ReadonlyArray<readonly [string, Buffer, Buffer]> = [
    ['a state of zeros', encodeTarHeader({ name: 'state.bin', size: huge }, 0), zeros],
    ['metadata of gigabytes', encodeTarHeader({ name: 'meta.json', size: huge }, 0), zeros],
    ['sums of gigabytes', encodeTarHeader({ name: 'SHA256SUMS', size: huge }, 0), zeros],
    ['zeros behind the end', tarOf([meta, state, sums]), zeros],
    ['a record of a quarter of a gigabyte that does not come', Buffer.concat([encodeTarHeader({ name: 'state.bin', size: huge }, 0), Buffer.from([0, 0, 0, 0x20])]), zeros],
    ['rows without number', Buffer.concat([encodeTarHeader({ name: 'state.bin', size: huge }, 0), ...records.slice(0, -1)]), zeros],
  ]
  for (const [name, head, again] of table) {
    const { source, taken } = endless(head, again)
    source.on('error', () => {})
    await t.rejects(readArchive(source, { ...options, maxBytes: 4 * 2 ** 20 }), name)
    source.destroy()
    t.ok(taken() < 64 * 2 ** 20, `${name}: ${taken()} bytes were taken`)
  }
})

t.test('a source that fails is told as it failed', async t => {
  const bytes = archiveOf(filesOf(some))
  const broken = new Readable({ read () {} })
  broken.push(bytes.subarray(0, 40))
  const reading = readArchive(broken, options)
  setImmediate(() => broken.destroy(new Error('the line went dead')))
  await t.rejects(reading, /the line went dead/)
  const closed = new Readable({ read () {} })
  closed.push(bytes.subarray(0, 40))
  const waiting = readArchive(closed, options)
  setImmediate(() => closed.destroy())
  await t.rejects(waiting, /EOF/)
})

t.test('a codec that cannot read a row says which record', async t => {
  const strict = { ...codec, decode: () => { throw new Error('no record of ours') } }
  t.match(await refusal(archiveOf(filesOf(some)), { codec: strict }), /^the state is damaged: record 1: no record of ours$/)
})
