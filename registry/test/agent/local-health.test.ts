// The worst word wins: maintenance before critical before warning; nothing is passing.
import t from 'tap'
import { aggregate, worstOf } from '../../src/agent/local-health.js'
import { checkRow } from '../support/rows.js'

for (const [name, checks, expected] of [
  ['none', [], 'passing'],
  ['all passing', [['a', 'passing'], ['b', 'passing']], 'passing'],
  ['one warning', [['a', 'warning'], ['b', 'passing']], 'warning'],
  ['critical after warning', [['a', 'warning'], ['b', 'critical']], 'critical'],
  ['a word that is no state', [['a', 'odd']], 'critical'],
  ['maintenance of the node', [['a', 'critical'], ['_node_maintenance', 'critical']], 'maintenance'],
  ['maintenance of the service', [['_service_maintenance:x', 'critical']], 'maintenance'],
] as const) t.equal(aggregate(checks.map(([id, status]) => checkRow('n', id, status))), expected, name)

t.equal(worstOf(['warning', 'maintenance', 'critical']), 'maintenance')
t.equal(worstOf([]), 'passing')
