// Laws of policies: a wrong key is named by its path and refused, layers are merged field by field, routes match what they say, and the schema file says what the check does.
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { checkPolicyFile, checkServicePolicy, loadPolicyFile, parsePolicyFile, policyLayers, policySchema, resolvePolicy, routePolicy, watchPolicyFile } from '../../src/policy/index.js'
import { matcher } from '../../src/policy/merge.js'
import { fakeClock } from '../support/fake-clock.js'

const wrong: ReadonlyArray<readonly [value: unknown, path: string, problem: RegExp]> = [
  [null, '', /must be an object, not null/],
  [{}, 'version', /is missing/],
  [{ version: 2 }, 'version', /must be 1, not 2/],
  [{ version: 1, service: {} }, 'service', /is not known; known here: \$schema, version, defaults, services/],
  [{ version: 1, services: { payments: { retry: { attempts: 0 } } } }, 'services.payments.retry.attempts', /between 1 and 10, not 0/],
  [{ version: 1, services: { 'pay.ments': { retry: true } } }, 'services["pay.ments"].retry', /must be an object, not true/],
  [{ version: 1, defaults: { timeoutMs: '5s' } }, 'defaults.timeoutMs', /must be a number, not "5s"/],
  [{ version: 1, defaults: { retry: { statuses: [503, 200] } } }, 'defaults.retry.statuses[1]', /between 400 and 599/],
  [{ version: 1, defaults: { routes: [{ match: { path: 'charges' } }] } }, 'defaults.routes[0].match.path', /begins with \//],
  [{ version: 1, defaults: { routes: [{ retry: false }] } }, 'defaults.routes[0].match', /is missing/],
  [{ version: 1, defaults: { attemptTimeout: { minMs: 10, maxMs: 5 } } }, 'defaults.attemptTimeout.minMs', /must not be more than maxMs, 5/],
  [{ version: 1, defaults: { balance: { policy: 'fastest' } } }, 'defaults.balance.policy', /must be one of "p2c",/],
  [{ version: 1, defaults: { concurrency: 1.5 } }, 'defaults.concurrency', /whole number/],
  [{ version: 1, defaults: { long: 'yes' } }, 'defaults.long', /true or false/],
]

for (const [value, path, problem] of wrong) {
  t.test(`refused: ${JSON.stringify(value)}`, async t => {
    t.throws(() => checkPolicyFile(value), { code: 'ROSTER_INVALID_POLICY', path, problem })
  })
}

t.test('any JSON is either taken or refused with a typed error', async () => {
  fc.assert(fc.property(fc.jsonValue(), value => {
    try { checkPolicyFile(value); checkServicePolicy(value) } catch (error) { return (error as { code: string }).code === 'ROSTER_INVALID_POLICY' }
    return true
  }), { seed: 5, numRuns: 300 })
})

t.test('a file that is no JSON is refused with the place', async t => {
  t.throws(() => parsePolicyFile('{\n  "version": 1,\n  oops\n}', 'p.json'), { code: 'ROSTER_INVALID_POLICY', message: /p\.json.*line 3, column/ })
  await t.rejects(loadPolicyFile('/nonexistent/p.json'), { code: 'ROSTER_INVALID_POLICY', message: /cannot be read/ })
})

t.test('what nobody says has the documented defaults', async t => {
  t.match(resolvePolicy([]).policy, { timeoutMs: false, retry: { attempts: 3, budget: { share: 0.2, perSecond: 10 } }, attemptTimeout: { factor: 4, minMs: 1000, maxMs: 10_000 }, breaker: false, concurrency: false, long: false })
})

t.test('layers: code over the service over the defaults, field by field, until one says false', async t => {
  const file = checkPolicyFile({ version: 1, defaults: { timeoutMs: 500, retry: { statuses: [503], budget: { share: 0.1 } } }, services: { payments: { retry: { attempts: 5 } }, orders: { retry: false } } })
  t.match(resolvePolicy(policyLayers('payments', { timeoutMs: 100 }, file)).policy, { timeoutMs: 100, retry: { attempts: 5, statuses: [503], budget: { share: 0.1, perSecond: 10 } } })
  t.equal(resolvePolicy(policyLayers('orders', undefined, file)).policy.retry, false)
  t.match(resolvePolicy(policyLayers('orders', { retry: { attempts: 2 } }, file)).policy.retry, { attempts: 2, statuses: [502, 503, 504], budget: { share: 0.2 } }, 'what is below a false does not count')
  t.equal(resolvePolicy(policyLayers('toString', undefined, file)).policy.timeoutMs, 500, 'names are not looked for in prototypes')
})

t.test('routes: the first that matches, over the service', async t => {
  const resolved = resolvePolicy([{ timeoutMs: 100, routes: [{ match: { method: 'get', path: '/export/**' }, timeoutMs: false, long: true }, { match: { path: '/export/*' }, retry: false }] }])
  t.match(routePolicy(resolved, 'GET', '/export/all?x=1'), { timeoutMs: false, long: true, retry: { attempts: 3 } })
  t.match(routePolicy(resolved, 'PUT', '/export/all'), { timeoutMs: 100, retry: false })
  t.match(routePolicy(resolved, 'PUT', '/other'), { timeoutMs: 100, retry: { attempts: 3 } })
})

const paths: ReadonlyArray<readonly [pattern: string, path: string, matches: boolean]> = [
  ['/charges', '/charges', true], ['/charges', '/charges?x', true], ['/charges', '/charges/1', false],
  ['/charges/*', '/charges/1', true], ['/charges/*', '/charges/1/2', false], ['/charges/*', '/charges', false],
  ['/charges/**', '/charges', true], ['/charges/**', '/charges/1/2', true], ['/charges/**', '/chargesx', false],
  ['/a.b/*/c', '/a.b/x/c', true], ['/a.b/*/c', '/aXb/x/c', false], ['/v*/x', '/v12/x', true], ['/**', '/', true],
]
for (const [pattern, path, matches] of paths) {
  t.test(`${pattern} ${matches ? 'matches' : 'does not match'} ${path}`, async t => { t.equal(matcher({ path: pattern })('GET', path), matches) })
}

t.test('the schema file is what the rules say', async t => {
  t.same(JSON.parse(readFileSync(new URL('../../policy.schema.json', import.meta.url), 'utf8')), policySchema())
})

t.test('hot reload: a new file counts, a broken one does not and is reported once', async t => {
  const directory = t.testdir({ 'policy.json': '{ "version": 1, "defaults": { "timeoutMs": 1 } }' })
  const file = join(directory, 'policy.json')
  const clock = fakeClock()
  const seen: unknown[] = []
  const errors: Error[] = []
  const watched = await watchPolicyFile(file, { clock, onChange: ({ defaults }) => seen.push(defaults?.timeoutMs), onError: error => errors.push(error) })
  t.teardown(() => watched.close())
  const write = async (text: string) => { await writeFile(`${file}.new`, text); await rename(`${file}.new`, file) }
  await write('{ "version": 1, "defaults": { "timeoutMs": 2 } }')
  t.match(await watched.reload(), { defaults: { timeoutMs: 2 } })
  await write('{ "version": 1, "defaults": { "timeoutMs": -2 } }')
  await t.rejects(watched.reload(), { code: 'ROSTER_INVALID_POLICY', path: 'defaults.timeoutMs' })
  for (let i = 0; i < 2; i++) {
    clock.advance(2000)
    while (clock.pending === 0) await new Promise(resolve => setImmediate(resolve))
  }
  t.equal(errors.length, 1)
  t.match(watched.current, { defaults: { timeoutMs: 2 } }, 'the last good one goes on')
  t.same(seen, [2])
  watched.close()
  t.equal(clock.pending, 0)
})
