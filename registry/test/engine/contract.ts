// What every engine promises to the rooms above it, whatever it keeps its rows in. Each engine's own test runs this over it.
import fc from 'fast-check'
import { EngineError } from '../../src/engine/engine.js'
import { Recorder, headView, look, write } from './recorder.js'
import type { Engine, Transaction } from '../../src/engine/engine.js'
import type { View } from './recorder.js'
import type { Test } from 'tap'

export interface Subject {
  readonly engine: Engine
  /** Another engine over what the first one kept, after it was closed; absent where nothing is kept. */
  readonly reopen?: () => Engine
  /** The store counts for others as well: a large write may take more than one number. */
  readonly countsForOthers?: boolean
}

const keys = ['a', 'a/b', 'a/b/c', 'b', 'b/', 'c']

/** Random transactions over few keys, so that they meet. */
export const transaction: fc.Arbitrary<Transaction> = fc.uniqueArray(fc.record({ key: fc.constantFrom(...keys), act: fc.constantFrom('put', 'put', 'put', 'delete', 'purge'), value: fc.nat(9) }), { selector: change => change.key, maxLength: 4 })
  .map(changes => ({
    puts: changes.filter(c => c.act === 'put').map(c => [c.key, { n: c.value }] as const),
    deletes: changes.filter(c => c.act === 'delete').map(c => [c.key, { was: c.key }] as const),
    purges: changes.filter(c => c.act === 'purge').map(c => c.key),
  }))

/** The law of transactions, written down once more, as simply as can be. */
export class Model {
  rows: View = []
  revision = 0

  apply (tx: Transaction): boolean {
    const rows = new Map(this.rows.map(row => [row[0], row]))
    const next = this.revision + 1
    let changed = false
    for (const [key, gone] of tx.deletes ?? []) {
      const row = rows.get(key)
      if (row === undefined || row[1] === undefined) continue
      rows.set(key, [key, undefined, row[2], next, gone])
      changed = true
    }
    for (const [key, value] of tx.puts ?? []) {
      const row = rows.get(key)
      rows.set(key, [key, value, row === undefined || row[1] === undefined ? next : row[2], next, undefined])
      changed = true
    }
    for (const key of tx.purges ?? []) {
      const row = rows.get(key)
      if (row !== undefined && row[1] === undefined) changed = rows.delete(key) || changed
    }
    if (changed) this.revision = next
    this.rows = [...rows.values()].sort(([a], [b]) => a < b ? -1 : 1)
    return changed
  }
}

/** @param subject a fresh, empty engine that was not opened yet */
export function contract (t: Test, subject: (t: Test) => Promise<Subject>): void {
  const opened = async (t: Test): Promise<{ engine: Engine, fold: Recorder, reopen: Subject['reopen'], countsForOthers: Subject['countsForOthers'] }> => {
    const { engine, reopen, countsForOthers } = await subject(t)
    const fold = new Recorder()
    t.equal(await engine.open(fold), 0, 'law: an empty engine opens before everything')
    t.teardown(() => engine.close())
    return { engine, fold, reopen, countsForOthers }
  }
  const rejects = async (t: Test, promise: Promise<unknown>, code: string, law: string): Promise<void> => {
    const error = await promise.then(() => undefined, (error: unknown) => error)
    t.ok(error instanceof EngineError && error.code === code, `${law}: ${String(error)}`)
  }

  t.test('commits take their places one after another', async t => {
    const { engine, fold } = await opened(t)
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => engine.commit(write({ puts: [[`k${i}`, i]] }))))
    t.strictSame(answers.map(a => a.revision), Array.from({ length: 50 }, (_, i) => i + 1), 'law: each gets the next revision')
    t.strictSame(fold.events.map(e => e.rows[0]!.key), Array.from({ length: 50 }, (_, i) => `k${i}`), 'law: events are folded in that order')
    t.equal(await engine.newest(), 50)
  })

  t.test('a transaction is folded whole and in one event', async t => {
    const { engine, fold } = await opened(t)
    await engine.commit(write({ puts: [['z', 1], ['a', 2], ['m', 3]] }))
    await engine.commit(write({ puts: [['a', 4]], deletes: [['z', 'gone']] }))
    t.strictSame(fold.events.map(e => e.rows.map(r => r.key)), [['z', 'a', 'm'], ['z', 'a']])
    t.strictSame(fold.view, [['a', 4, 1, 2, undefined], ['m', 3, 1, 1, undefined], ['z', undefined, 1, 2, 'gone']])
  })

  t.test('the caller reads its own write', async t => {
    const { engine, fold } = await opened(t)
    for (let i = 1; i <= 5; i++) {
      const { revision } = await engine.commit(write({ puts: [['k', i]] }))
      t.equal(fold.rows.get('k')?.value, i, 'law: folded before the answer')
      t.equal(revision, i)
    }
  })

  t.test('a command reads what was accepted before it', async t => {
    const { engine, fold } = await opened(t)
    const count = () => engine.commit(head => {
      const n = (head.get('n')?.value as number | undefined ?? 0) + 1
      return { tx: { puts: [['n', n]] }, result: n }
    })
    const answers = await Promise.all(Array.from({ length: 100 }, count))
    t.strictSame(answers.map(a => a.result), Array.from({ length: 100 }, (_, i) => i + 1), 'law: no update is lost, however many come at once')
    t.equal(fold.rows.get('n')?.value, 100)
  })

  t.test('what changes nothing is not written', async t => {
    const { engine, fold } = await opened(t)
    await engine.commit(write({ puts: [['live', 1]] }))
    const nothings: readonly Transaction[] = [{}, { puts: [], deletes: [], purges: [] }, { deletes: [['absent']] }, { purges: ['absent'] }, { purges: ['live'] }]
    for (const tx of nothings) t.equal((await engine.commit(write(tx))).revision, 1, JSON.stringify(tx))
    t.strictSame(await engine.commit(look(head => head.next)), { result: 2, revision: 1 }, 'law: a command knows the revision it would get')
    t.equal(fold.events.length, 1)
  })

  t.test('a command that throws is heard by its caller alone', async t => {
    const { engine, fold } = await opened(t)
    const broken = engine.commit(() => { throw new RangeError('no') })
    const sound = engine.commit(write({ puts: [['k', 1]] }))
    await t.rejects(broken, RangeError)
    t.equal((await sound).revision, 1)
    t.equal(fold.events.length, 1)
  })

  t.test('created and revision of a row', async t => {
    const { engine, fold } = await opened(t)
    const row = (): unknown => { const { created, revision, value } = fold.rows.get('k')!; return { created, revision, value } }
    await engine.commit(write({ puts: [['k', 'a']] }))
    t.strictSame(row(), { created: 1, revision: 1, value: 'a' })
    await engine.commit(write({ puts: [['k', 'b']] }))
    t.strictSame(row(), { created: 1, revision: 2, value: 'b' }, 'law: an overwritten row keeps its creation')
    await engine.commit(write({ deletes: [['k', { what: 'stays' }]] }))
    t.strictSame(row(), { created: 1, revision: 3, value: undefined })
    t.strictSame(fold.rows.get('k')!.gone, { what: 'stays' }, 'law: a deletion leaves a tombstone')
    await engine.commit(write({ puts: [['k', 'c']] }))
    t.strictSame(row(), { created: 4, revision: 4, value: 'c' }, 'law: after a deletion a row is created anew')
    t.equal(fold.rows.get('k')!.gone, undefined)
  })

  t.test('the head: by key and by prefix, live rows and tombstones apart', async t => {
    const { engine } = await opened(t)
    await engine.commit(write({ puts: [['a/1', 1], ['a/2', 2], ['a', 0], ['a0', 9], ['b', 3]] }))
    await engine.commit(write({ deletes: [['a/1', 'one']] }))
    const { result } = await engine.commit(look(head => ({
      deleted: head.get('a/1'),
      below: [...head.range('a/')].map(r => r.key),
      all: [...head.range('')].map(r => r.key),
      tombstones: [...head.tombstones('a/')].map(r => [r.key, r.gone]),
      none: [...head.tombstones('b')],
    })))
    t.strictSame(result, { deleted: undefined, below: ['a/2'], all: ['a', 'a/2', 'a0', 'b'], tombstones: [['a/1', 'one']], none: [] })
  })

  t.test('a purge forgets tombstones and nothing else', async t => {
    const { engine, fold } = await opened(t)
    await engine.commit(write({ puts: [['dead', 1], ['live', 1]] }))
    await engine.commit(write({ deletes: [['dead']] }))
    const { revision } = await engine.commit(write({ puts: [['floor', {}]], purges: ['dead', 'live', 'never'] }))
    t.strictSame(fold.events.at(-1)?.purges, ['dead'])
    t.strictSame(fold.view.map(r => r[0]), ['floor', 'live'])
    t.strictSame(await engine.commit(look(headView)).then(a => a.result), fold.view)
    t.equal(revision, 3)
  })

  t.test('a restore: rows as they were saved, at a revision above all of theirs', async t => {
    const { engine, fold, reopen, countsForOthers } = await opened(t)
    await engine.commit(write({ puts: [['stays', 1], ['goes', 1], ['changes', 'new']] }))
    await engine.commit(write({ puts: [['dead', 1]] }))
    await engine.commit(write({ deletes: [['dead']] }))
    const restored = [{ key: 'changes', value: 'old', created: 2, revision: 70 }, { key: 'comes', value: { n: 1 }, created: 1, revision: 1 }]
    const { revision } = await engine.commit(write({ restored, deletes: [['goes', 'was here']], puts: [['floor', {}]], purges: ['goes', 'dead'] }))
    t.equal(revision, 71, 'law: the history goes on above everything that was saved')
    t.strictSame(fold.events.at(-1), { ...fold.events.at(-1), revision: 71, restored: true, purges: ['goes', 'dead'] })
    const gone = fold.events.at(-1)!.rows.find(row => row.key === 'goes')!
    t.strictSame([gone.value, gone.gone], [undefined, 'was here'], 'law: who folds is told what goes, though no tombstone stays')
    t.strictSame(fold.view, [['changes', 'old', 2, 70, undefined], ['comes', { n: 1 }, 1, 1, undefined], ['floor', {}, 71, 71, undefined], ['stays', 1, 1, 1, undefined]])
    t.strictSame(await engine.commit(look(headView)).then(a => a.result), fold.view)
    t.equal((await engine.commit(write({ puts: [['later', 1]] }))).revision, 72)
    const { revision: last } = await engine.commit(write({ restored: [{ key: 'k', value: 1, created: 1, revision: 5 }] }))
    t.ok(countsForOthers === true ? last >= 73 && last < 80 : last === 73, 'law: an older past does not make the history jump')
    if (reopen === undefined) return
    await engine.close()
    const again = new Recorder()
    const second = reopen()
    t.equal(await second.open(again), last)
    t.teardown(() => second.close())
    t.strictSame(again.view, fold.view, 'law: what was restored comes back as it was')
  })

  t.test('any key and any plain value', async t => {
    const { engine, fold, reopen } = await opened(t)
    // In UTF-16 order the emoji (a surrogate pair) comes before the full-width tilde, in UTF-8 after it.
    const odd = ['', '\0', 'a\0b', 'k'.repeat(12_000), 'k'.repeat(12_000) + 'x', '\u{1F600}', '～', '\ud800', '\udfff\ud800', '__proto__', 'constructor', 'ü', 'u\u0308', ' ', '\u0001', 'a/'.repeat(1000)]
    await engine.commit(write({ puts: odd.map((key, i) => [key, { i, text: key.slice(0, 20), nothing: null, list: [1, [2]], '': true }] as const) }))
    const sorted = [...odd].sort()
    t.strictSame(await engine.commit(look(head => [...head.range('')].map(r => r.key))).then(a => a.result), sorted, 'law: ranges run in UTF-16 code unit order')
    for (const [i, key] of odd.entries()) t.equal((fold.rows.get(key)?.value as { i: number }).i, i, JSON.stringify(key.slice(0, 20)))
    if (reopen === undefined) return
    await engine.close()
    const again = new Recorder()
    const second = reopen()
    await second.open(again)
    t.teardown(() => second.close())
    t.strictSame(again.view, fold.view, 'law: what was kept comes back as it was')
  })

  t.test('guards', async t => {
    const { engine, fold } = await opened(t)
    await engine.commit(write({ puts: [['a/1', 1], ['a/2', 1]] }))
    await engine.commit(write({ deletes: [['a/2']] }))
    const table: ReadonlyArray<readonly [string, NonNullable<Transaction['guards']>, boolean]> = [
      ['a row as it was read', [{ key: 'a/1', revision: 1 }], true],
      ['a row that changed since', [{ key: 'a/2', revision: 1 }], false],
      ['absent', [{ key: 'never', revision: 0 }], true],
      ['deleted is absent', [{ key: 'a/2', revision: 0 }], true],
      ['not absent', [{ key: 'a/1', revision: 0 }], false],
      ['nothing newer below a prefix', [{ prefix: 'a/', notAfter: 2 }], true],
      ['a newer tombstone below a prefix', [{ prefix: 'a/', notAfter: 1 }], false],
      ['a prefix with nothing below it', [{ prefix: 'z/', notAfter: 0 }], true],
      ['all of them must hold', [{ key: 'a/1', revision: 1 }, { key: 'a/1', revision: 0 }], false],
    ]
    for (const [name, guards, holds] of table) {
      const before = fold.events.length
      const done = engine.commit(write({ guards, puts: [[`mark/${name}`, 1]] }), performance.now() + 1000)
      if (holds) await done
      else await rejects(t, done, 'NO_LEADER', name)
      t.equal(fold.events.length - before, holds ? 1 : 0, name)
    }
  })

  t.test('a deadline that has passed', async t => {
    const { engine, fold } = await opened(t)
    await rejects(t, engine.commit(() => t.fail('law: not even evaluated') as never, performance.now() - 1), 'NO_LEADER', 'law: refused')
    t.equal(fold.events.length, 0)
  })

  t.test('the end', async t => {
    const { engine, fold } = await opened(t)
    const taken = Array.from({ length: 10 }, (_, i) => engine.commit(write({ puts: [[`k${i}`, i]] })))
    const ends = [engine.close(), engine.close()]
    await rejects(t, engine.commit(write({ puts: [['late', 1]] })), 'CLOSED', 'law: nothing is taken any more')
    await Promise.all(ends)
    t.equal((await Promise.all(taken)).length, 10, 'law: what was taken is finished')
    t.equal(fold.events.length, 10)
    await engine.close()
    await rejects(t, engine.open(new Recorder()), 'CLOSED', 'law: an engine does not come back')
  })

  t.test('any transactions, alone or at once, do what the model does', async t => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(transaction, { maxLength: 5 }), { minLength: 1, maxLength: 8 }), async groups => {
      const { engine, reopen } = await subject(t)
      const fold = new Recorder()
      const model = new Model()
      try {
        await engine.open(fold)
        for (const group of groups) {
          const answers = group.map(tx => ({ changed: model.apply(tx), expected: model.revision, done: engine.commit(write(tx)) }))
          for (const { changed, expected, done } of answers) {
            const { revision } = await done
            if (changed ? revision !== expected : revision < expected) throw new Error(`revision ${revision}, expected ${expected}`)
          }
          same(fold.view, model.rows)
          same((await engine.commit(look(headView))).result, model.rows)
        }
      } finally {
        await engine.close()
      }
      if (reopen === undefined) return
      const again = new Recorder()
      const second = reopen()
      try {
        if (await second.open(again) !== model.revision) throw new Error('law: the revision does not go back over a restart')
        same(again.view, model.rows)
      } finally {
        await second.close()
      }
    }), { seed: 3, numRuns: 30 })
  })
}

export function same (found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`found ${JSON.stringify(found)}\nwanted ${JSON.stringify(wanted)}`)
}
