// Laws of the turn and the flush: what a failed or silent disk does to those who wait for it, and that the fold never hears of what was not kept.
import t from 'tap'
import fc from 'fast-check'
import { EngineError } from '../../src/engine/engine.js'
import { LocalEngine } from '../../src/engine/local.js'
import { fakeClock } from '../support/fake-clock.js'
import { Model, same, transaction } from './contract.js'
import { Recorder, headView, look, write } from './recorder.js'
import type { LocalOptions } from '../../src/engine/local.js'
import type { Batch, HeldRow, Store } from '../../src/engine/store.js'
import type { Test } from 'tap'

/** A store whose flushes end when and how the test says. */
class HandStore implements Store {
  readonly batches: Batch[] = []
  closed = 0
  #end: { resolve: () => void, reject: (error: unknown) => void } | undefined

  async load (): Promise<number> { return 0 }

  append (batch: Batch): Promise<void> {
    if (this.#end !== undefined) throw new Error('law: one flush at a time')
    this.batches.push(batch)
    return new Promise((resolve, reject) => { this.#end = { resolve, reject } })
  }

  async close (): Promise<void> { this.closed++ }

  get flushing (): boolean { return this.#end !== undefined }

  /** Ends the flush and lets everything follow from it. */
  async end (error?: EngineError): Promise<void> {
    const end = this.#end!
    this.#end = undefined
    if (error === undefined) end.resolve()
    else end.reject(error)
    await turn()
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const full = new EngineError('NO_SPACE', 'full')

async function opened (t: Test, options?: LocalOptions): Promise<{ engine: LocalEngine, store: HandStore, fold: Recorder }> {
  const store = new HandStore()
  const engine = new LocalEngine(store, options)
  const fold = new Recorder()
  await engine.open(fold)
  return { engine, store, fold }
}

/** What has become of a promise so far. */
function watch (promise: Promise<{ revision: number }>): { state: string } {
  const seen = { state: 'waits' }
  promise.then(({ revision }) => { seen.state = `revision ${revision}` }, (error: Error) => { seen.state = error.message })
  return seen
}

t.test('many writers share a flush', async t => {
  const { engine, store, fold } = await opened(t)
  const flushes: number[] = []
  engine.onFlush = commits => flushes.push(commits)
  const all = Array.from({ length: 20 }, (_, i) => engine.commit(write({ puts: [[`k${i}`, i]] })))
  t.equal(store.batches.length, 1, 'the first goes at once, for nobody to wait on a timer')
  await store.end()
  t.equal(store.batches.length, 2)
  t.equal(store.batches[1]!.events.length, 19, 'law: whatever came meanwhile goes together')
  t.equal(fold.events.length, 1, 'law: nothing is folded before it is durable')
  t.equal(engine.waiting, 19)
  await store.end()
  await Promise.all(all)
  t.strictSame(flushes, [1, 19])
  t.equal(engine.waiting, 0)
})

t.test('a failed flush takes down what stood on it, and no more', async t => {
  const { engine, store, fold } = await opened(t)
  const before = engine.commit(write({ puts: [['a', 1], ['b', 1]] }))
  await store.end()
  await before
  const errors: unknown[] = []
  engine.onFlush = (_, __, error) => errors.push(error)
  const lost = [
    watch(engine.commit(write({ puts: [['a', 2]], deletes: [['b', 'gone']] }))),
    watch(engine.commit(head => ({ tx: { puts: [['c', head.get('a')!.value]] }, result: 0 }))),
    watch(engine.commit(look(head => head.get('c')?.value))),
  ]
  await store.end(full)
  t.strictSame(lost.map(l => l.state), ['full', 'full', 'full'], 'law: everyone who stood on it gets the same error, readers of it too')
  t.strictSame(errors, [full])
  t.equal(store.batches.length, 2, 'law: what was built on it is not even tried')
  t.strictSame((await engine.commit(look(headView))).result, fold.view, 'law: the head is back to what is durable')
  t.strictSame(fold.view, [['a', 1, 1, 1, undefined], ['b', 1, 1, 1, undefined]])
  const later = watch(engine.commit(write({ puts: [['a', 3]] })))
  await store.end()
  t.equal(later.state, 'revision 2', 'law: the next one goes on from there, and its revision was given to nobody')
  t.strictSame(fold.rows.get('a'), { ...fold.rows.get('a'), value: 3, created: 1, revision: 2 })
})

t.test('a purge is undone too', async t => {
  const { engine, store, fold } = await opened(t)
  for (const tx of [{ puts: [['k', 1]] }, { deletes: [['k', 'x']] }] as const) {
    const done = engine.commit(write(tx))
    await store.end()
    await done
  }
  const lost = watch(engine.commit(write({ purges: ['k'], puts: [['k2', 1]] })))
  await store.end(full)
  t.equal(lost.state, 'full')
  t.strictSame((await engine.commit(look(headView))).result, fold.view)
  t.strictSame(fold.view, [['k', undefined, 1, 2, 'x']])
})

t.test('a commit that changes nothing waits for what it has read', async t => {
  const { engine, store } = await opened(t)
  const put = engine.commit(write({ puts: [['k', 1]] }))
  const same = [watch(engine.commit(look(head => head.get('k')))), watch(engine.commit(write({ deletes: [['never']] })))]
  await turn()
  t.strictSame(same.map(s => s.state), ['waits', 'waits'], 'law: the write it stands on could still be lost')
  await store.end()
  await put
  await turn()
  t.strictSame(same.map(s => s.state), ['revision 1', 'revision 1'])
  t.equal(store.batches.length, 1, 'law: it costs no flush')
})

t.test('a restore whose flush fails leaves everything as it was, the revision too', async t => {
  const { engine, store, fold } = await opened(t)
  const first = watch(engine.commit(write({ puts: [['stays', 1], ['goes', 2]] })))
  await store.end()
  t.equal(first.state, 'revision 1')
  const restored = watch(engine.commit(write({ restored: [{ key: 'old', value: 0, created: 3, revision: 900 }], deletes: [['goes']], purges: ['goes'], puts: [['stays', 5]] })))
  const after = watch(engine.commit(write({ puts: [['old', 'written over']] })))
  await store.end(full)
  t.strictSame([restored.state, after.state], ['full', 'full'])
  const seen = engine.commit(look(head => [headView(head), head.next] as const))
  t.strictSame((await seen).result, [[['goes', 2, 1, 1, undefined], ['stays', 1, 1, 1, undefined]], 2])
  t.equal(fold.events.length, 1)
})

t.test('a store that throws has failed', async t => {
  const { engine, fold } = await opened(t)
  const broken = new LocalEngine({ load: async () => 0, append: () => { throw full }, close: async () => {} })
  await broken.open(new Recorder())
  await t.rejects(broken.commit(write({ puts: [['k', 1]] })), full)
  t.strictSame((await broken.commit(look(headView))).result, [])
  await broken.close()
  t.equal(fold.events.length, 0)
  await engine.close()
})

t.test('the queue is bounded', async t => {
  const { engine, store } = await opened(t, { maxWaiting: 3 })
  const taken = Array.from({ length: 4 }, (_, i) => watch(engine.commit(write({ puts: [[`k${i}`, i]] })))) // one in the flush, three behind it
  const refused = await engine.commit(() => t.fail('law: not evaluated') as never).catch((error: unknown) => error as EngineError)
  t.equal((refused as EngineError).code, 'NO_LEADER', 'law: refused at once')
  await store.end()
  await store.end()
  t.strictSame(taken.map(w => w.state), [1, 2, 3, 4].map(n => `revision ${n}`), 'law: what was taken is served')
})

t.test('a burst does not become one huge batch', async t => {
  const { engine, store } = await opened(t)
  const all = Array.from({ length: 10_000 }, (_, i) => engine.commit(write({ puts: [[`k${i}`, i]] })))
  while (store.flushing) await store.end()
  await Promise.all(all)
  t.ok(Math.max(...store.batches.map(b => b.events.length)) <= 4096)
})

t.test('a silent disk', async t => {
  const clock = fakeClock()
  const { engine, store, fold } = await opened(t, { clock, stallMs: 5000 })
  const waiting = [watch(engine.commit(write({ puts: [['a', 1]] }))), watch(engine.commit(write({ puts: [['b', 1]] })))]
  await clock.advance(4999)
  t.strictSame(waiting.map(w => w.state), ['waits', 'waits'])
  await clock.advance(1)
  for (const { state } of waiting) t.match(state, /not answered for 5000 ms/, 'law: nobody waits for ever')
  await t.rejects(engine.commit(write({ puts: [['c', 1]] })), { code: 'NO_LEADER' }, 'law: and nobody begins to')
  await store.end()
  t.equal(fold.events.length, 1, 'law: what the disk did after all is folded')
  await store.end()
  t.equal(fold.events.length, 2)
  const later = watch(engine.commit(write({ puts: [['c', 1]] })))
  await store.end()
  t.equal(later.state, 'revision 3', 'law: it goes on when the disk does')
  t.equal(clock.pending, 0, 'law: no timer is left')
})

t.test('the end does not wait for a silent disk', async t => {
  const clock = fakeClock()
  const { engine, store } = await opened(t, { clock, stallMs: 5000 })
  const lost = watch(engine.commit(write({ puts: [['a', 1]] })))
  const end = engine.close()
  await turn()
  t.equal(store.closed, 0, 'law: what was taken is finished first')
  await clock.advance(5000)
  await end
  t.match(lost.state, /not answered/)
})

t.test('a fold that commits is followed, not interrupted', async t => {
  const engine = new LocalEngine({ load: async () => 0, append: () => undefined, close: async () => {} })
  const order: string[] = []
  let more: Promise<unknown> | undefined
  await engine.open({
    row () {},
    event ({ revision }) {
      order.push(`begin ${revision}`)
      if (revision === 1) more = engine.commit(write({ puts: [['b', 1]] }))
      order.push(`end ${revision}`)
    },
  })
  await engine.commit(write({ puts: [['a', 1]] }))
  await more
  t.strictSame(order, ['begin 1', 'end 1', 'begin 2', 'end 2'])
})

t.test('whatever fails: what is folded is what was kept, and the head is what the model says', async () => {
  const step = fc.oneof({ weight: 4, arbitrary: transaction.map(tx => ({ tx })) }, { weight: 2, arbitrary: fc.constantFrom({ flush: 'kept' }, { flush: 'lost' }) })
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
    const store = new HandStore()
    const engine = new LocalEngine(store)
    const fold = new Recorder()
    await engine.open(fold)
    let durable = new Model()
    let flushed: Model | undefined // the durable model, once the running flush is kept
    let accepted: ReadonlyArray<Parameters<Model['apply']>[0]> = []
    const answers: Array<Promise<unknown>> = []
    const copy = (model: Model): Model => Object.assign(new Model(), { rows: model.rows, revision: model.revision })
    for (const step of steps) {
      if ('tx' in step) {
        answers.push(engine.commit(write(step.tx)).catch((error: unknown) => { if (error !== full) throw error }))
        if (flushed === undefined) {
          flushed = copy(durable)
          if (!flushed.apply(step.tx)) flushed = undefined
        } else accepted = [...accepted, step.tx]
        continue
      }
      if (flushed === undefined) continue
      await store.end(step.flush === 'lost' ? full : undefined)
      if (step.flush === 'kept') durable = flushed
      const next = copy(durable)
      const changed = step.flush === 'kept' && accepted.map(tx => next.apply(tx)).some(Boolean)
      flushed = changed ? next : undefined
      accepted = []
      same(fold.view, durable.rows)
      same(await engine.newest(), durable.revision)
    }
    const head = copy(flushed ?? durable)
    for (const tx of accepted) head.apply(tx)
    let seen: unknown
    answers.push(engine.commit(look(h => { seen = headView(h) })).catch(() => {}))
    same(seen, head.rows)
    while (store.flushing) await store.end()
    await Promise.all(answers)
    same(fold.view, head.rows)
    const kept = new Map<string, HeldRow>()
    for (const row of fold.rows.values()) kept.set(row.key, row as HeldRow)
    same(kept.size, head.rows.length)
    await engine.close()
    same(store.closed, 1)
  }), { seed: 11, numRuns: 150 })
})
