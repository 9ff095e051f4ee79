// Laws of a store, for each driver: what a transaction puts is there once it has ended and not before, two at a time are as if one after the other, and a store has one owner.
import t from 'tap'
import type { Test } from 'tap'
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { openStore } from '../../../src/kit/store/store.js'
import type { Store } from '../../../src/kit/store/store.js'
import { get, ordered, put, range, remove } from '../../../src/kit/store/work.js'
import { freePort } from '../../../src/launcher/free-port.js'
import { until } from '../../../src/tour/support.js'

t.setTimeout(90_000)

function laws (t: Test, urlOf: (name: string) => Promise<string>): void {
  t.test('what is put is there afterwards; what fails leaves nothing', async t => {
    const store = await openStore('shop', await urlOf('a'))
    t.teardown(() => store.close())
    t.equal(await store.change(function * () { yield * put('a/1', { n: 1 }); yield * put('a/2', { n: 2 }); return 'done' }), 'done')
    await t.rejects(store.change(function * () { yield * put('a/3', 3); yield * remove('a/1'); throw new Error('no') }), /no/)
    t.strictSame(await store.read(function * () { return yield * range('a/', 10) }), [['a/1', { n: 1 }], ['a/2', { n: 2 }]])
    t.equal(await store.read(function * () { return yield * get('a/3') }), undefined)
    await t.rejects(store.read(function * () { yield * put('a/4', 4) }))
    t.equal(await store.read(function * () { return yield * get('a/4') }), undefined, 'a reading writes nothing')
  })

  t.test('a transaction sees its own writes', async t => {
    const store = await openStore('shop', await urlOf('b'))
    t.teardown(() => store.close())
    await store.change(function * () { for (const n of [1, 2, 3]) yield * put(`k/${n}`, n) })
    t.strictSame(await store.change(function * () {
      yield * put('k/0', 0)
      yield * remove('k/2')
      yield * put('k/3', 33)
      return [yield * get('k/3'), yield * get('k/2'), yield * range('k/', 2), yield * range('k/', 9, { after: 'k/0' }), yield * range('k/', 2, { reverse: true }), yield * range('k/', 9, { reverse: true, after: 'k/3' })]
    }), [33, undefined, [['k/0', 0], ['k/1', 1]], [['k/1', 1], ['k/3', 33]], [['k/3', 33], ['k/1', 1]], [['k/1', 1], ['k/0', 0]]])
  })

  t.test('ranges are as a sorted list would give them, for any rows', async t => {
    const store = await openStore('shop', await urlOf('c'))
    t.teardown(() => store.close())
    const key = fc.constantFrom('p/', 'p/a', 'p/b', 'p/ba', 'p/z', 'q/a', 'o', ...[1, 2, 10].map(n => `p/${ordered(n)}`))
    await fc.assert(fc.asyncProperty(fc.array(key, { maxLength: 8 }), fc.array(key, { maxLength: 3 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.option(key, { nil: '' }), async (stored, mine, limit, reverse, after) => {
      const base = `${Math.random()}/`
      await store.change(function * () { for (const one of stored) yield * put(base + one, 'stored') })
      const found = await store.change(function * () {
        for (const one of mine) yield * remove(base + one)
        return yield * range(`${base}p/`, limit, { reverse, after: after === '' ? '' : base + after })
      })
      const expected = [...new Set(stored)].filter(one => !mine.includes(one) && one.startsWith('p/') && (after === '' || (reverse ? one < after : one > after))).sort()
      return JSON.stringify(found.map(([one]) => one.slice(base.length))) === JSON.stringify((reverse ? expected.reverse() : expected).slice(0, limit))
    }), { numRuns: 40 })
  })

  t.test('of many who count at the same time, through two doors, none is lost', async t => {
    const doors = await Promise.all([openStore('shop', await urlOf('d')), openStore('shop', await urlOf('d'))])
    t.teardown(async () => { for (const door of doors) await door.close() })
    const count = (store: Store) => store.change(function * () { yield * put('count', ((yield * get<number>('count')) ?? 0) + 1) })
    await Promise.all(Array.from({ length: 20 }, (_, i) => count(doors[i % 2]!)))
    for (const door of doors) t.equal(await door.read(function * () { return yield * get('count') }), 20)
  })

  t.test('it is there after closing; and it is nobody else\'s', async t => {
    const url = await urlOf('e')
    const first = await openStore('shop', url)
    await first.change(function * () { yield * put('kept', true) })
    await first.close()
    await t.rejects(openStore('somebody', url), /belongs to "shop"/)
    const again = await openStore('shop', url)
    t.equal(await again.read(function * () { return yield * get('kept') }), true)
    await again.close()
  })
}

const folder = mkdtempSync(join(tmpdir(), 'roster-store-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

t.test('embedded', async t => laws(t, async name => `file:${join(folder, name)}`))

t.test('a URL of another kind is refused', async t => { await t.rejects(openStore('shop', 'mysql://x'), /DATABASE_URL must begin/) })

const bin = ['/usr/lib/postgresql', '/usr/local/pgsql'].filter(existsSync).flatMap(at => existsSync(join(at, 'bin')) ? [join(at, 'bin')] : readdirSync(at).map(version => join(at, version, 'bin'))).find(at => existsSync(join(at, 'initdb')))
t.test('postgres', { skip: bin === undefined ? 'no Postgres here (Debian: postgresql)' : false }, async t => {
  // It refuses to be root; whoever is not runs it as himself.
  const root = process.getuid?.() === 0
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  const who = root ? { uid: id('-u'), gid: id('-g') } : {}
  const data = mkdtempSync(join(tmpdir(), 'roster-pg-'))
  if (root) chownSync(data, id('-u'), id('-g'))
  const made = spawnSync(join(bin!, 'initdb'), ['-D', join(data, 'db'), '-U', 'shop', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions'], { ...who, encoding: 'utf8', cwd: data })
  if (made.status !== 0) throw new Error(made.stderr)
  const port = await freePort()
  const server = spawn(join(bin!, 'postgres'), ['-D', join(data, 'db'), '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`, '-c', 'fsync=off'], { ...who, stdio: 'ignore', cwd: data })
  t.teardown(async () => {
    const ended = new Promise(resolve => server.once('exit', resolve))
    server.kill('SIGINT')
    await ended
    rmSync(data, { recursive: true, force: true })
  })
  const client = (database: string, sql: string): boolean => spawnSync(join(bin!, 'psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'shop', '-d', database, '-c', sql], { stdio: 'ignore' }).status === 0
  await until('Postgres answers', 30_000, () => client('postgres', 'SELECT 1'))
  const made_ = new Set<string>()
  laws(t, async name => {
    if (!made_.has(name)) { made_.add(name); if (!client('postgres', `CREATE DATABASE ${name}`)) throw new Error('no database') }
    return `postgres://shop@127.0.0.1:${port}/${name}`
  })
})
