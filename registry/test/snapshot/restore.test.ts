// Laws of a restore, for any history before the save and any after it: the state is as it was saved, as a server that starts on the restored rows would see
// it; every index that a reader had seen has been passed; and a second restore of the same changes nothing but the mark.
import t from 'tap'
import fc from 'fast-check'
import { deleteNode, putCheck, putNode, putService } from '../../src/catalog/rows.js'
import { deleteKey, setKey } from '../../src/kv/operations.js'
import { deleteQuery, putQuery } from '../../src/queries/commands.js'
import { writeCoordinates } from '../../src/coordinates/keeper.js'
import { ORIGIN } from '../../src/coordinates/origin.js'
import { endSession } from '../../src/sessions/end.js'
import { collectCommand, restoreCommand } from '../../src/snapshot/restore.js'
import { State } from '../../src/state/state.js'
import { look } from '../engine/recorder.js'
import { queryOf } from '../queries/support.js'
import { checkRow, rows } from '../support/rows.js'
import { metaOf } from './support.js'
import { serviceRecord } from '../support/records.js'
import type { Rows } from '../support/rows.js'
import type { ServiceRecord } from '../../src/state/services.js'

const service = (node: string, id: string, name: string): ServiceRecord => serviceRecord({ node, id, name })

type Step = readonly [act: string, a: string, b: string]

/** One write; what a rule refuses is no write. */
async function take (r: Rows, [act, a, b]: Step): Promise<void> {
  try {
    switch (act) {
      case 'node': await r.node(a); break
      case 'service': await r.change(draft => { putNode(draft, { name: a, id: '', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: { v: b } }); putService(draft, service(a, 'i', b)) }); break
      case 'check': await r.change(draft => putCheck(draft, checkRow(a, 'c', b === 'x' ? 'critical' : 'passing', { output: b }))); break
      case 'no node': await r.change(draft => deleteNode(draft, a)); break
      case 'key': await r.change(draft => setKey(draft, { key: `${a}/${b}`, value: 'eA==', flags: b === 'x' ? '1' : '2' })); break
      case 'no key': await r.change(draft => deleteKey(draft, `${a}/${b}`)); break
      case 'session': await r.session({ id: `00000000-0000-4000-8000-00000000000${a === 'n1' ? 1 : 2}`, node: a }); break
      case 'no session': await r.change(draft => endSession(draft, `00000000-0000-4000-8000-00000000000${a === 'n1' ? 1 : 2}`)); break
      case 'query': await r.commit(putQuery(queryOf({ id: `00000000-0000-4000-9000-00000000000${a === 'n1' ? 1 : 2}`, name: b, service: { service: a } }), 'new')); break
      case 'no query': await r.change(draft => deleteQuery(draft, `00000000-0000-4000-9000-00000000000${a === 'n1' ? 1 : 2}`)); break
      case 'coordinate': await r.commit(writeCoordinates([{ node: a, segment: '', coordinate: { ...ORIGIN, Error: b.length } }])); break
    }
  } catch {}
}

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('node', 'service', 'check', 'no node', 'key', 'key', 'no key', 'session', 'no session', 'query', 'no query', 'coordinate'), fc.constantFrom('n1', 'n2'), fc.constantFrom('x', 'y', 'zz'))
const history = fc.array(step, { maxLength: 25 })

/** Everything that readers can see, with its indexes. */
const seen = (state: State): unknown => JSON.parse(JSON.stringify({
  nodes: state.nodes.list(),
  services: [...state.services.names()].sort().map(name => state.services.named(name)),
  checks: state.checks.inState('any'),
  keys: [...state.kv.below('')],
  sessions: state.sessions.list(),
  queries: state.queries.list(),
  coordinates: state.coordinates.list(),
}))

const topicsOf = (state: State): number[] => ['nodes', 'services', 'checks', 'kv', 'sessions', 'queries', 'coordinates', 'node:n1', 'health:x', 'kv:n1/x', 'query:00000000-0000-4000-9000-000000000001', 'never'].map(name => state.index([name]))

/** As a server sees it that starts on the same rows. */
async function started (r: Rows): Promise<State> {
  const state = new State()
  state.base = r.state.base
  const { result } = await r.commit(look(head => [...head.range(''), ...head.tombstones('')].sort((a, b) => a.key < b.key ? -1 : 1)))
  for (const row of result) state.row(row)
  state.started(r.state.revision)
  return state
}

t.test('any history', async () => {
  await fc.assert(fc.asyncProperty(history, history, fc.nat(500), async (before, after, ahead) => {
    const r = await rows()
    r.state.base = 10 // as in a server: no index is so small that it means nothing
    try {
      for (const s of before) await take(r, s)
      const saved = seen(r.state)
      const { result } = await r.commit(collectCommand)
      for (const s of after) await take(r, s)
      const known = topicsOf(r.state)
      // An archive of a store that is further on has larger indexes than any here.
      const shifted = result.rows.map(row => ({ ...row, created: row.created + ahead, revision: row.revision + ahead }))
      const archive = { meta: metaOf(shifted, 0), rows: shifted }
      const { revision } = await r.commit(restoreCommand(archive, 'test'))
      const now = seen(r.state)
      if (ahead === 0 && JSON.stringify(now) !== JSON.stringify(saved)) throw new Error(`law: the state is as it was saved: ${JSON.stringify([saved, now])}`)
      const fresh = await started(r)
      if (JSON.stringify(seen(fresh)) !== JSON.stringify(now)) throw new Error(`law: a start sees the same: ${JSON.stringify([now, seen(fresh)])}`)
      for (const state of [r.state, fresh]) {
        if (!topicsOf(state).every((index, i) => index > known[i]! && index >= state.base + revision)) throw new Error(`law: no index goes back: ${JSON.stringify([known, topicsOf(state)])}`)
      }
      for (const row of shifted) if (row.revision >= revision) throw new Error('law: the history goes on above what was saved')
      const again = await r.commit(restoreCommand(archive, 'test'))
      return again.result.changed === 0 && JSON.stringify(seen(r.state)) === JSON.stringify(now)
    } finally {
      r.keeper.stop()
    }
  }), { seed: 2024, numRuns: 80 })
})
