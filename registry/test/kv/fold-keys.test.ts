// Laws of `?keys&separator=`: cut behind the first separator after the prefix, each name once, order kept.
import t from 'tap'
import fc from 'fast-check'
import { foldKeys } from '../../src/kv/fold-keys.js'

t.test('one level of folders', async t => {
  const keys = ['a', 'a/1', 'a/2/x', 'a/2/y', 'ab/1', 'b']
  t.same(foldKeys(keys, '', '/'), ['a', 'a/', 'ab/', 'b'])
  t.same(foldKeys(keys.slice(1, 4), 'a/', '/'), ['a/1', 'a/2/'])
  t.same(foldKeys(['a/1', 'a/2/x'], 'a', '/'), ['a/'])
  t.same(foldKeys(keys, '', ''), keys)
  t.same(foldKeys(['k--1', 'k--2', 'k-3'], '', '--'), ['k--', 'k-3'], 'any text separates')
})

t.test('folding a folded list changes nothing', async () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/') })), keys => {
    const once = foldKeys([...new Set(keys)].sort(), '', '/')
    return JSON.stringify(foldKeys(once, '', '/')) === JSON.stringify(once)
  }), { seed: 7, numRuns: 300 })
})
