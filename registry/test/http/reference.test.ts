// Laws of the reference: every route has words, no words are without a route, the docs are what the tables say.
import t from 'tap'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { routes } from '../../src/http/routes.js'
import { PARAMETERS, reference } from '../../src/http/reference.js'
import { openapi, referencePages } from '../../src/http/openapi.js'

const page = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8')
/** `/v1/lease/{id}/renew` belongs to the route `/v1/lease/`. */
const routeOf = (path: string): string => path.includes('{') ? path.slice(0, path.indexOf('{')) : path
/** Routes that only say no, described by one line of the docs. */
const SUMMED_UP = /^\/v1\/(acl|internal\/acl)/

t.test('every method of every route is described', async t => {
  const described = new Set(reference.map(d => `${d.method} ${routeOf(d.path)}`))
  for (const route of routes) {
    if (SUMMED_UP.test(route.path)) continue
    for (const method of Object.keys(route.methods)) t.ok(described.has(`${method} ${route.path}`), `${method} ${route.path}`)
  }
})

t.test('what is described exists', async t => {
  const served = new Set(routes.flatMap(route => Object.keys(route.methods).map(method => `${method} ${route.path}`)))
  for (const d of reference) t.ok(served.has(`${d.method} ${routeOf(d.path)}`), `${d.method} ${d.path}`)
  for (const d of reference) for (const name of d.parameters ?? []) t.ok(Object.hasOwn(PARAMETERS, name))
})

t.test('docs/openapi.json and docs/reference.md are as generated (npm run reference)', async t => {
  t.same(JSON.parse(page('openapi.json')), JSON.parse(JSON.stringify(openapi())))
  t.equal(page('reference.md'), referencePages().markdown)
})
