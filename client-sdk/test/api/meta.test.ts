// Laws of what headers say: what is missing or unreadable is absent and hides nothing else; an index is never 0 and never loses a digit.
import fc from 'fast-check'
import t from 'tap'
import { readGuard, readMeta, readRetryAfter } from '../../src/api/meta.js'

t.test('all headers of a full answer', async t => {
  t.same(readMeta(200, {
    'x-consul-index': '42',
    'x-consul-knownleader': 'true',
    'x-consul-lastcontact': '7',
    'x-consul-effective-consistency': 'stale',
    'x-cache': 'HIT',
    age: '3',
    'x-consul-query-backend': 'streaming',
    'x-consul-results-filtered-by-acls': 'true',
    'x-consul-translate-addresses': 'true',
    'x-consul-contenthash': 'ab',
    'x-consul-reason': 'passing',
    'x-roster-guard': 'kept=12; until=2026-01-02T03:04:05Z',
    'x-roster-warning': 'w',
    'x-request-id': 'r',
  }, 'http://a'), {
    status: 200,
    address: 'http://a',
    index: 42,
    indexText: '42',
    knownLeader: true,
    lastContactMs: 7,
    consistency: 'stale',
    cache: 'HIT',
    ageMs: 3000,
    backend: 'streaming',
    filteredByAcls: true,
    translateAddresses: true,
    contentHash: 'ab',
    reason: 'passing',
    guard: { kept: 12, until: new Date('2026-01-02T03:04:05Z') },
    warning: 'w',
    requestId: 'r',
  })
})

t.test('a header that cannot be read is absent, the others stay', async t => {
  t.same(readMeta(200, { 'x-consul-lastcontact': 'never', 'x-consul-knownleader': 'true', age: '-1', 'x-cache': 'MAYBE', 'x-roster-guard': 'nonsense', 'x-consul-index': 'x' }, 'a'),
    { status: 200, address: 'a', knownLeader: true })
})

t.test('index 0 counts as 1, or a client would wait for "more than nothing" without end', async t => t.match(readMeta(200, { 'x-consul-index': '0' }, 'a'), { index: 1, indexText: '1' }))

t.test('no index loses a digit', async t => {
  fc.assert(fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), index => readMeta(200, { 'x-consul-index': String(index) }, 'a').indexText === String(index)), { seed: 1, numRuns: 200 })
  t.equal(readMeta(200, { 'x-consul-index': '12521572465879438184' }, 'a').indexText, '12521572465879438184')
})

t.test('garbage in any header never throws', async () => {
  const names = ['x-consul-index', 'x-consul-lastcontact', 'x-roster-guard', 'age', 'x-cache', 'retry-after']
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), headers => { readMeta(200, headers, 'a'); readRetryAfter(headers, 0) }), { seed: 2, numRuns: 300 })
})

t.test('the guard without a readable end still holds', async t => t.same(readGuard('kept=3; until=soon'), { kept: 3, until: undefined }))

t.test('Retry-After in seconds and as a date, never negative', async t => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  t.equal(readRetryAfter({ 'retry-after': '2' }, now), 2000)
  t.equal(readRetryAfter({ 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }, now), 3000)
  t.equal(readRetryAfter({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, now), 0)
  t.equal(readRetryAfter({ 'retry-after': 'later' }, now), undefined)
  t.equal(readRetryAfter({}, now), undefined)
})
