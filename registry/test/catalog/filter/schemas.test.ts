// Laws of the lists of fields: what clients select by can be selected, on every kind of record; what must not be is not, and no two kinds share a name.
import t from 'tap'
import { compileFilter, whyNotFilter } from '../../../src/catalog/filter/filter.js'
import { schemas } from '../../../src/catalog/filter/schemas.js'
import type { Field } from '../../../src/catalog/filter/schema.js'

type Kind = keyof typeof schemas

/** A match that this field takes, for every field and what is below it. */
function everyMatch (field: Field, path: string): string[] {
  switch (field.kind) {
    case 'struct': return Object.entries(field.fields).flatMap(([name, of]) => everyMatch(of, path === '' ? name : `${path}.${name}`))
    case 'map': return [`a in ${path}`, `${path} is empty`, ...everyMatch(field.of, `${path}["a b"]`)]
    case 'list': return [`${path} is empty`, ...field.of.kind === 'struct' ? everyMatch(field.of, path) : [`1 in ${path}`]]
    case 'address': return [`1 in ${path}`, `${path} is empty`]
    default: return [`${path} == 1`]
  }
}

t.test('everything listed can be selected, and its name is one of the language', async t => {
  for (const schema of Object.values(schemas)) {
    const matches = everyMatch({ kind: 'struct', fields: schema.fields }, '')
    t.ok(matches.length > 5, schema.name)
    for (const text of matches) t.type(compileFilter(text, schema)({}), 'boolean', `${schema.name}: ${text}`)
    t.equal(whyNotFilter(matches.join(' or ').slice(0, 8000).replace(/ or [^=]*$/, '')), undefined)
  }
})

t.test('names of kinds differ, as compiled filters are kept by them', async t => {
  const entries = Object.entries(schemas)
  t.equal(new Set(entries.map(([, schema]) => schema.name)).size, entries.length)
  for (const [key, schema] of entries) t.equal(schema.name, key)
})

t.test('fields that are on the wire and cannot be selected', async t => {
  const table: ReadonlyArray<[Kind, string]> = [
    ['node', 'CreateIndex'], ['node', 'ModifyIndex'], ['node', 'Locality'], ['node', 'Meta.a.b'],
    ['catalogService', 'Service'], ['catalogService', 'ServicePorts'], ['catalogService', 'ServiceLocality'], ['catalogService', 'ServiceProxy.Config'], ['catalogService', 'ModifyIndex'],
    ['nodeService', 'ServiceName'], ['nodeService', 'Ports'], ['nodeService', 'Proxy.Config'], ['nodeService', 'Proxy.Upstreams.Config'], ['nodeService', 'Connect.SidecarService'],
    ['check', 'Definition'], ['check', 'CreateIndex'],
    ['healthEntry', 'Service.Ports'], ['healthEntry', 'Checks.Definition'], ['healthEntry', 'Node.Locality'], ['healthEntry', 'ID'],
    ['intention', 'Permissions'], ['intention', 'CreatedAt'], ['intention', 'Hash'], ['serviceDefaults', 'CreateIndex'], ['serviceDefaults', 'RaftIndex.CreateIndex'], ['uiNode', 'Datacenter']
  ]
  for (const [kind, selector] of table) t.throws(() => compileFilter(`${selector} == 1`, schemas[kind]), { code: 'FILTER', message: new RegExp(`Selector "${selector}" is not valid$`) }, `${kind}: ${selector}`)
})
