// The checker is checked: it passes what a correct register says under any overlap, and finds each kind of violation that is planted.
import t from 'tap'
import fc from 'fast-check'
import { judge, linearizable } from './linearizable.js'
import type { Action, Operation } from './linearizable.js'

const op = (called: number, answered: number, action: Action, said: Operation['said'] = true): Operation => ({ key: 'k', client: 0, action, called, answered, said })
const put = (called: number, answered: number, value: string) => op(called, answered, { do: 'put', value })
const get = (called: number, answered: number, value: string | undefined, holder = '') => op(called, answered, { do: 'get' }, { value, holder })

const violations: ReadonlyArray<readonly [string, readonly Operation[]]> = [
  ['a stale read', [put(0, 1, 'a'), put(2, 3, 'b'), get(4, 5, 'a')]],
  ['a lost write', [put(0, 1, 'a'), get(2, 3, undefined)]],
  ['a read of what was never written', [put(0, 1, 'a'), get(2, 3, 'z')]],
  ['two reads that see two writes in opposite orders', [put(0, 10, 'a'), put(0, 10, 'b'), get(1, 2, 'a'), get(3, 4, 'b'), get(5, 6, 'a')]],
  ['check-and-set that two win', [put(0, 1, 'a'), op(2, 9, { do: 'cas', expect: 'a', value: 'b' }), op(2, 9, { do: 'cas', expect: 'a', value: 'c' })]],
  ['two creators', [op(0, 5, { do: 'cas', expect: undefined, value: 'a' }), op(0, 5, { do: 'cas', expect: undefined, value: 'b' })]],
  ['two holders', [op(0, 5, { do: 'acquire', session: 's', value: 'a' }), op(0, 5, { do: 'acquire', session: 't', value: 'b' })]],
  ['a release by who does not hold', [op(0, 1, { do: 'acquire', session: 's', value: 'a' }), op(2, 3, { do: 'release', session: 't', value: 'b' })]],
  ['a lock refused that was free', [op(0, 1, { do: 'acquire', session: 's', value: 'a' }), op(2, 3, { do: 'release', session: 's', value: 'b' }), op(4, 5, { do: 'acquire', session: 't', value: 'c' }, false)]],
  ['a delete that comes back', [put(0, 1, 'a'), op(2, 3, { do: 'delete' }), get(4, 5, 'a')]],
  ['an effect that comes and goes', [put(0, 1, 'a'), op(2, Infinity, { do: 'put', value: 'b' }), get(3, 4, 'b'), get(5, 6, 'a')]],
]
for (const [name, history] of violations) t.test(`finds ${name}`, async t => { t.match(judge(history), /^k is not linearizable/) })

const fine: ReadonlyArray<readonly [string, readonly Operation[]]> = [
  ['overlapping writes, read in either order', [put(0, 10, 'a'), put(0, 10, 'b'), get(1, 2, 'b'), get(3, 4, 'a')]],
  ['a write without an answer that happened', [op(0, Infinity, { do: 'put', value: 'a' }), get(5, 6, 'a')]],
  ['a write without an answer that did not', [op(0, Infinity, { do: 'put', value: 'a' }), get(5, 6, undefined), get(7, 8, undefined)]],
  ['a write without an answer that happened late', [op(0, Infinity, { do: 'put', value: 'a' }), get(5, 6, undefined), get(7, 8, 'a')]],
  ['a lock that a plain write passes', [op(0, 1, { do: 'acquire', session: 's', value: 'a' }), put(2, 3, 'b'), get(4, 5, 'b', 's'), op(6, 7, { do: 'acquire', session: 't', value: 'c' }, false)]],
]
for (const [name, history] of fine) t.test(`passes ${name}`, async t => { t.equal(judge(history), undefined) })

// A register that takes effect at a random moment within each operation is linearizable by construction; one that answers some reads from before is not.
const planned = fc.array(fc.record({
  at: fc.integer({ min: 0, max: 1000 }),
  before: fc.integer({ min: 0, max: 60 }),
  after: fc.integer({ min: 1, max: 60 }),
  lost: fc.integer({ max: 12, min: 0 }).map(n => n === 0),
  kind: fc.constantFrom<'put' | 'delete' | 'cas' | 'acquire' | 'release' | 'get'>('put', 'delete', 'cas', 'acquire', 'release', 'get', 'get'),
  session: fc.constantFrom('s', 't'),
}), { minLength: 5, maxLength: 40, size: 'max' })

type Plan = typeof planned extends fc.Arbitrary<infer P> ? P : never

/** A correct register, driven at the moments of the plan. */
function play (plan: Plan): Operation[] {
  let state: { value: string | undefined, holder: string } = { value: undefined, holder: '' }
  return plan.map((p, i) => ({ ...p, i })).sort((a, b) => a.at - b.at || a.i - b.i).map(({ at, before, after, lost, kind, session, i }) => {
    const value = `v${i}`
    const expect = i % 2 === 0 ? state.value : 'another'
    const action: Action = kind === 'put' ? { do: 'put', value } : kind === 'cas' ? { do: 'cas', expect, value } : kind === 'acquire' || kind === 'release' ? { do: kind, session, value } : { do: kind }
    let said: Operation['said'] = true
    if (action.do === 'get') said = state
    else if (action.do === 'put') state = { ...state, value }
    else if (action.do === 'delete') state = { value: undefined, holder: '' }
    else if (action.do === 'cas') said = state.value === expect
    else if (action.do === 'acquire') said = state.holder === '' || state.holder === session
    else said = state.holder === session
    if (action.do === 'cas' && said === true) state = { ...state, value }
    if (action.do === 'acquire' && said === true) state = { value, holder: session }
    if (action.do === 'release' && said === true) state = { value, holder: '' }
    return { key: 'k', client: i, action, called: at - before + i / 1000, answered: lost ? Infinity : at + after, said }
  })
}

t.test('passes every history of a correct register', async () => {
  fc.assert(fc.property(planned, plan => linearizable(play(plan)).ok), { seed: 9, numRuns: 100 })
})

t.test('finds a read from before in a history of one operation at a time', async () => {
  fc.assert(fc.property(planned, plan => {
    const calm = play(plan).map((o, i) => ({ ...o, called: i * 10, answered: i * 10 + 5 }))
    const at = calm.findIndex((o, i) => i > 0 && o.action.do === 'put')
    if (at < 0) return true
    const stale = [...calm.slice(0, at + 1), op(at * 10 + 6, at * 10 + 7, { do: 'get' }, { value: 'from before', holder: '' })]
    return !linearizable(stale).ok
  }), { seed: 10, numRuns: 200 })
})
