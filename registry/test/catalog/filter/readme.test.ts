// Law: every example in the feature's README is a filter over the kind of record that it names.
import t from 'tap'
import { readFileSync } from 'node:fs'
import { compileFilter } from '../../../src/catalog/filter/filter.js'
import { schemas } from '../../../src/catalog/filter/schemas.js'

const readme = readFileSync(new URL('../../../src/catalog/filter/README.md', import.meta.url), 'utf8')
const examples = readme.split('```filter\n')[1]!.split('```\n')[0]!.trim().split('\n')

t.test('examples', async t => {
  t.ok(examples.length > 5)
  for (const example of examples) {
    const [, kind, text] = /^(\w+) +(.+)$/.exec(example)!
    t.type(compileFilter(text!, schemas[kind as keyof typeof schemas])({}), 'boolean', example)
  }
})
