// Law of the slow reader: it is moved to the newest state and told so; if it still does not read it is closed; no queue grows with the number of changes.
import t from 'tap'
import { Connection } from '../../src/stream/connection.js'
import { Views } from '../../src/stream/views.js'
import { Watchers } from '../../src/stream/watchers.js'
import { Topics } from '../../src/watch/topics.js'
import { fakeClock } from '../support/fake-clock.js'
import type { Sink, StreamContext } from '../../src/stream/connection.js'

const setUp = () => {
  const clock = fakeClock()
  const topics = new Topics()
  const index = 1
  let value = 0
  const state = { topics, index: () => index + value, afterEvent: () => () => {} }
  const kind = { kind: 'test', subject: () => ({ name: 'x', topics: () => ['x'], * rows () { yield { key: 'r', version: String(value), json: () => ({ value }) } } }) }
  const roster = { clock, state, streamKinds: [kind], config: { limits: { maxSubscriptionsPerStream: 10, maxStreamBacklogBytes: 2 ** 20 } } }
  const context = { roster, views: new Views(state as never, clock), watchers: new Watchers(clock), stats: { open: 0, subscriptions: 0, framesSent: 0, framesReceived: 0, resyncs: 0, closedSlow: 0, closedFlood: 0, refused: 0 } } as unknown as StreamContext
  const sent: Array<{ type: string, upserts: Array<{ value: number }> }> = []
  const sink = { sent, closed: 0, backlog: 0, send: (frame: string | Buffer) => { sent.push(JSON.parse(String(frame)) as never) }, close (code: number) { this.closed = code } }
  const connection = new Connection(context, sink as Sink, 'client:1')
  connection.receive('{"op":"sub","id":"a","kind":"test"}')
  const change = (): void => { value++; topics.touch('x', value); topics.wake() }
  return { clock, context, sink, sent, connection, change, get value () { return value } }
}

t.test('while it lags nothing is queued; when it has read, one resync brings it to the newest state', async t => {
  const s = setUp()
  s.change()
  t.strictSame(s.sent.map(f => f.type), ['snapshot', 'change'])
  s.sink.backlog = 2 * 2 ** 20
  s.change()
  for (let i = 0; i < 100; i++) s.change()
  t.equal(s.sent.length, 3, 'the frame that went over the bound is the last')
  s.sink.backlog = 0
  await s.clock.advance(100)
  t.strictSame(s.sent.slice(3).map(f => f.type), ['resync'])
  t.equal(s.sent.at(-1)!.upserts[0]!.value, s.value)
  s.change()
  t.equal(s.sent.at(-1)!.type, 'change')
  t.equal(s.context.stats.resyncs, 1)
})

t.test('one that does not read within 10 s is closed', async t => {
  const s = setUp()
  s.sink.backlog = 2 * 2 ** 20
  s.change()
  await s.clock.advance(9_000)
  t.equal(s.sink.closed, 0)
  await s.clock.advance(2_000)
  t.equal(s.sink.closed, 4000)
  t.equal(s.context.stats.closedSlow, 1)
})

t.test('when the client is gone no timer and no waiter is left but the view, which lingers and then goes', async t => {
  const s = setUp()
  s.sink.backlog = 2 * 2 ** 20
  s.change()
  s.connection.end()
  t.equal(s.context.stats.open, 0)
  t.equal(s.context.stats.subscriptions, 0)
  t.equal(s.context.watchers.size, 0)
  await s.clock.advance(61_000)
  t.equal(s.clock.pending, 0)
})
