// Laws of query templates: every text of the service is worked out, nothing else is, and what would fail later is refused at once.
/* eslint no-template-curly-in-string: "off" -- templates are the subject */
import t from 'tap'
import { compileTemplate } from '../../src/queries/query-template.js'
import { queryOf, templateOf } from './support.js'
import type { QueryRecord } from '../../src/state/queries.js'

const refusal = (query: QueryRecord): string => {
  try {
    compileTemplate(query)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

t.test('every text of the service is worked out, keys of maps are not, and nothing outside of it', async t => {
  const query = templateOf('geo-', {
    service: '${match(1)}',
    tags: ['${match(2)}', '!${match(9)}', 'fixed'],
    near: '${name.prefix}',
    nodeMeta: { '${x}': '${name.suffix}' },
    serviceMeta: { k: '${name.full}' },
    ignoreCheckIds: ['c-${match(1)}'],
    peer: '${agent.segment}',
    failover: { nearestN: 0, datacenters: ['dc-${match(2)}'], targets: [{ peer: '${match(1)}', datacenter: '${match(2)}' }] },
  }, { regexp: '^geo-(.*?)-([^-]+?)$' })
  const rendered = compileTemplate({ ...query, token: '${secret}', dns: { ttl: '5s' } }).render('geo-db-primary')
  t.strictSame(rendered.service, {
    ...query.service,
    service: 'db',
    tags: ['primary', '!', 'fixed'],
    near: 'geo-',
    nodeMeta: { '${x}': 'db-primary' },
    serviceMeta: { k: 'geo-db-primary' },
    ignoreCheckIds: ['c-db'],
    peer: '',
    failover: { nearestN: 0, datacenters: ['dc-primary'], targets: [{ peer: 'db', datacenter: 'primary' }] },
  })
  t.match(rendered, { name: 'geo-', token: '${secret}', template: query.template })
})

t.test('the suffix is cut off by letter case; a name in another is its own suffix', async t => {
  const template = compileTemplate(templateOf('geo-', { service: '${name.suffix}' }))
  t.equal(template.render('geo-x').service.service, 'x')
  t.equal(template.render('GEO-x').service.service, 'GEO-x')
})

t.test('empty tags are dropped where that was asked for; a negated nothing is no empty tag', async t => {
  const tags = ['${match(1)}', 'a', '!${match(1)}', '']
  t.strictSame(compileTemplate(templateOf('p', { tags })).render('p').service.tags, ['', 'a', '!', ''])
  t.strictSame(compileTemplate(templateOf('p', { tags }, { removeEmptyTags: true })).render('p').service.tags, ['a', '!'])
  t.strictSame(compileTemplate(templateOf('p', { tags: null }, { removeEmptyTags: true })).render('p').service.tags, [])
})

t.test('refusals, in the order in which they are looked for', async t => {
  const table: ReadonlyArray<readonly [QueryRecord, string]> = [
    [queryOf({ template: { type: 'suffix', regexp: '(' }, service: { service: '${' } }), "Bad Template.Type 'suffix'"],
    [templateOf('p', { service: '${' }, { regexp: '(' }), "Bad format '${' in Service.Service: parse error at 1:3: expected expression but found end of string"],
    [templateOf('p', { tags: ['a', '${foo'] }), "Bad format '${foo' in Service.Tags[1]: parse error at 1:6: expected \"}\" but found end of string"],
    [templateOf('p', { nodeMeta: { k: '${foo' } }), "Bad format '${foo' in Service.NodeMeta[k]: parse error at 1:6: expected \"}\" but found end of string"],
    [templateOf('p', {}, { regexp: '(' }), 'Bad Regexp: error parsing regexp: missing closing ): `(`'],
    [templateOf('p', { near: '${name.nope}' }), "Bad evaluation for '${name.nope}' in Service.Near: 1:3: unknown variable accessed: name.nope"],
    [templateOf('p', { near: '${1 + name.suffix}' }), "Bad evaluation for '${1 + name.suffix}' in Service.Near: __builtin_StringToInt: strconv.ParseInt: parsing \"\": invalid syntax"],
  ]
  for (const [query, expected] of table) t.equal(refusal(query), expected)
})

t.test('a regular expression is run in time that its text bounds', async t => {
  const evil = compileTemplate(templateOf('', { service: '${match(1)}' }, { regexp: '^(a+)+$' }))
  const began = process.hrtime.bigint()
  t.equal(evil.render('a'.repeat(5000) + '!').service.service, '')
  t.ok(process.hrtime.bigint() - began < 5_000_000_000n, 'no text makes it run for minutes')
  t.match(refusal(templateOf('', {}, { regexp: '((a{500}){500}){500}' })), /Bad Regexp: error parsing regexp: (expression too large|invalid repeat count)/)
})

t.test('a short template does not make a huge query of a long name', async t => {
  const greedy = compileTemplate(templateOf('', { tags: Array.from({ length: 5000 }, () => '${name.full}') }))
  t.throws(() => greedy.render('x'.repeat(1000)), /longer than 1048576 characters/)
})
