// Laws of the pure decisions of discovery: what is doubted and what is believed, how long to stay away, how old is too old.
import t from 'tap'
import fc from 'fast-check'
import { backoffMs, spread } from '../../src/discovery/backoff.js'
import { ageMs, usableFromDisk } from '../../src/discovery/freshness.js'
import { HeldList } from '../../src/discovery/held-list.js'
import { confirms, verdict } from '../../src/discovery/verdict.js'
import { instance } from '../support/cluster.js'

t.test('an empty list is true on a live watch whose index grows, and an accident in every other case', async t => {
  const cases = [
    ['the last one went, said on a live watch', { count: 2, index: 7 }, { count: 0, index: 8, continued: true }, 'obey'],
    ['empty on a live watch that does not move', { count: 2, index: 7 }, { count: 0, index: 7, continued: true }, 'hold'],
    ['empty after a lost connection', { count: 2, index: 7 }, { count: 0, index: 9, continued: false }, 'hold'],
    ['empty with an index that went back', { count: 2, index: 7 }, { count: 0, index: 3, continued: true }, 'hold'],
    ['empty without an index', { count: 2, index: 7 }, { count: 0, index: 0, continued: true }, 'hold'],
    ['empty, as it was', { count: 0, index: 7 }, { count: 0, index: 3, continued: false }, 'obey'],
    ['nothing was known', { count: 0, index: 0 }, { count: 0, index: 1, continued: false }, 'obey'],
    ['fewer after a lost connection', { count: 9, index: 7 }, { count: 1, index: 9, continued: false }, 'obey'],
    ['the first that came back to a registry that lost its memory', { count: 9, index: 700 }, { count: 1, index: 4, continued: false }, 'hold'],
  ] as const
  for (const [name, before, now, expected] of cases) t.equal(verdict(before, now), expected, name)
})

t.test('what is held is confirmed in the second half of its time only', async t => {
  t.notOk(confirms(14_999, 30_000))
  t.ok(confirms(15_000, 30_000))
})

t.test('held: whoever the registry names counts at once, the missing stay, and the time ends it', async t => {
  const [a, b, c] = [instance('a'), instance('b'), instance('c')]
  const ids = (list: HeldList) => list.instances.map(({ id }) => id).sort().join('')
  const list = new HeldList(30_000)
  t.notOk(list.state([a, b], 50, false, 0), 'the first list is believed')
  t.ok(list.state([], 3, false, 1000), 'an empty one of another history begins the holding')
  t.equal(ids(list), 'ab')
  t.notOk(list.state([c], 4, true, 2000))
  t.equal(ids(list), 'abc', 'newcomers beside those that are held')
  list.state([a, c], 5, true, 3000)
  list.state([c], 6, true, 4000)
  t.equal(ids(list), 'bc', 'one that came back and was taken out again is out')
  list.still(6, 15_000)
  t.equal(ids(list), 'bc', 'too early to confirm')
  list.still(6, 16_000)
  t.equal(ids(list), 'c', 'confirmed by the live watch')
  t.notOk(list.holding)

  const late = new HeldList(30_000)
  late.state([a, b], 50, false, 0)
  late.state([], 3, false, 0)
  t.ok(late.release(), 'the time is over')
  t.equal(ids(late), '')
  const trusting = new HeldList(0)
  trusting.state([a], 50, false, 0)
  t.notOk(trusting.state([], 3, false, 0))
  t.equal(ids(trusting), '', 'with 0 everything is believed')
})

t.test('whatever the registry says: everyone it names is in the list once, and without doubt nobody else is', async () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 })
  const words = fc.array(fc.record({ names, index: fc.integer({ min: 0, max: 20 }), continued: fc.boolean() }), { maxLength: 12 })
  fc.assert(fc.property(words, said => {
    const list = new HeldList(30_000)
    said.forEach(({ names, index, continued }, i) => {
      list.state(names.map(name => instance(name)), index, continued, i * 1000)
      const ids = list.instances.map(({ id }) => id)
      if (new Set(ids).size !== ids.length || !names.every(name => ids.includes(name))) throw new Error(`${ids} after ${names}`)
      if (!list.holding && ids.length !== names.length) throw new Error(`${ids} without doubt after ${names}`)
    })
  }), { seed: 7, numRuns: 300 })
})

t.test('the way back is spread over a second at first, over five at last, and never spins', async t => {
  fc.assert(fc.property(fc.nat(40), fc.double({ min: 0, max: 0.999999, noNaN: true }), (failures, lot) => {
    const ms = backoffMs(failures, () => lot)
    return ms >= 50 && ms <= 5000 && (failures > 0 || ms <= 1000)
  }), { seed: 1, numRuns: 200 })
  t.equal(backoffMs(0, () => 0.5), 525)
  t.equal(spread(1000, () => 0.5), 1000)
  t.equal(spread(1000, () => 0), 900)
})

t.test('age grows from the last word while nobody is heard; a list from disk is used for its time and not from the future', async t => {
  t.equal(ageMs({ live: true, confirmedAt: 100 }, 900), 0)
  t.equal(ageMs({ live: false, confirmedAt: 100 }, 900), 800)
  t.equal(ageMs({ live: false, confirmedAt: -Infinity }, 900), Infinity)
  for (const [saved, now, usable] of [[0, 1000, true], [0, 1001, false], [500, 440, true], [100_000, 0, false]] as const) {
    t.equal(usableFromDisk(saved, now, 1000), usable, `saved ${saved}, now ${now}`)
  }
})
