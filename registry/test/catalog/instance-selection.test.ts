// A step keeps exactly those that it should; one that swaps puts the last into each gap, which is the order that Consul's clients get.
import t from 'tap'
import fc from 'fast-check'
import { narrow, type InstanceQuestion, type SelectionStep } from '../../src/catalog/instance-selection.js'
import type { Instance } from '../../src/catalog/select.js'

interface Row { readonly name: number, readonly kept: boolean }
const question = {} as InstanceQuestion
const step = (swaps: boolean): SelectionStep => ({ name: 's', asked: () => true, keeps: instance => (instance as unknown as Row).kept, swaps })

/** The rule in words: look at the first that was not looked at yet; if it goes, the last takes its place and is looked at next. */
function byHand (rows: readonly Row[]): readonly Row[] {
  if (rows.length === 0) return []
  const [first, ...rest] = rows as [Row, ...Row[]]
  if (first.kept) return [first, ...byHand(rest)]
  return rest.length === 0 ? [] : byHand([rest.at(-1)!, ...rest.slice(0, -1)])
}

t.test('who is left, in which order, and who was told of', t => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 12 }), flags => {
    const rows: readonly Row[] = flags.map((kept, name) => ({ name, kept }))
    for (const swaps of [false, true]) {
      const list = [...rows] as unknown as Instance[]
      const dropped: unknown[] = []
      narrow(list, step(swaps), question, instance => dropped.push(instance))
      t.strictSame(list, swaps ? byHand(rows) : rows.filter(row => row.kept))
      t.strictSame(new Set(dropped), new Set(rows.filter(row => !row.kept)))
      t.equal(dropped.length, rows.filter(row => !row.kept).length, 'each once')
    }
  }), { seed: 11, numRuns: 60 })
  t.end()
})
