// Laws of the lists on disk: what was written is read, anything else is as if it were not there, and a file is whole at every moment.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import fc from 'fast-check'
import { decodeEntry, defaultCacheDirectory, DiskCache, encodeEntry } from '../../src/discovery/disk-cache.js'
import { instance } from '../support/cluster.js'

const entry = { value: [instance('n/web-1', { tags: ['v1'], meta: { a: 'b' } })], index: 42, savedAt: 1000 }
const cache = (t: Test, scope = 'registry', directory = join(t.testdir(), 'deep', 'cache')) => {
  const warnings: string[] = []
  return { cache: new DiskCache({ directory, scope, onWarning: message => warnings.push(message) }), directory, warnings }
}

t.test('what was written is read, by another process of the same registry too, and by nobody else', async t => {
  const one = cache(t)
  await one.cache.write('instances', 'web', entry)
  t.same(await one.cache.read('instances', 'web'), entry)
  t.same(await cache(t, 'registry', one.directory).cache.read('instances', 'web'), entry)
  t.equal(await cache(t, 'another', one.directory).cache.read('instances', 'web'), undefined)
  t.equal(await one.cache.read('instances', 'WEB'), undefined, 'names differ by letter case')
  t.equal(statSync(join(one.directory, readdirSync(one.directory)[0]!)).mode & 0o077, 0, 'others of the machine do not read it')
  t.same(one.warnings, [])
})

t.test('a file with any byte changed, cut anywhere, or of another service is not used', async () => {
  const text = encodeEntry('instances', 'web', entry)
  fc.assert(fc.property(fc.nat(text.length - 2), fc.nat(text.length - 2), (at, length) =>
    decodeEntry('instances', 'web', text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)) === undefined &&
    decodeEntry('instances', 'web', text.slice(0, length)) === undefined), { seed: 3, numRuns: 200 })
  if (decodeEntry('instances', 'other', text) !== undefined) throw new Error('of another service')
})

t.test('a damaged file is told once and is replaced by the next write', async t => {
  const { cache: disk, directory, warnings } = cache(t)
  await disk.write('instances', 'web', entry)
  const file = join(directory, readdirSync(directory)[0]!)
  writeFileSync(file, readFileSync(file, 'utf8').replace('42', '43'))
  t.equal(await disk.read('instances', 'web'), undefined)
  await disk.read('instances', 'web')
  t.match(warnings, [/is damaged and is not used/])
  t.equal(warnings.length, 1)
  await disk.write('instances', 'web', entry)
  t.same(await disk.read('instances', 'web'), entry)
})

t.test('of many writes at once the last one stands, and no draft is left behind', async t => {
  const { cache: disk, directory } = cache(t)
  await Promise.all(Array.from({ length: 20 }, (_, index) => disk.write('instances', 'web', { ...entry, index })))
  t.equal((await disk.read('instances', 'web'))?.index, 19)
  t.equal(readdirSync(directory).length, 1)
})

t.test('a folder that cannot be made is told once, and nothing fails', async t => {
  const directory = join(t.testdir({ file: '' }), 'file', 'cache')
  const { cache: disk, warnings } = cache(t, 'registry', directory)
  await disk.write('instances', 'web', entry)
  await disk.write('instances', 'web', entry)
  t.equal(await disk.read('instances', 'web'), undefined)
  t.match(warnings.filter(text => /cannot be written/.test(text)), [/Set cacheDir or ROSTER_CACHE_DIR/])
  t.equal(warnings.filter(text => /cannot be written/.test(text)).length, 1)
})

t.test('the folder: the variable, else the platform\'s own', async t => {
  mkdirSync(join(t.testdir(), 'x'))
  const cases = [
    [{ ROSTER_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' }, 'linux', '/c'],
    [{ XDG_CACHE_HOME: '/x' }, 'linux', '/x/roster'],
    [{ ROSTER_CACHE_DIR: '' }, 'linux', '/home/u/.cache/roster'],
    [{}, 'darwin', '/home/u/Library/Caches/roster'],
  ] as const
  for (const [env, platform, expected] of cases) t.equal(defaultCacheDirectory(env, platform, '/home/u'), expected)
})
