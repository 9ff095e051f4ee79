// Laws of cleaning: nothing before it is worth it, the oldest first, never the newest, no more at once than the batch can carry.
import t from 'tap'
import { Extents } from '../../src/engine/extents.js'
import type { HeldRow } from '../../src/engine/store.js'

const rowIn = (record: number, bytes: number): HeldRow => ({ key: 'k', value: 1, created: 1, revision: 1, record, bytes })

t.test('sums', async t => {
  const extents = new Extents(0)
  extents.add(1, 1000, 900)
  extents.add(2, 500, 400)
  extents.release(rowIn(1, 300))
  t.strictSame([extents.bytes, extents.used], [1500, 1000])
  t.ok(extents.isUsed(1))
  extents.release(rowIn(1, 600))
  t.notOk(extents.isUsed(1))
  extents.drop(1)
  extents.release(rowIn(1, 5))
  t.strictSame([extents.bytes, extents.used], [500, 400], 'law: what went with its record is not counted twice')
})

t.test('what is worth cleaning', async t => {
  const kilo = 1024
  const many = (bytes: number, used: number): ReadonlyArray<readonly [number, number]> => Array.from({ length: 20 }, () => [bytes, used] as const)
  const table: ReadonlyArray<readonly [name: string, slack: number, records: ReadonlyArray<readonly [bytes: number, used: number]>, added: number, chosen: readonly number[]]> = [
    ['all of it in use', 0, [[100, 90], [100, 90], [100, 90]], 10, []],
    ['within the slack', 1000, [[300, 0], [300, 0], [300, 0]], 10, []],
    ['beyond it: the oldest, as far as needed', 100, [[300, 0], [300, 0], [300, 300]], 0, [1]],
    ['still beyond it: the next too', 100, [[300, 0], [300, 0], [300, 0], [300, 300], [10, 10]], 0, [1, 2]],
    ['the newest stays, whatever is in it', 0, [[300, 0]], 300, []],
    ['no more than can be looked through at once', 0, many(64 * kilo, 100), 0, [1, 2]],
    ['more for a larger batch', 0, many(64 * kilo, 100), 64 * kilo, [1, 2, 3, 4]],
    ['those without use need no looking through', 0, many(64 * kilo, 0), 0, Array.from({ length: 19 }, (_, i) => i + 1)],
  ]
  for (const [name, slack, records, added, chosen] of table) {
    const extents = new Extents(slack)
    for (const [i, [bytes, used]] of records.entries()) extents.add(i + 1, bytes, used)
    t.strictSame(extents.worthCleaning(1, records.length, added), chosen, name)
  }
})

t.test('the log is bounded whatever is written over', async t => {
  // A small model of the store: 200 rows of 1 kB, each batch replaces three; a still half and a busy half, so that still rows have to be moved again and again.
  const slack = 50_000
  const extents = new Extents(slack)
  const rows = Array.from({ length: 200 }, () => rowIn(1, 1000))
  extents.add(1, 200_000, 200_000)
  let first = 1
  let last = 1
  let seed = 1
  const random = (): number => (seed = seed * 48271 % 2147483647) / 2147483647
  let largest = 0
  let moved = 0
  for (let batch = 0; batch < 5000; batch++) {
    const busy = [...new Set([0, 1, 2].map(() => 100 + Math.floor(random() * 100)))]
    const old = busy.map(i => rows[i]!)
    for (const i of busy) rows[i] = rowIn(0, 1000)
    const removed = extents.worthCleaning(first, last, busy.length * 1000)
    const moving = rows.filter(row => row.record !== 0 && removed.includes(row.record))
    moved += moving.length
    last++
    for (const number of removed) extents.drop(number)
    for (const row of [...moving, ...busy.map(i => rows[i]!)]) row.record = last
    extents.add(last, (moving.length + busy.length) * 1000, (moving.length + busy.length) * 1000)
    for (const row of old) extents.release(row)
    first = removed.length === 0 ? first : removed.at(-1)! + 1
    largest = Math.max(largest, extents.bytes)
  }
  t.equal(extents.used, 200_000)
  t.ok(largest <= 2 * 200_000 + slack + 200_000, `law: bounded (${largest})`)
  t.ok(moved < 5000 * 3, `law: no more is moved than is written (${moved} rows for ${5000 * 3})`)
})
