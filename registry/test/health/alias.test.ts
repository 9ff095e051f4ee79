// Laws of an alias: it shows the worst of its target's checks in that check's words, follows changes, and never runs away with a circle of aliases.
import t from 'tap'
import { Aliases, aliasResult, type AliasedCheck, type AliasSource } from '../../src/health/alias.js'
import { fakeClock } from '../support/fake-clock.js'

const target = { node: '', service: 'web' }
const check = (name: string, status: string, output = ''): AliasedCheck => ({ name, status, output })

for (const [name, exists, checks, status, output] of [
  ['no checks', true, [], 'passing', 'No checks found.'],
  ['all passing', true, [check('a', 'passing'), check('b', 'passing')], 'passing', 'All checks passing.'],
  ['one warns', true, [check('a', 'warning', 'slow'), check('b', 'passing')], 'warning', 'Aliased check "a" failing: slow'],
  ['of several that warn, the last', true, [check('a', 'warning', '1'), check('b', 'warning', '2')], 'warning', 'Aliased check "b" failing: 2'],
  ['of several that are critical, the first', true, [check('w', 'warning'), check('a', 'critical', '1'), check('b', 'critical', '2')], 'critical', 'Aliased check "a" failing: 1'],
  ['a status of the catalog that is none', true, [check('a', 'odd', '1')], 'passing', 'All checks passing.'],
  ['a name in need of quotes', true, [check('c "1"\tä', 'critical', 'x')], 'critical', 'Aliased check "c \\"1\\"\\tä" failing: x'],
  ['no such service', false, [], 'critical', 'Service web could not be found on node '],
] as const) {
  t.test(name, async t => t.strictSame(aliasResult(target, { exists, checks }), { status, output }))
}

/** A state of one service for each name. */
function source () {
  const listeners = new Map<string, Set<() => void>>()
  const services = new Map<string, AliasedCheck[]>()
  const alias: AliasSource = {
    view: ({ service }) => ({ exists: services.has(service), checks: services.get(service) ?? [] }),
    subscribe ({ service }, changed) {
      const set = listeners.get(service) ?? new Set()
      listeners.set(service, set.add(changed))
      return () => { set.delete(changed) }
    },
  }
  return {
    alias,
    set (service: string, checks: AliasedCheck[]) {
      services.set(service, checks)
      for (const changed of listeners.get(service) ?? []) changed()
    },
    listening: (service: string) => listeners.get(service)?.size ?? 0,
  }
}

t.test('is looked at when added and after changes, once for many in one turn', async t => {
  const clock = fakeClock()
  const state = source()
  const seen: string[] = []
  const aliases = new Aliases(clock, state.alias, (id, result) => seen.push(`${id} ${result.status}`))
  aliases.set('x', target)
  await clock.advance(0)
  for (const status of ['passing', 'warning', 'critical']) state.set('web', [check('a', status)])
  await clock.advance(0)
  t.strictSame(seen, ['x critical', 'x critical'])
  state.set('web', [check('a', 'passing')])
  aliases.delete('x')
  await clock.advance(0)
  t.equal(seen.length, 2, 'deleted before its turn')
  t.equal(state.listening('web'), 0)
  aliases.set('y', target)
  aliases.stop()
  t.equal(state.listening('web'), 0)
  t.equal(clock.pending, 0)
})
