// Laws of the cache of filters: the same question gets the same function, kinds of records are kept apart, and neither number nor memory grows without end.
import t from 'tap'
import { FilterCache } from '../../../src/catalog/filter/filter-cache.js'
import { REGEXP_BYTES } from '../../../src/catalog/filter/regexp.js'
import { schemas } from '../../../src/catalog/filter/schemas.js'

t.test('a filter is compiled once for a text and a kind of record', async t => {
  const cache = new FilterCache()
  const filter = cache.compile('Node == a', schemas.node)
  t.equal(cache.compile('Node == a', schemas.node), filter)
  t.equal(cache.compile('Node == a', schemas.node, 'bare'), filter, 'how a mistake would be told is no part of a filter without one')
  t.not(cache.compile('Node == a', schemas.check), filter)
  t.not(cache.compile('Node == b', schemas.node), filter)
  t.not(cache.defer('Node == a', schemas.node), filter)
  t.equal(cache.size, 4)
})

t.test('at its bound the one not asked for longest goes', async t => {
  const cache = new FilterCache({ maxEntries: 2 })
  const a = cache.compile('Node == a', schemas.node)
  const b = cache.compile('Node == b', schemas.node)
  cache.compile('Node == a', schemas.node)
  cache.compile('Node == c', schemas.node)
  t.equal(cache.size, 2)
  t.equal(cache.compile('Node == a', schemas.node), a)
  t.not(cache.compile('Node == b', schemas.node), b)
})

t.test('regular expressions weigh what their engine may come to hold', async t => {
  const cache = new FilterCache({ maxBytes: 2.5 * REGEXP_BYTES })
  for (let i = 0; i < 10; i++) cache.compile(`Node matches a${i}`, schemas.node)
  t.equal(cache.size, 2)
  for (let i = 0; i < 10; i++) cache.compile(`Node == a${i}`, schemas.node)
  t.equal(cache.size, 12)
  const heavy = 'Node matches a or Node matches b or Node matches c'
  t.equal(cache.compile(heavy, schemas.node)({ Node: 'cc' }), true, 'one that is too heavy to keep works')
  t.not(cache.compile(heavy, schemas.node), cache.compile(heavy, schemas.node))
})

t.test('mistakes are told each time and take no place', async t => {
  const cache = new FilterCache()
  for (let i = 0; i < 2; i++) {
    t.throws(() => cache.compile('Nope == a', schemas.node), { code: 'FILTER' })
    t.throws(() => cache.compile('Nope == a', schemas.node, 'bare'), { code: 'FILTER_BARE' })
    t.throws(() => cache.defer('Node ==', schemas.node), { code: 'FILTER' })
  }
  t.equal(cache.size, 0)
})
