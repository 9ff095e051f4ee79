// Laws of matching: Go's mux. Exact before prefix, the longest prefix wins, clean paths by redirect, encoded slashes separate nothing in the fixed part.
import t from 'tap'
import fc from 'fast-check'
import { Router, cleanPath } from '../../src/http/router.js'
import type { Route } from '../../src/http/route.js'

const route = (path: string): Route => ({ path, methods: {} })
const router = new Router([route('/v1/catalog/nodes'), route('/v1/catalog/node/'), route('/v1/kv/'), route('/v1/acl/policy'), route('/v1/acl/policy/'), route('/v1/acl/policy/name/')])
const shown = (path: string, filter = true): string => {
  const m = router.match(path, filter)
  return m.kind === 'route' ? `${m.route.path} | ${m.rest}` : m.kind === 'redirect' ? `→ ${m.location}` : m.kind
}

const TABLE: ReadonlyArray<readonly [path: string, expected: string]> = [
  ['/v1/catalog/nodes', '/v1/catalog/nodes | '],
  ['/v1/catalog/nodes/', 'unknown'],
  ['/v1/Catalog/nodes', 'unknown'],
  ['/v1/catalog/node/a', '/v1/catalog/node/ | a'],
  ['/v1/catalog/node/a/b', '/v1/catalog/node/ | a/b'],
  ['/v1/catalog/node/a%2Fb', '/v1/catalog/node/ | a/b'],
  ['/v1/catalog%2Fnodes', 'unknown'],
  ['/v1/c%61talog/nodes', '/v1/catalog/nodes | '],
  ['/v1/kv', '→ /v1/kv/'],
  ['/v1/kv//a', '→ /v1/kv/a'],
  ['/v1/kv/a/../b', '→ /v1/kv/b'],
  ['/v1/kv/a/./', '→ /v1/kv/a/'],
  ['/v1/acl/policy', '/v1/acl/policy | '],
  ['/v1/acl/policy/name/x', '/v1/acl/policy/name/ | x'],
  ['/v1/acl/policy/namex', '/v1/acl/policy/ | namex'],
  ['/v1/kv/%00', 'unprintable'],
  ['/v1/kv/a%0Ab', 'unprintable'],
  ['/v1/kv/%e2%80%8b', 'unprintable'],
  ['/v1/kv/%C3%A4', '/v1/kv/ | ä'],
  ['/v1/kv/%FF', '/v1/kv/ | \ufffd'],
  ['/v1/kv/a%20b', '/v1/kv/ | a b'],
  ['/v1/kv/%zz', 'malformed'],
  ['/nothing', 'unknown'],
]
for (const [path, expected] of TABLE) t.equal(shown(path), expected, path)

t.equal(shown('/v1/kv/a%0Ab', false), '/v1/kv/ | a\nb', 'the filter can be switched off')

t.test('any path gives a match and never throws; a redirect leads to a path that is not redirected again', async () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('v1', 'kv', 'catalog', 'node', '..', '.', '', 'a b', '%2F', '%', 'ä'), { maxLength: 8 }), parts => {
    const match = router.match('/' + parts.join('/'), true)
    if (match.kind !== 'redirect') return true
    const again = router.match(match.location, true)
    return again.kind !== 'redirect' || again.location === match.location + '/'
  }), { seed: 7, numRuns: 500 })
  fc.assert(fc.property(fc.string(), text => cleanPath(cleanPath(text)) === cleanPath(text)), { seed: 7, numRuns: 500 })
})

t.throws(() => new Router([route('/x'), route('/x')]), /two routes/, 'a path has one route')
