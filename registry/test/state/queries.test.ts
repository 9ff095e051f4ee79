// Laws of the table of queries: found by id and by name in any letter case, templates by the longest beginning, whatever came, changed and went before.
import t from 'tap'
import fc from 'fast-check'
import { Queries } from '../../src/state/queries.js'
import { queryOf } from '../queries/support.js'
import type { QueryRecord } from '../../src/state/queries.js'

const entry = (value: QueryRecord) => ({ value, createIndex: 1, modifyIndex: 1 })

t.test('the longest prefix wins, in any letter case; the empty one catches the rest', async t => {
  const queries = new Queries()
  for (const [id, name] of [['1', 'geo-'], ['2', 'GEO-db'], ['3', '']]) queries.set(id!, entry(queryOf({ id: id!, name: name!, template: { type: 'name_prefix_match' } })))
  queries.set('4', entry(queryOf({ id: '4', name: 'geo-plain' })))
  const found = (name: string): string | undefined => queries.templateFor(name)?.value.id
  t.strictSame(['geo-x', 'Geo-DB-1', 'other', 'geo-plain', ''].map(found), ['1', '2', '3', '1', '3'])
  t.equal(queries.named('GEO-PLAIN')?.value.id, '4')
  queries.set('2', undefined)
  t.equal(found('geo-db'), '1')
})

t.test('as a list that is searched from end to end, for any history', async () => {
  const ids = ['a', 'B', 'c', 'D']
  const names = ['', 'x', 'X-', 'x-y', 'x-Y-z', 'q']
  const step = fc.record({ id: fc.constantFrom(...ids), name: fc.constantFrom(...names), template: fc.boolean(), gone: fc.boolean() })
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), steps => {
    const queries = new Queries()
    const model = new Map<string, QueryRecord>()
    for (const { id, name, template, gone } of steps) {
      const key = id.toLowerCase()
      // Names are of one query alone; that is the commands' law.
      const taken = [...model].some(([other, q]) => other !== key && q.name.toLowerCase() === name.toLowerCase() && (name !== '' || (template && q.template.type !== '')))
      if (!gone && taken) continue
      const record = queryOf({ id, name, template: { type: template ? 'name_prefix_match' : '' } })
      queries.set(id, gone ? undefined : entry(record))
      if (gone) model.delete(key)
      else model.set(key, record)
    }
    const all = [...model.values()]
    for (const asked of ['', 'x', 'X-y-Z', 'x-yy', 'q', 'other']) {
      const low = asked.toLowerCase()
      const named = all.find(q => q.name !== '' && q.name.toLowerCase() === low)
      if (queries.named(asked)?.value !== named) return false
      const longest = all.filter(q => q.template.type !== '' && low.startsWith(q.name.toLowerCase())).sort((a, b) => b.name.length - a.name.length)[0]
      if (queries.templateFor(asked)?.value !== longest) return false
    }
    return queries.list().map(e => e.value.id.toLowerCase()).join() === [...model.keys()].sort().join()
  }), { seed: 5, numRuns: 300 })
})
