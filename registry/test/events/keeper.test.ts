// Laws of user events: who hears of one, how many are remembered, and the index that the list is waited for with.
import t from 'tap'
import fc from 'fast-check'
import { EventKeeper, eventIndex, MAX_EVENTS } from '../../src/events/keeper.js'
import { fireEvent, judgeFilters } from '../../src/events/fire.js'
import { keys } from '../../src/state/keys.js'
import { rows } from '../support/rows.js'
import type { NewEvent } from '../../src/events/fire.js'
import type { EventRecord } from '../../src/state/events.js'

const event = (more: Partial<NewEvent> = {}): NewEvent => ({ id: '00000000-0000-0000-0000-000000000001', name: 'deploy', payload: '', nodeFilter: '', serviceFilter: '', tagFilter: '', ...more })

const service = (id: string, tags: string[]): object => ({ service: { id, name: `name-of-${id}`, tags }, token: '', source: 'api', sidecarOf: '', nullTags: false })

t.test('an event is for those whose node, services and tags it names', async t => {
  const r = await rows()
  const keeper = new EventKeeper({ state: r.state, node: () => 'golden' })
  t.teardown(() => { keeper.stop(); r.keeper.stop() })
  await r.change(draft => { draft.put(keys.agentService('web1'), service('web1', ['blue', 'v1'])) })
  const table: ReadonlyArray<readonly [string, Partial<NewEvent>, boolean]> = [
    ['everybody', {}, true],
    ['anywhere in the node\'s name', { nodeFilter: 'old' }, true],
    ['by letter case', { nodeFilter: 'GOLDEN' }, false],
    ['a service\'s id', { serviceFilter: '^web1$' }, true],
    ['not its name', { serviceFilter: 'name-of' }, false],
    ['a tag of it', { serviceFilter: 'web', tagFilter: '^bl' }, true],
    ['no tag of it', { serviceFilter: 'web', tagFilter: 'green' }, false],
    ['all must fit', { nodeFilter: 'nobody', serviceFilter: 'web' }, false],
    ['a filter that cannot be read here is nobody\'s', { nodeFilter: '(' }, false],
  ]
  for (const [i, [name, filters, meant]] of table.entries()) {
    await r.commit(fireEvent(event({ id: `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`, ...filters })))
    t.equal(keeper.list().at(-1)?.id.endsWith(String(i)) === true, meant, name)
  }
})

t.test('each has a place above the one before, those that were not meant for us counted', async t => {
  const r = await rows()
  const keeper = new EventKeeper({ state: r.state, node: () => 'me' })
  t.teardown(() => { keeper.stop(); r.keeper.stop() })
  for (const nodeFilter of ['', 'nobody', '']) await r.commit(fireEvent(event({ nodeFilter })))
  t.strictSame(keeper.list().map(e => e.lamportTime), [1, 3])
})

t.test('the newest 256 are remembered, oldest first; a name chooses among them', async t => {
  const r = await rows()
  const keeper = new EventKeeper({ state: r.state, node: () => 'me' })
  t.teardown(() => { keeper.stop(); r.keeper.stop() })
  for (let i = 0; i < MAX_EVENTS + 5; i++) await r.commit(fireEvent(event({ name: i % 2 === 0 ? 'even' : 'odd' })))
  t.equal(keeper.list().length, MAX_EVENTS)
  t.strictSame([keeper.list()[0]!.lamportTime, keeper.list().at(-1)!.lamportTime], [6, MAX_EVENTS + 5])
  t.ok(keeper.list('odd').every(e => e.name === 'odd'))
  t.equal(keeper.list('odd').length + keeper.list('even').length, MAX_EVENTS)
})

t.test('the index: both halves of the newest id over one another, 1 for none', async t => {
  const of = (id: string): bigint => eventIndex([event({ id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }), event({ id })].map(e => ({ ...e, lamportTime: 1 })) as EventRecord[])
  t.equal(eventIndex([]), 1n)
  t.equal(of('00000000-0000-0001-0000-000000000003'), 2n)
  t.equal(of('5af1fc29-8b01-3e4d-01d0-94c2b7a5e8f3'), 0x5af1fc298b013e4dn ^ 0x01d094c2b7a5e8f3n)
  fc.assert(fc.property(fc.uuid(), id => of(id) >= 0n && of(id) < 2n ** 64n), { seed: 3, numRuns: 100 })
})

t.test('filters are judged before anything is told', async t => {
  const refusal = (filters: Partial<NewEvent>): string => {
    try {
      judgeFilters(event(filters))
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  t.equal(refusal({ serviceFilter: 'a', tagFilter: 'b' }), '')
  t.equal(refusal({ tagFilter: '(' }), 'Cannot provide tag filter without service filter')
  t.equal(refusal({ nodeFilter: '(' }), 'Invalid node filter: error parsing regexp: missing closing ): `(`')
  t.equal(refusal({ serviceFilter: 'a', tagFilter: '*' }), 'Invalid tag filter: error parsing regexp: missing argument to repetition operator: `*`')
})
