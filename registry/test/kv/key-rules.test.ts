// Laws of names in paths: cleaned like a file's, refused when they climb out, begin or end with a blank, or hide either behind a second encoding.
import t from 'tap'
import fc from 'fast-check'
import { keyProblem, pathKey } from '../../src/kv/key-rules.js'

const cleaned: ReadonlyArray<readonly [string, string]> = [
  ['', ''], ['a', 'a'], ['a/b/', 'a/b/'], ['a/../b', 'b'], ['x//y/', 'x/y/'], ['.', '.'], ['./', './'], ['a/..', '.'], ['..', '..'], ['../up', '../up'], ['a/../../up', '../up'],
  ['/rooted', '/rooted'], ['/../a', '/a'], ['/', '/'], ['//', '/'], ['a/./b', 'a/b'], ['.hidden', '.hidden'], ['..dots', '..dots'], ['a...b', 'a...b'], ['../..', '../..'], ['a/b/../', 'a/'],
]

t.test('cleaning', async t => {
  for (const [path, key] of cleaned) t.equal(pathKey(path), key, JSON.stringify(path))
})

t.test('a clean key stays as it is', async () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('a', '/', '.', '..', ' ', 'é')), parts => {
    const once = pathKey(parts.join(''))
    return pathKey(once) === once
  }), { seed: 6, numRuns: 500 })
})

const SPACES = 'invalid key name, leading/trailing spaces are not allowed'
const TRAVERSAL = 'invalid key name, path traversal is not allowed'
const judged: ReadonlyArray<readonly [string, string | undefined]> = [
  ['a b', undefined], [' lead', SPACES], ['trail ', SPACES], ['in/ side', undefined], ['side /x', undefined], ['..', TRAVERSAL], ['../up', TRAVERSAL], ['..dots', undefined],
  ['double%2e%2e', TRAVERSAL], ['double%20space', SPACES], ['100%', undefined], ['100%zz', undefined], ['%41', undefined], ['a%2fb', undefined], ['a..b', undefined], ['a..b%41', TRAVERSAL], ['', undefined],
]

t.test('what is refused', async t => {
  for (const [key, problem] of judged) t.equal(keyProblem(key), problem, JSON.stringify(key))
})
