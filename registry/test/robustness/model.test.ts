// Law: over any history of keys, locks, sessions, checks, time and transactions, the registry says and holds what the reference model says and holds.
import t from 'tap'
import fc from 'fast-check'
import { deleteCheck, deleteNode } from '../../src/catalog/rows.js'
import { RosterError } from '../../src/errors.js'
import { casKey, deleteKey, deleteKeyCas, deleteTree, lockKey, setKey, unlockKey } from '../../src/kv/operations.js'
import { createSession } from '../../src/sessions/create.js'
import { endSession } from '../../src/sessions/end.js'
import { changeAll } from '../../src/txn/run.js'
import { rows } from '../support/rows.js'
import { Model } from './model.js'
import type { Draft } from '../../src/engine/draft.js'
import type { Operation } from '../../src/txn/operation.js'
import type { Rows } from '../support/rows.js'
import type { KvOp } from './model.js'

// === histories ===

const KEYS = ['a', 'a/b', 'a/b/c', 'ab', 'b'] as const
const NODES = ['n1', 'n2'] as const
const CHECKS = ['c1', 'c2'] as const
const key = fc.constantFrom(...KEYS)
const prefix = fc.constantFrom('', 'a', 'a/', 'b', 'zz')
const value = fc.constantFrom('', 'MQ==', 'Mg==')
const flags = fc.constantFrom('0', '0', '18446744073709551615')
/** Of the sessions made so far, dead ones included; -1 is one that never was, -2 none. */
const session = fc.integer({ min: -2, max: 7 })
/** Which index of a key: the one that it has, an older one, none. */
const index = fc.constantFrom<'right' | 'wrong' | 'none'>('right', 'right', 'wrong', 'none')

const kvOp = fc.oneof(
  { weight: 4, arbitrary: fc.record({ verb: fc.constantFrom('set' as const), key, value, flags }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constantFrom('cas' as const), key, value, flags, index }) },
  { weight: 5, arbitrary: fc.record({ verb: fc.constantFrom('lock' as const, 'lock' as const, 'unlock' as const), key, value, flags, session }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constantFrom('delete' as const, 'get' as const, 'check-not-exists' as const), key }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom('delete-tree' as const, 'get-tree' as const), key: prefix }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom('delete-cas' as const, 'check-index' as const), key, index }) },
  { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom('check-session' as const), key, session }) }
)
const node = fc.constantFrom(...NODES)
const check = fc.constantFrom(...CHECKS)
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('kv' as const), op: kvOp }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('txn' as const), ops: fc.array(kvOp, { minLength: 1, maxLength: 5 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('create' as const), node, checks: fc.subarray([...CHECKS]), behavior: fc.constantFrom('release' as const, 'delete' as const), delayMs: fc.constantFrom(0, 0, 5_000, 15_000), ttlMs: fc.constantFrom(0, 10_000, 15_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('destroy' as const, 'renew' as const), session }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('check' as const), node, check, status: fc.constantFrom('passing', 'passing', 'warning', 'critical') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('check gone' as const), node, check }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('node gone' as const), node }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.constantFrom(1, 4_999, 5_000, 10_000, 20_001) }) }
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
type AskedKvOp = typeof kvOp extends fc.Arbitrary<infer S> ? S : never

// === the registry and the model, side by side ===

class Pair {
  readonly model = new Model()
  #made = 0
  #seen: number

  constructor (readonly real: Rows) { this.#seen = real.events.length }

  #session (n: number): string { return n === -2 ? '' : n === -1 ? 'never' : `11111111-2222-4333-8444-${String(this.#made === 0 ? 0 : n % this.#made).padStart(12, '0')}` }

  /** An operation with real indexes and sessions. */
  #op (asked: AskedKvOp): KvOp {
    const modify = this.model.world.keys.get(asked.key)?.modify ?? 0
    const at = (which: 'right' | 'wrong' | 'none'): number => which === 'right' ? modify : which === 'none' ? 0 : modify + 1
    const { index, session, ...rest } = { index: undefined, session: undefined, ...asked }
    return { ...rest, ...(index === undefined ? {} : { index: at(index) }), ...(session === undefined ? {} : { session: this.#session(session) }) } as KvOp
  }

  /** Events since the last call: what one request does is one event at most. */
  #news (most: number) {
    const news = this.real.events.slice(this.#seen)
    this.#seen = this.real.events.length
    if (news.length > most) throw new Error(`${news.length} revisions where ${most} is the most`)
    return news
  }

  async step (step: Step): Promise<void> {
    const { real, model } = this
    const next = real.state.revision + 1
    switch (step.do) {
      case 'kv': {
        const op = this.#op(step.op)
        same('answer', await this.#request(op), model.request(op, next))
        break
      }
      case 'txn': {
        const ops = step.ops.map(op => this.#op(op))
        const asOperation = (op: KvOp): Operation => ({ kind: 'kv', value: '', flags: '0', session: '', ...op, index: BigInt('index' in op ? op.index : 0) })
        const { result } = await real.commit(changeAll(ops.map(asOperation), { base: 0, datacenter: 'dc1', isDelayed: (draft, key) => real.keeper.isDelayed(draft, key) }))
        same('refused operations', result.errors?.map(({ op }) => op) ?? [], model.txn(ops, next))
        break
      }
      case 'create': {
        const id = `11111111-2222-4333-8444-${String(this.#made).padStart(12, '0')}`
        const { node, checks, behavior, delayMs, ttlMs } = step
        const done = await real.commit(createSession({ id, name: '', node, lockDelayNs: delayMs * 1e6, behavior, ttl: '', ttlMs, nodeChecks: checks, serviceChecks: null, checks: null }))
          .then(() => true, (error: unknown) => { if (error instanceof RosterError) return false; throw error })
        same('created', done, model.create(id, { node, checks, behavior, delayMs, ttlMs }))
        if (done) this.#made++
        break
      }
      case 'destroy':
        await real.change(d => endSession(d, this.#session(step.session)))
        model.end(this.#session(step.session), next)
        break
      case 'renew':
        same('renewed', real.keeper.renew(this.#session(step.session)) !== undefined, model.renew(this.#session(step.session)))
        break
      case 'check':
        if (!model.world.nodes.has(step.node)) {
          await real.node(step.node)
          model.node(step.node)
          this.#news(1)
        }
        await real.check(step.node, step.check, step.status)
        model.check(step.node, step.check, step.status, real.state.revision)
        break
      case 'check gone':
        await real.change(d => deleteCheck(d, step.node, step.check))
        model.checkGone(step.node, step.check, next)
        break
      case 'node gone':
        await real.change(d => deleteNode(d, step.node))
        model.nodeGone(step.node, next)
        break
      case 'time':
        await this.#advance(step.ms)
        break
    }
    this.#news(1)
    this.compare()
  }

  #request (op: KvOp): Promise<boolean | string> {
    const { real, model } = this
    if (!('value' in op) && op.verb !== 'delete' && op.verb !== 'delete-cas' && op.verb !== 'delete-tree') return Promise.resolve(model.kv(op, 0)) // reads are compared as states
    return real.change((d: Draft) => {
      switch (op.verb) {
        case 'set': setKey(d, op); return true
        case 'cas': return casKey(d, 0, op, BigInt(op.index))
        case 'lock': return !real.keeper.isDelayed(d, op.key) && lockKey(d, op, op.session)
        case 'unlock': return unlockKey(d, op, op.session)
        case 'delete': deleteKey(d, op.key); return true
        case 'delete-cas': return deleteKeyCas(d, 0, op.key, BigInt(op.index))
        default: deleteTree(d, op.key); return true
      }
    }).catch((error: unknown) => {
      if (error instanceof RosterError) return error.message.replace(/ ".*/, '')
      throw error
    })
  }

  /** Time passes; sessions end one after another, each with all that it held in one revision of its own. */
  async #advance (ms: number): Promise<void> {
    const { real, model } = this
    await real.clock.advance(ms)
    for (;;) {
      const due = [...model.world.sessions].filter(([, s]) => s.deadline <= model.now + ms).sort(([, a], [, b]) => a.deadline - b.deadline)[0]
      if (due === undefined) break
      const ended = real.events.find(e => e.rows.some(row => row.key === `session/${due[0]}` && row.value === undefined))
      if (ended === undefined) throw new Error(`session ${due[0]} should have ended`)
      const before = model.now
      model.now = due[1].deadline
      model.end(due[0], ended.revision)
      ms -= model.now - before
    }
    model.now += ms
    this.#news(Infinity)
  }

  /** Everything that a reader can see. */
  compare (): void {
    const { real: { state }, model } = this
    const held = [...state.kv.below('')].map(({ value: v, createIndex, modifyIndex }) => [v.key, v.value, v.flags, v.lockIndex, v.session, createIndex, modifyIndex])
    same('keys', held, [...model.world.keys].sort(([a], [b]) => a < b ? -1 : 1).map(([key, k]) => [key, k.value, k.flags, k.lockIndex, k.session, k.create, k.modify]))
    same('sessions', state.sessions.list().map(s => s.value.id), [...model.world.sessions.keys()].sort())
    for (const p of ['a', 'a/', 'b']) same(`index below ${p}`, state.topics.revision(state.kvPrefixes.topic(p, 0)), model.newestBelow(p))
    same('delays', [...state.sessions.lockDelays.keys()].sort(), [...model.world.delays].filter(([, until]) => until > model.now).map(([key]) => key).sort())
  }
}

function same (what: string, real: unknown, model: unknown): void {
  const [a, b] = [JSON.stringify(real), JSON.stringify(model)]
  if (a !== b) throw new Error(`${what}: the registry says ${a}, the model ${b}`)
}

async function run (steps: readonly Step[]): Promise<void> {
  const real = await rows()
  const pair = new Pair(real)
  try {
    for (const [i, step] of steps.entries()) await pair.step(step).catch((error: Error) => { throw new Error(`step ${i}, ${JSON.stringify(step)}: ${error.message}`) })
  } finally {
    real.keeper.stop()
  }
}

/** Nodes and healthy checks to begin with, so that sessions come to be. */
const beginning: readonly Step[] = NODES.flatMap(node => CHECKS.map(check => ({ do: 'check' as const, node, check, status: 'passing' })))

const numRuns = Number(process.env['ROSTER_MODEL_RUNS'] ?? 60)
t.test('random histories', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), steps => run([...beginning, ...steps])), { seed: Number(process.env['ROSTER_MODEL_SEED'] ?? 8), numRuns })
})
