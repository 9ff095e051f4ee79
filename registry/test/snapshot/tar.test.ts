// Laws of tar headers: what goes in comes out, and whatever is no header of a plain file is refused.
import t from 'tap'
import fc from 'fast-check'
import { BLOCK_BYTES, decodeTarHeader, encodeTarHeader, paddingOf, TarError } from '../../src/snapshot/tar.js'

const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019._-'), minLength: 1, maxLength: 99 })

t.test('name and size come back', async () => {
  fc.assert(fc.property(name, fc.nat(2 ** 31), fc.nat(2 ** 31), (name, size, seconds) => {
    const header = encodeTarHeader({ name, size }, seconds)
    const back = decodeTarHeader(header)
    return header.length === BLOCK_BYTES && back.name === name && back.size === size
  }), { seed: 1, numRuns: 200 })
})

t.test('a changed byte is noticed', async t => {
  const header = encodeTarHeader({ name: 'state.bin', size: 1234 }, 1_700_000_000)
  for (let i = 0; i < BLOCK_BYTES; i++) {
    const changed = Buffer.from(header)
    changed[i]! ^= 1
    let back
    try {
      back = decodeTarHeader(changed)
    } catch (error) {
      if (!(error instanceof TarError)) throw error
      continue
    }
    // The sum's own last two bytes are filling, which nobody reads.
    t.strictSame(back, { name: 'state.bin', size: 1234 }, `byte ${i}`)
  }
})

t.test('other things than plain files are refused', async t => {
  const header = encodeTarHeader({ name: 'x', size: 0 }, 0)
  const retyped = (type: string): Buffer => {
    const changed = Buffer.from(header)
    changed.write(type, 156, 'latin1')
    const sum = changed.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 0x20 : byte), 0)
    changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    return changed
  }
  t.equal(decodeTarHeader(retyped('\0')).name, 'x', 'the oldest form of a plain file')
  for (const type of ['1', '2', '5', 'L', 'x', 'g']) t.throws(() => decodeTarHeader(retyped(type)), /unexpected file "x"/, type)
})

t.test('files fill whole blocks', async t => {
  for (const [size, padding] of [[0, 0], [1, 511], [511, 1], [512, 0], [513, 511]] as const) t.equal(paddingOf(size), padding)
})
