// Laws of nearness: a distance is symmetric, never below the heights without cause and never negative; a sort by it is stable and puts the unknown last.
import t from 'tap'
import fc from 'fast-check'
import type { Coordinate } from '../../src/catalog/near.js'
import { distanceMs, namedFirst, sortByDistance } from '../../src/catalog/near.js'

const at = (Vec: readonly number[], Height = 0, Adjustment = 0): Coordinate => ({ Vec, Error: 1.5, Adjustment, Height })

t.test('distances', async t => {
  const table: ReadonlyArray<[string, Coordinate, Coordinate, number]> = [
    ['the same place', at([0, 0]), at([0, 0]), 0],
    ['along the axes', at([0, 0]), at([0.003, 0.004]), 5],
    ['heights count for both ends', at([0, 0], 0.001), at([0.003, 0.004], 0.002), 8],
    ['to itself: the way out and back in', at([0.5, 0], 0.001), at([0.5, 0], 0.001), 2],
    ['adjustments are added', at([0, 0], 0, 0.001), at([0.003, 0.004], 0, 0.002), 8],
    ['and may shorten', at([0, 0], 0, -0.001), at([0.003, 0.004]), 4],
    ['but not to nothing', at([0, 0], 0, -0.004), at([0.003, 0.004], 0, -0.001), 5],
    ['nor below', at([0, 0], 0, -1), at([0.003, 0.004]), 5],
    ['whole nanoseconds', at([0]), at([0.0000012349]), 0.001234],
    ['other dimensions do not compare', at([0, 0]), at([0]), Infinity],
    ['what is no number does not compare', at([NaN]), at([0]), Infinity]
  ]
  for (const [name, a, b, ms] of table) t.equal(distanceMs(a, b), ms, name)
})

const seconds = fc.double({ min: -1, max: 1, noNaN: true })
const coordinate = fc.record({ Vec: fc.array(seconds, { minLength: 8, maxLength: 8 }), Error: fc.constant(1), Adjustment: seconds, Height: fc.double({ min: 0, max: 1, noNaN: true }) })

t.test('a distance is the same both ways and not negative', async () => {
  fc.assert(fc.property(coordinate, coordinate, (a, b) => distanceMs(a, b) === distanceMs(b, a) && distanceMs(a, b) >= 0), { seed: 1, numRuns: 300 })
})

t.test('without adjustments a way over a third node is never shorter', async () => {
  const plain = coordinate.map(c => ({ ...c, Adjustment: 0 }))
  fc.assert(fc.property(plain, plain, plain, (a, b, c) => distanceMs(a, b) + distanceMs(b, c) >= distanceMs(a, c) - 1e-5), { seed: 2, numRuns: 300 })
})

interface Row { readonly id: number, readonly node: string, readonly coordinate?: Coordinate }
const from = at([0])
const sorted = (rows: readonly Row[]): readonly Row[] => sortByDistance(rows, row => row.coordinate === undefined ? Infinity : distanceMs(from, row.coordinate))

t.test('near comes before far, the unknown last, and equals keep their order', async t => {
  const rows: readonly Row[] = [
    { id: 1, node: 'lost' }, { id: 2, node: 'far', coordinate: at([0.9]) }, { id: 3, node: 'near', coordinate: at([0.1]) }, { id: 4, node: 'lost too' },
    { id: 5, node: 'far', coordinate: at([-0.9]) }, { id: 6, node: 'other space', coordinate: at([0, 0]) }, { id: 7, node: 'near', coordinate: at([0.1]) }
  ]
  t.strictSame(sorted(rows).map(row => row.id), [3, 7, 2, 5, 1, 4, 6])
})

t.test('a sort loses and invents nobody, is in order, and stable, for any list', async () => {
  const rows = fc.array(fc.option(fc.constantFrom(0, 0.1, 0.2, -0.2), { nil: undefined }), { maxLength: 30 })
    .map(list => list.map((x, id): Row => ({ id, node: 'n', ...(x === undefined ? {} : { coordinate: at([x]) }) })))
  fc.assert(fc.property(rows, rows => {
    const key = (row: Row): number => row.coordinate === undefined ? Infinity : distanceMs(from, row.coordinate)
    const out = sorted(rows)
    return out.length === rows.length && new Set(out).size === rows.length &&
      out.every((row, i) => i === 0 || key(out[i - 1]!) < key(row) || (key(out[i - 1]!) === key(row) && out[i - 1]!.id < row.id))
  }), { seed: 3, numRuns: 300 })
})

t.test('the named node changes places with the first', async t => {
  const rows: readonly Row[] = [{ id: 1, node: 'a' }, { id: 2, node: 'b' }, { id: 3, node: 'C' }, { id: 4, node: 'c' }]
  const ids = (name: string): number[] => namedFirst(rows, name, row => row.node).map(row => row.id)
  t.strictSame(ids('c'), [3, 2, 1, 4], 'any letter case, its first row')
  t.strictSame(ids('a'), [1, 2, 3, 4])
  t.strictSame(ids('nobody'), [1, 2, 3, 4])
  t.strictSame(namedFirst<Row>([], 'a', row => row.node), [])
  t.strictSame(rows.map(row => row.id), [1, 2, 3, 4], 'the list given is left as it was')
})
