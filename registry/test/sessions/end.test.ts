// Laws of a session's end: whatever brings it, everything that it held is given back or deleted in the same revision.
import t from 'tap'
import { deleteCheck, deleteNode, deleteService, putService } from '../../src/catalog/rows.js'
import { lockKey } from '../../src/kv/operations.js'
import { endSession, sessionEnds } from '../../src/sessions/end.js'
import { keys } from '../../src/state/keys.js'
import { rows } from '../support/rows.js'
import { serviceRecord } from '../support/records.js'
import type { Test } from 'tap'
import type { Draft } from '../../src/engine/draft.js'
import type { SessionRecord } from '../../src/state/sessions.js'
import type { Rows } from '../support/rows.js'

const ID = '11111111-2222-4333-8444-555555555555'
const input = (key: string) => ({ key, value: 'eA==', flags: '3' })

async function holding (t: Test, record: Partial<SessionRecord>): Promise<Rows> {
  const r = await rows()
  t.teardown(() => r.keeper.stop())
  await r.node('n')
  await r.change(d => putService(d, serviceRecord({ node: 'n', name: 's', port: 0 })))
  await r.check('n', 'alive', 'passing')
  await r.check('n', 'of-s', 'passing', { serviceId: 's' })
  await r.session({ id: ID, nodeChecks: ['ALIVE'], serviceChecks: [{ id: 'of-s', namespace: '' }], ...record })
  await r.change(d => { for (const key of ['a', 'b/c']) lockKey(d, input(key), ID) })
  return r
}

const causes: ReadonlyArray<readonly [name: string, bring: (r: Rows) => Promise<unknown>]> = [
  ['destroyed', r => r.change(d => endSession(d, ID.toUpperCase()))],
  ['check critical', r => r.check('n', 'Alive', 'critical')],
  ['check deregistered', r => r.change(d => deleteCheck(d, 'N', 'alive'))],
  ['service deregistered', r => r.change(d => deleteService(d, 'n', 's'))],
  ['node deregistered', r => r.change(d => deleteNode(d, 'n'))],
]

for (const [name, bring] of causes) {
  for (const behavior of ['release', 'delete'] as const) {
    t.test(`${name}, ${behavior}`, async t => {
      const r = await holding(t, { behavior })
      const before = r.events.length
      await bring(r)
      t.equal(r.events.length, before + 1, 'one revision')
      t.notOk(r.state.sessions.get(ID))
      for (const key of ['a', 'b/c']) {
        const entry = r.state.kv.get(key)
        if (behavior === 'delete') t.equal(entry, undefined)
        else t.match(entry, { value: { value: 'eA==', flags: '3', lockIndex: 1, session: '' }, modifyIndex: r.state.revision })
      }
      const left = await r.change(d => [...d.range(keys.heldBy(ID)), ...d.range('session-on/')])
      t.same(left, [], 'no pointer is left')
    })
  }
}

t.test('a warning ends nothing, nor does a check that it does not name', async t => {
  const r = await holding(t, {})
  await r.check('n', 'alive', 'warning')
  await r.check('n', 'other', 'critical')
  t.ok(r.state.sessions.get(ID))
})

t.test('lock-delay: none for a session that never held, none when it is 0 or less, a minute at most', async t => {
  for (const [lockDelayNs, ms] of [[0, undefined], [-1e9, undefined], [15e9, 15_000], [999e9, 60_000]] as const) {
    const r = await holding(t, { lockDelayNs })
    await r.session({ id: ID.replace('1', '2'), lockDelayNs: 5e9 })
    await r.change(d => {
      endSession(d, ID)
      endSession(d, ID.replace('1', '2'))
    })
    t.equal(r.state.sessions.lockDelays.get('a')?.ms, ms)
    t.equal(r.state.sessions.lockDelays.size, ms === undefined ? 0 : 2)
  }
})

t.test('what is bound to a session goes with it', async t => {
  const r = await holding(t, {})
  const ended: string[] = []
  const end = (draft: Draft, session: SessionRecord): void => {
    draft.put('meta/bound', { gone: true })
    ended.push(session.id)
  }
  sessionEnds.push(end)
  t.teardown(() => sessionEnds.splice(sessionEnds.indexOf(end), 1))
  const before = r.events.length
  await r.change(d => endSession(d, ID))
  t.same(ended, [ID])
  t.equal(r.events.length, before + 1)
})

t.test('a check of type session tells whether a session of that name is in force', async t => {
  const r = await holding(t, {})
  const status = () => { const { status, output } = r.state.checks.get('n', 'led')!.value; return `${status}: ${output}` }
  await r.check('n', 'led', 'critical', { type: 'session', definition: { SessionName: 'leader' } })
  const id = ID.replace('1', '3')
  await r.session({ id, name: 'leader', nodeChecks: ['led'] })
  t.equal(status(), `passing: Session '${id}' in force`)
  await r.change(d => endSession(d, id))
  t.equal(status(), `critical: Session '${id}' is invalid`)
  await r.session({ id: ID.replace('1', '4'), name: 'another' })
  t.match(status(), /^critical/)
  await r.check('n', 'led', 'passing', { type: 'session', definition: { SessionName: 'renamed' } })
  await r.session({ id: ID.replace('1', '5'), name: 'leader' })
  t.equal(status(), 'passing: ', 'it speaks for another name now')
})
