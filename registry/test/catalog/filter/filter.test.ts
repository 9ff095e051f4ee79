// Laws of the way in: what a door gets for a good text, an empty one, a bad one, and one that is bad only for these records.
import t from 'tap'
import { compileFilter, deferFilter, whyNotFilter } from '../../../src/catalog/filter/filter.js'
import { schemas } from '../../../src/catalog/filter/schemas.js'

const FULL = 'Failed to create boolean expression evaluator: '
const UNFIT = 'Selector "Nope" is not valid'

t.test('no text, no filter', async t => {
  t.equal(compileFilter('', schemas.node)({ Node: 'a' }), true)
  t.equal(deferFilter('', schemas.check)({ CheckID: 'a' }), true)
})

t.test('a wrong filter is refused at once, with or without the words in front', async t => {
  t.throws(() => compileFilter('Nope == 1', schemas.node), { name: 'RosterError', code: 'FILTER', status: 500, message: FULL + UNFIT })
  t.throws(() => compileFilter('Nope == 1', schemas.healthEntry, 'bare'), { name: 'RosterError', code: 'FILTER_BARE', status: 500, message: UNFIT })
  t.throws(() => compileFilter('(a==1', schemas.node), { status: 500, message: FULL + '1:6 (5): rule "grouping": Unmatched parentheses' })
})

t.test('a deferred filter is checked against records when there is one', async t => {
  t.throws(() => deferFilter('Status', schemas.check), { code: 'FILTER', message: /^Failed to create boolean expression evaluator: 1:7 \(6\): / })
  const unfit = deferFilter('Nope == 1', schemas.check)
  for (let i = 0; i < 2; i++) t.throws(() => unfit({ CheckID: 'a' }), { name: 'RosterError', code: 'FILTER_BARE', status: 500, message: UNFIT })
  const fit = deferFilter('Status == passing', schemas.check)
  t.strictSame([{ Status: 'passing' }, { Status: 'critical' }].map(fit), [true, false])
})

t.test('a stored filter can be judged before there are records', async t => {
  t.equal(whyNotFilter('Anything.at["all"] == 1'), undefined)
  t.equal(whyNotFilter('(a==1'), '1:6 (5): rule "grouping": Unmatched parentheses')
})
