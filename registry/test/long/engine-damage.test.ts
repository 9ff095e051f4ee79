// Laws of damage, at length: thousands of flipped bits, every byte in which a page describes itself. A sample: test/engine/damage.test.ts.
import t from 'tap'
import { join } from 'node:path'
import { seeded } from '../engine/crash.js'
import { DATA, flip, furnished, opened, usedBytes } from '../engine/damage.js'

t.setTimeout(900_000)

t.test('whole or refused', async t => {
  const root = t.testdir()
  const dir = join(root, 'data')
  const spare = join(root, 'spare')
  const view = await furnished(dir)
  const size = usedBytes(join(dir, DATA))
  const random = seeded(9)
  const seen = new Map<string, number>()
  const attempt = async (at: number, bit: number): Promise<void> => {
    const outcome = await opened(dir, spare, view, flip(at, bit))
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    if (outcome !== 'whole' && outcome !== 'DAMAGED') t.fail(`byte ${at}, bit ${bit}: ${outcome}`)
  }
  for (let i = 0; i < 3000; i++) await attempt(Math.floor(random() * size), Math.floor(random() * 8))
  for (let page = 0; page < size / 4096; page++) {
    for (let at = 0; at < (page < 2 ? 192 : 64); at++) await attempt(page * 4096 + at, at % 8)
  }
  t.comment(JSON.stringify([...seen]))
})
