// What a session is refused for, and what stands in for what was not sent.
import t from 'tap'
import { decodeSessionCreate } from '../../src/http/decode/bodies/session.js'
import { createSession, sessionRecord } from '../../src/sessions/create.js'
import { rows } from '../support/rows.js'

const record = (body: object, ttlMinMs = 0) => sessionRecord(decodeSessionCreate(Buffer.from(JSON.stringify(body))), 'id', { node: 'own', ttlMinMs })

t.test('defaults', async t => {
  t.same(record({}), { id: 'id', name: '', node: 'own', lockDelayNs: 15e9, behavior: 'release', ttl: '', ttlMs: 0, nodeChecks: ['serfHealth'], serviceChecks: null, checks: null })
  t.match(record({ TTL: '1m30s', Behavior: 'delete', LockDelay: '250ms', Node: 'n' }), { ttl: '1m30s', ttlMs: 90_000, behavior: 'delete', lockDelayNs: 250e6, node: 'n' })
})

const refused: ReadonlyArray<readonly [body: object, message: string, ttlMinMs?: number]> = [
  [{ Node: '' }, 'Must provide Node'],
  [{ Behavior: 'explode' }, "Invalid Behavior setting 'explode'"],
  [{ Behavior: 'Release' }, "Invalid Behavior setting 'Release'"],
  [{ TTL: '15' }, 'Session TTL \'15\' invalid: time: missing unit in duration "15"'],
  [{ TTL: '9.999s' }, "Invalid Session TTL '9999000000', must be between [10s=24h0m0s]"],
  [{ TTL: '-10s' }, "Invalid Session TTL '-10000000000', must be between [10s=24h0m0s]"],
  [{ TTL: '24h0m1s' }, "Invalid Session TTL '86401000000000', must be between [10s=24h0m0s]"],
  [{ TTL: '1s' }, "Invalid Session TTL '1000000000', must be between [2s=24h0m0s]", 2000],
]
t.test('refusals without the catalog', async t => {
  for (const [body, message, ttlMinMs] of refused) t.throws(() => record(body, ttlMinMs), { message, status: 500 }, JSON.stringify(body))
  t.equal(record({ TTL: '0s' }).ttlMs, 0)
  t.equal(record({ TTL: '2s' }, 2000).ttlMs, 2000)
})

t.test('refusals of the catalog: node and checks have to be there, and none critical', async t => {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  const create = (body: object) => r.commit(createSession(record(body)))
  await t.rejects(create({ Node: 'n' }), { message: 'apply failed: Missing node registration' })
  await r.node('n')
  await t.rejects(create({ Node: 'N' }), { message: "apply failed: Missing check 'serfHealth' registration" })
  await r.check('n', 'bad', 'critical')
  await r.check('n', 'fair', 'warning')
  await t.rejects(create({ Node: 'n', NodeChecks: ['fair', 'BAD'] }), { message: "apply failed: Check 'BAD' is in critical state" })
  await t.rejects(create({ Node: 'n', NodeChecks: [], ServiceChecks: [{ ID: 'absent' }] }), { message: "apply failed: Missing check 'absent' registration" })
  await t.rejects(create({ Node: 'n', NodeChecks: [], ServiceChecks: [{}] }), { message: /index error: object is missing a value for this index$/ })
  t.equal(r.state.sessions.size, 0)
  await create({ Node: 'n', NodeChecks: ['fair'] })
  t.equal(r.state.sessions.onNode('N').length, 1)
})
