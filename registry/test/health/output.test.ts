// Laws of outputs: of a note the head is kept, of a program's output the tail, by bytes, with the words that clients know; memory is bounded.
import t from 'tap'
import fc from 'fast-check'
import { cutOutput, headOfNote, outputLimit, programOutput, TailBuffer } from '../../src/health/output.js'

for (const [note, max, kept] of [
  ['', 10, ''],
  ['0123456789', 10, '0123456789'],
  ['0123456789X', 10, '0123456789 ... (captured 10 of 11 bytes)'],
  ['ääääääää', 10, 'äääää ... (captured 10 of 16 bytes)'],
  ['aäääääääää', 10, 'aääää\ufffd ... (captured 10 of 19 bytes)'],
  ['ää', 4, 'ää'],
] as const) {
  t.test(`a note of ${JSON.stringify(note)} within ${max} bytes`, async t => t.equal(headOfNote(note, max), kept))
}

t.test("a check's own limit may only lower the server's", async t => {
  t.strictSame([[0, 4096], [10, 4096], [9000, 4096], [-1, 4096]].map(([own, server]) => outputLimit(own!, server!)), [4096, 10, 4096, 4096])
})

t.test('what is cut without a word is cut by bytes', async t => {
  t.equal(cutOutput('äöü', 4), 'äö')
  t.equal(cutOutput('äöü', 6), 'äöü')
})

t.test('the tail of any chunks is the tail of their sum', async () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (chunks, max) => {
    const tail = new TailBuffer(max)
    for (const chunk of chunks) tail.write(Buffer.from(chunk))
    const all = Buffer.concat(chunks)
    return tail.total === all.length && tail.text() === all.subarray(Math.max(all.length - max, 0)).toString()
  }), { seed: 5, numRuns: 300 })
})

t.test('a program that prints more than is kept says so', async t => {
  const tail = new TailBuffer(4)
  tail.write(Buffer.from('abc'))
  t.equal(programOutput(tail), 'abc')
  tail.write(Buffer.from('def'))
  t.equal(programOutput(tail), 'Captured 4 of 6 bytes\n...\ncdef')
})

t.test('a gigabyte of output never holds more than a few times the limit', async t => {
  const tail = new TailBuffer(4096)
  const chunk = Buffer.alloc(1 << 20, 'x')
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 1024; i++) tail.write(chunk)
  t.equal(tail.total, 2 ** 30)
  t.ok(process.memoryUsage().arrayBuffers - before < 8 << 20)
})
