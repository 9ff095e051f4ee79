// Laws of the way out: an id can never reach another endpoint, no parameter is lost, and a wish is said the way the server understands it.
import fc from 'fast-check'
import t from 'tap'
import { kvPath } from '../../src/api/kv.js'
import { cacheControl, commonQuery, path, queryString } from '../../src/api/options.js'

t.test('every common option in its wire form', async t => {
  t.equal(queryString(commonQuery({
    datacenter: 'dc2', stale: true, index: 5, waitMs: 1500, filter: 'a == "b c"', near: '_agent', nodeMeta: { rack: 'r1', zone: 'z:1' }, tags: ['a', 'b'], passing: true, mergeCentralConfig: true, peer: 'p', maxStaleMs: 10,
  })), '?dc=dc2&filter=a%20%3D%3D%20%22b%20c%22&index=5&max_stale=10ms&merge-central-config=&near=_agent&node-meta=rack%3Ar1&node-meta=zone%3Az%3A1&passing=1&peer=p&stale=&tag=a&tag=b&wait=1500ms')
})

t.test('what is not asked is not said', async t => {
  t.equal(queryString(commonQuery({ stale: false, passing: false, index: 0, nodeMeta: {}, tags: [] })), '')
})

t.test('cache wishes imply cached and are rounded down, to be no laxer than asked', async t => {
  t.equal(queryString(commonQuery({ maxAgeMs: 1999 })), '?cached=')
  t.equal(cacheControl({ maxAgeMs: 1999, staleIfErrorMs: 60_000, mustRevalidate: true }), 'must-revalidate, max-age=1, stale-if-error=60')
  t.equal(cacheControl({ cached: true }), undefined)
})

t.test('a wait that is no number is refused before anything is sent', async t => {
  t.throws(() => commonQuery({ waitMs: NaN }), { code: 'ROSTER_INVALID_OPTION' })
  t.throws(() => commonQuery({ waitMs: -1 }), { code: 'ROSTER_INVALID_OPTION' })
})

t.test('an id stays within its place in the path', async () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), id => {
    const segments = path`/v1/agent/service/${id}`.split('/')
    return segments.length === 5 && decodeURIComponent(segments[4]!) === id && !/[?#]/.test(segments[4]!)
  }), { seed: 3, numRuns: 300 })
})

t.test('a key comes back as it was, and its path is tidy or has no readable slash', async t => {
  const key = fc.array(fc.constantFrom('a', '/', '.', '..', ' ', 'ü', '%', '?', '#'), { minLength: 1, maxLength: 8 }).map(parts => parts.join(''))
  fc.assert(fc.property(key, key => {
    const wire = kvPath(key).slice('/v1/kv/'.length)
    const tidy = !wire.split('/').some((segment, i, all) => segment === '.' || segment === '..' || (segment === '' && i < all.length - 1))
    return decodeURIComponent(wire) === key && (tidy || !wire.includes('/'))
  }), { seed: 4, numRuns: 500 })
  t.equal(kvPath('a b/c/'), '/v1/kv/a%20b/c/')
  t.equal(kvPath('a//b'), '/v1/kv/a%2F%2Fb')
  t.equal(kvPath('a/../b'), '/v1/kv/a%2F..%2Fb')
})
