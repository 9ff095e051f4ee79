// Small parts of the command line: tables, sizes, changes between answers, following through failures.
import t from 'tap'
import fc from 'fast-check'
import { NoLeaderError, UnreachableError } from '@roster/client/api'
import { follow } from '../../src/cli/follow.js'
import { goJson } from '../../src/cli/go-json.js'
import { firstLine, worstOf } from '../../src/cli/health-text.js'
import { byteSize, progress } from '../../src/cli/progress.js'
import { changesBetween } from '../../src/cli/services/changes.js'
import { columns, table } from '../../src/cli/table.js'
import type { Answer, HealthEntry } from '@roster/client/api'

t.test('columns begin below one another, two blanks apart, and the last is not padded', async t => {
  t.equal(table(['A', 'Bee'], [['long', 'x'], ['é', '']]), 'A     Bee\nlong  x\né     \n')
  const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 8 })
  fc.assert(fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }), rows => {
    const lines = columns(rows).split('\n').slice(0, -1)
    const widths = [0, 1].map(x => Math.max(...rows.map(row => row[x]!.length)))
    t.strictSame(lines.map(line => [line.slice(0, widths[0]), line.slice(widths[0]! + 2, widths[0]! + 2 + widths[1]!), line.slice(widths[0]! + widths[1]! + 4)]),
      rows.map(row => [row[0]!.padEnd(widths[0]!), row[1]!.padEnd(widths[1]!), row[2]]))
  }), { seed: 7, numRuns: 50 })
  t.equal(columns([['a', 'b'], ['ccc', 'd']], cell => `<${cell}>`), '<a>    <b>\n<ccc>  <d>\n', 'colours do not widen')
})

t.test('texts', async t => {
  t.equal(byteSize(0), '0B')
  t.equal(byteSize(4944), '4.8KB')
  t.equal(byteSize(9216), '9KB')
  t.equal(byteSize(3 * 2 ** 40), '3TB')
  t.equal(firstLine('one\ntwo'), 'one')
  t.equal(firstLine('x'.repeat(100)).length, 60)
  t.equal(worstOf([{ Status: 'passing' }, { Status: 'warning' }]), 'warning')
  t.equal(worstOf([]), 'passing')
  t.equal(goJson({ a: '<&>\u2028' }, ''), '{"a":"\\u003c\\u0026\\u003e\\u2028"}')
})

t.test('progress writes over one line, on a terminal alone', async t => {
  for (const terminal of [true, false]) {
    let [now, err] = [0, '']
    const told = progress({ err: text => { err += text }, terminal: { out: terminal, err: terminal } }, 'saved', () => now)
    told.add(1024)
    now = 300
    told.add(1024)
    told.end()
    told.end()
    t.equal(err, terminal ? '\r\x1b[K2KB saved\r\x1b[K' : '')
  }
})

const entry = (id: string, status: 'passing' | 'critical', port = 80): HealthEntry => ({ Node: { Node: 'n', Address: '10.0.0.1' }, Service: { ID: id, Service: 'web', Port: port, Address: '', Tags: [], Meta: null, Weights: { Passing: 1, Warning: 1 } }, Checks: [{ Status: status }] }) as unknown as HealthEntry

t.test('changes between two answers, applied to the first, give the second', async t => {
  const list = fc.uniqueArray(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), status: fc.constantFrom('passing' as const, 'critical' as const), port: fc.constantFrom(80, 81) }), { selector: row => row.id, maxLength: 4 })
    .map(rows => rows.map(({ id, status, port }) => entry(id, status, port)))
  fc.assert(fc.property(list, list, (before, after) => {
    const known = new Map(before.map(e => [e.Service.ID, `10.0.0.1:${e.Service.Port} ${e.Checks[0]!.Status}`]))
    for (const { Kind, ServiceID, Address, To } of changesBetween(before, after)) {
      if (Kind === 'removed') known.delete(ServiceID)
      else known.set(ServiceID, `${Address} ${To}`)
    }
    t.strictSame(Object.fromEntries(known), Object.fromEntries(after.map(e => [e.Service.ID, `10.0.0.1:${e.Service.Port} ${e.Checks[0]!.Status}`])))
    t.strictSame(changesBetween(after, after), [])
  }), { seed: 9, numRuns: 60 })
})

t.test('following goes on through failures, tells each change once, and gives up at the start when it is refused', async t => {
  const context = { method: 'GET', url: 'http://x', address: 'x', sent: false }
  const script: Array<number | Error> = [1, new UnreachableError('gone', context), new UnreachableError('gone', context), 1, 2, new NoLeaderError({ status: 500, body: 'No cluster leader' }), 2, 1]
  const [told, pauses] = [[] as number[], [] as number[]]
  const asked: string[] = []
  await follow<number>({
    signal: new AbortController().signal,
    pauseMs: 1,
    ask: async index => {
      asked.push(index)
      const step = script.shift()!
      if (step instanceof Error) throw step
      return { value: step, meta: { status: 200, address: 'x', index: step } } as Answer<number>
    },
    next: (_, { meta }) => String(meta.index),
    onAnswer: async ({ value }) => {
      told.push(value)
      return script.length > 0
    },
    onFailure: (_, pauseMs) => pauses.push(pauseMs),
  })
  t.strictSame(told, [1, 2, 1])
  t.strictSame(pauses, [1, 4, 1], 'longer and longer, and anew after an answer')
  t.strictSame(asked, ['0', '1', '1', '1', '1', '2', '2', '2'])

  const refusal = new (await import('@roster/client/api')).UnexpectedStatusError({ status: 500, body: 'bad filter' })
  await t.rejects(follow<number>({ signal: new AbortController().signal, ask: () => Promise.reject(refusal), next: () => '1', onAnswer: async () => true, onFailure: () => t.fail('nothing to wait for') }), refusal)
  const ended = new AbortController()
  await follow<number>({
    signal: ended.signal,
    ask: () => Promise.reject(new UnreachableError('gone', context)),
    next: () => '1',
    onAnswer: async () => true,
    onFailure: () => ended.abort(),
  })
})
