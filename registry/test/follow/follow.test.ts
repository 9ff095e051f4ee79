// Laws of following: whatever happens at the server, and however often the connection breaks, the follower ends with the server's tables at the server's indexes;
// a break costs what has changed, not everything; who is too slow, too old or told nonsense is cut off and none the worse.
import fc from 'fast-check'
import t from 'tap'
import { command, deleteNode, deleteService, putCheck, putNode, putService } from '../../src/catalog/rows.js'
import { nameCluster } from '../../src/connect/cluster-id.js'
import { defaults } from '../../src/config/defaults.js'
import { memoryEngine } from '../../src/engine/memory.js'
import { FLOOR_KEY } from '../../src/engine/tombstones.js'
import { BEAT_MS, Feed } from '../../src/follow/feed.js'
import { Mirror, MirrorError } from '../../src/follow/mirror.js'
import { encodeLine, readRow, wireRow } from '../../src/follow/wire.js'
import { deleteKey, setKey } from '../../src/kv/operations.js'
import { restoreCommand } from '../../src/snapshot/restore.js'
import { State } from '../../src/state/state.js'
import { topics } from '../../src/state/topic-names.js'
import { checkRow } from '../support/rows.js'
import { fakeClock } from '../support/fake-clock.js'
import type { FollowerSink } from '../../src/follow/feed.js'
import type { Command, Engine } from '../../src/engine/engine.js'
import type { FakeClock } from '../support/fake-clock.js'

const NAMES = ['a', 'b', 'c'] as const
const ID = '11111111-2222-3333-4444-555555555555'
const about = () => ({ node: 'srv', id: ID, datacenter: 'dc1', version: '0', member: {} })

interface Bench {
  readonly engine: Engine
  readonly state: State
  readonly feed: Feed
  readonly clock: FakeClock
  readonly commit: <T>(command: Command<T>) => Promise<{ readonly result: T }>
}

async function bench (createdAt = 1): Promise<Bench> {
  const engine = memoryEngine()
  const state = new State()
  state.started(await engine.open(state))
  const clock = fakeClock()
  const commit = <T>(decide: Command<T>): Promise<{ readonly result: T }> => engine.commit(decide)
  await commit(nameCluster(defaults, ID, createdAt))
  return { engine, state, clock, commit, feed: new Feed({ state, commit, clock, about }) }
}

/** A follower whose lines come at once, until it is cut. */
class Follower {
  readonly state = new State()
  readonly mirror = new Mirror(this.state)
  lines = 0
  rows = 0
  #connection: AbortController | undefined

  constructor () { this.state.started(0) }

  /** Resolves when the view is there. */
  connect (feed: Feed): Promise<void> {
    const connection = this.#connection = new AbortController()
    this.mirror.begin()
    return new Promise((resolve, reject) => {
      const sink: FollowerSink = {
        unread: 0,
        drained: async () => {},
        close: () => {},
        write: line => {
          if (connection.signal.aborted) return
          this.lines++
          if (String(line).startsWith('{"rows"')) this.rows += (JSON.parse(String(line)) as { rows: unknown[] }).rows.length
          try {
            if (this.mirror.take(String(line).trimEnd()) === 'view') resolve()
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        },
      }
      feed.follow(this.mirror.since, sink, connection.signal).catch(reject)
    })
  }

  cut (): void { this.#connection?.abort() }
}

const TOPICS = [topics.nodes, topics.services, topics.checks, topics.kvAll, topics.servicesGone, ...NAMES.flatMap(name => [topics.node(name), topics.service(name), topics.health(name), topics.kv(name), topics.nodeChecks(name)])]

function shown (state: State): unknown {
  return {
    revision: state.revision,
    nodes: state.nodes.list(),
    services: NAMES.flatMap(name => state.services.named(name)),
    checks: NAMES.flatMap(name => [...state.checks.eachOnNode(name)]),
    kv: [...state.kv.below('')],
    indexes: TOPICS.map(name => [name, state.index([name])]),
  }
}

type Step =
  | { readonly act: 'node' | 'drop-node' | 'drop-service' | 'key' | 'drop-key' | 'forget', readonly name: string }
  | { readonly act: 'service', readonly name: string, readonly node: string, readonly port: number }
  | { readonly act: 'check', readonly name: string, readonly status: string }
  | { readonly act: 'save' | 'restore' | 'cut' | 'connect' }

const name = fc.constantFrom(...NAMES)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constantFrom('node', 'drop-node', 'drop-service', 'key', 'drop-key', 'forget'), name }),
  fc.record({ act: fc.constant('service'), name, node: name, port: fc.nat(9) }),
  fc.record({ act: fc.constant('check'), name, status: fc.constantFrom('passing', 'critical') }),
  fc.record({ act: fc.constantFrom('save', 'restore', 'cut', 'connect', 'connect') })
) as fc.Arbitrary<Step>

t.test('any history, cut anywhere', async t => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
    const { engine, state, feed, commit } = await bench()
    const follower = new Follower()
    let saved: Parameters<typeof restoreCommand>[0] | undefined
    for (const one of steps) {
      await take(one)
    }
    await follower.connect(feed)
    t.strictSame(shown(follower.state), shown(state))
    follower.cut()
    feed.stop()

    async function take (one: Step): Promise<void> {
      switch (one.act) {
        case 'connect':
          follower.cut()
          await follower.connect(feed)
          return
        case 'cut':
          follower.cut()
          return
        case 'save': {
          const { result } = await commit(head => ({ tx: undefined, result: [...head.range('')] }))
          saved = { rows: result, meta: { Version: 1, ID: 'x', Index: 1, Term: 1, Roster: { Form: 1, Schema: 1, Version: '', Datacenter: 'dc1', Node: 'srv', Rows: 0 } } } as never
          return
        }
        case 'restore':
          if (saved !== undefined) await commit(restoreCommand(saved, 'srv'))
          return
        case 'forget': {
          const { result } = await commit(head => ({ tx: undefined, result: [...head.tombstones('')] }))
          if (result.length > 0) await engine.commit(() => ({ tx: { puts: [[FLOOR_KEY, { forgotten: Math.max(...result.map(row => row.revision)) }]], purges: result.map(row => row.key) }, result: 0 }))
          return
        }
        default: await commit(command(draft => { decide(draft, one) }))
      }
    }
  }), { numRuns: 60 })
})

function decide (draft: Parameters<Parameters<typeof command>[0]>[0], one: Extract<Step, { name: string }>): void {
  const there = (node: string): boolean => draft.get(`node/${node}`) !== undefined
  switch (one.act) {
    case 'node': putNode(draft, { name: one.name, id: '', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null }); return
    case 'drop-node': deleteNode(draft, one.name); return
    case 'drop-service': deleteService(draft, 'a', one.name); return
    case 'key': setKey(draft, { key: one.name, flags: String(draft.next), value: '' }); return
    case 'drop-key': deleteKey(draft, one.name); return
    case 'service':
      if (there(one.node)) putService(draft, { node: one.node, name: one.name, id: one.name, kind: '', tags: [], address: '', taggedAddresses: null, meta: null, port: one.port, ports: null, socketPath: '', weights: { passing: 1, warning: 1 }, enableTagOverride: false, proxy: null, connect: null, locality: null })
      return
    case 'check': if (there(one.name)) putCheck(draft, checkRow(one.name, 'c', one.status))
  }
}

const key = (name: string): Command<void> => command(draft => setKey(draft, { key: name, flags: '0', value: '' }))

t.test('a break costs what has changed', async t => {
  const { feed, commit, state } = await bench()
  for (let i = 0; i < 500; i++) await commit(key(`k${i}`))
  const follower = new Follower()
  await follower.connect(feed)
  t.ok(follower.rows > 500)
  follower.cut()
  await commit(key('new'))
  const before = follower.rows
  await follower.connect(feed)
  t.equal(follower.rows - before, 1)
  t.strictSame(feed.stats, { whole: 1, partial: 1, cut: 0 })
  t.equal(follower.state.revision, state.revision)

  const other = await bench(2)
  await other.commit(key('only'))
  follower.cut()
  await follower.connect(other.feed)
  t.strictSame([...follower.state.kv.below('')].map(({ value }) => value.key), ['only'], 'another history takes the place of all')
  follower.cut()
})

t.test('deletions that the server has forgotten are not lost on who was away', async t => {
  const { feed, commit, engine } = await bench()
  for (const name of ['stays', 'goes', 'later']) await commit(key(name))
  const follower = new Follower()
  await follower.connect(feed)
  follower.cut()
  await commit(command(draft => deleteKey(draft, 'goes')))
  const { result: [gone] } = await commit(head => ({ tx: undefined, result: [...head.tombstones('kv/')] }))
  await engine.commit(() => ({ tx: { puts: [[FLOOR_KEY, { forgotten: gone!.revision }]], purges: [gone!.key] }, result: 0 }))
  await follower.connect(feed)
  t.strictSame([...follower.state.kv.below('')].map(({ value }) => value.key), ['later', 'stays'])
  t.equal(feed.stats.whole, 2, 'all is sent')
  follower.cut()
  await commit(command(draft => deleteKey(draft, 'later')))
  await follower.connect(feed)
  t.equal(feed.stats.partial, 1, 'a floor from before is no reason to')
  follower.cut()
})

t.test('signs of life, and none that lies', async t => {
  const { feed, clock, commit } = await bench()
  const follower = new Follower()
  await follower.connect(feed)
  const before = follower.lines
  await clock.advance(BEAT_MS)
  t.equal(follower.lines, before + 1)
  await commit(key('x'))
  t.throws(() => follower.mirror.take(encodeLine({ beat: 99 }).trimEnd()), MirrorError, 'a beat of what was never sent: something is lost')
  follower.cut()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(feed.size, 0)
  await clock.advance(2 * BEAT_MS)
  t.equal(clock.pending, 0, 'no timer without followers')
})

t.test('who does not read is cut off', async t => {
  const { feed, commit } = await bench()
  let closed = false
  const sink = { unread: 0, write () {}, drained: async () => {}, close () { closed = true } }
  void feed.follow(undefined, sink, new AbortController().signal)
  await new Promise(resolve => setTimeout(resolve, 10))
  sink.unread = 2 ** 30
  await commit(key('x'))
  t.equal(closed, true)
  t.equal(feed.stats.cut, 1)
  t.equal(feed.size, 0)
})

t.test('what no server says changes nothing', async t => {
  const follower = new Follower()
  for (const text of ['', '{', '[]', '{"what":1}', '{"view":1}', '{"event":{"revision":1,"rows":[],"purges":[]}}', '{"beat":1}', '{"rows":[["kv/x",1,1,99,{}]]}']) {
    t.throws(() => follower.mirror.take(text), MirrorError, text)
    t.notOk(follower.mirror.hasView)
  }
  t.doesNotThrow(() => follower.mirror.take('{"rows":[["table-of-tomorrow/x",1,1,1,{}]]}'), 'a table that this version does not know is left out')
  t.equal(follower.state.revision, 0)
})

t.test('rows survive the wire', t => {
  const live = { key: 'kv/x', value: { key: 'x' }, created: 1, revision: 2 }
  t.match(readRow(JSON.parse(JSON.stringify(wireRow(live))) as never), live)
  const gone = { key: 'node/a', value: undefined, created: 1, revision: 3, gone: { node: 'a' } }
  t.strictSame(readRow(JSON.parse(JSON.stringify(wireRow(gone))) as never), gone)
  t.end()
})
