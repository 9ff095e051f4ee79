// Laws of a draft: it reads as the head would after its transaction, however large it is, and writes nothing that changes nothing.
import fc from 'fast-check'
import t from 'tap'
import { command, Draft } from '../../src/engine/draft.js'
import { memoryEngine } from '../../src/engine/memory.js'
import type { Head } from '../../src/engine/engine.js'

const key = fc.constantFrom('a/1', 'a/2', 'a/3', 'ab/1', 'b/1', 'b/2')
const step = fc.record({ key, value: fc.option(fc.integer({ min: 0, max: 2 })) })
const nobody = { row () {}, event () {} }

t.test('ranges and reads agree with a model, with and without many other changes', async t => {
  await fc.assert(fc.asyncProperty(fc.array(step), fc.array(step, { maxLength: 20 }), fc.boolean(), async (before, steps, large) => {
    const engine = memoryEngine()
    await engine.open(nobody)
    const model = new Map<string, number>()
    const apply = (draft: Draft, { key, value }: { key: string, value: number | null }): void => {
      if (value === null) {
        t.equal(draft.delete(key), model.delete(key))
      } else {
        t.equal(draft.put(key, { value }), model.get(key) !== value)
        model.set(key, value)
      }
    }
    await engine.commit(command(() => undefined, draft => { for (const s of before) apply(draft, s) }))
    await engine.commit(command(() => undefined, draft => {
      if (large) for (let i = 0; i < 100; i++) draft.put(`zz/${i}`, { i })
      for (const s of steps) {
        apply(draft, s)
        for (const prefix of ['a/', 'b/', 'a', '']) {
          const expected = [...model].filter(([k]) => k.startsWith(prefix)).sort(([a], [b]) => a < b ? -1 : 1)
          const got = draft.range<{ value: number }>(prefix).filter(([k]) => !k.startsWith('zz/')).map(([k, { value }]) => [k, value])
          t.same(got, expected, { prefix })
        }
      }
    }))
  }), { seed: 3, numRuns: 60 })
})

t.test('what ends as it began is no transaction', async t => {
  const engine = memoryEngine()
  await engine.open(nobody)
  await engine.commit(command(() => undefined, draft => { draft.put('a', { v: 1 }) }))
  const tx = (decide: (draft: Draft) => void): unknown => {
    let made: unknown
    void engine.commit((head: Head) => {
      const draft = new Draft(head, () => undefined)
      decide(draft)
      made = draft.tx()
      return { tx: undefined, result: undefined }
    })
    return made
  }
  t.equal(tx(draft => { draft.put('a', { v: 1 }) }), undefined)
  t.equal(tx(draft => { draft.put('a', { v: 2 }); draft.put('a', { v: 1 }) }), undefined)
  t.equal(tx(draft => { draft.put('b', { v: 1 }); draft.delete('b') }), undefined)
  t.equal(tx(draft => { draft.delete('a'); draft.put('a', { v: 1 }) }), undefined)
  t.match(tx(draft => { draft.rewrite('a', { v: 1 }) }), { puts: [['a', { v: 1 }]], deletes: [] })
})
