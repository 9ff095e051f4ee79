// Laws of the outbox: order is kept, nothing is lost but what became pointless, no second is a flood, and what waits is bounded by the subscriptions.
import fc from 'fast-check'
import t from 'tap'
import { Outbox } from '../../src/api/watch-outbox.js'
import type { ClientFrame } from '../../src/index.js'
import { fakeClock } from '../support/fake-clock.js'

const sub = (id: string) => ({ op: 'sub', id, kind: 'services', params: {} }) as const

t.test('a thousand subscriptions at once are all said, in order, and no second holds more than 499 frames', async t => {
  const clock = fakeClock()
  const sent: Array<{ frame: ClientFrame, at: number }> = []
  const outbox = new Outbox(frame => sent.push({ frame, at: clock.monotonic() }), clock)
  for (let i = 0; i < 1000; i++) outbox.subscribe(sub(String(i)))
  clock.advance(10_000)
  t.same(sent.map(({ frame }) => frame.id), Array.from({ length: 1000 }, (_, i) => String(i)))
  t.ok(sent.every(({ at }) => sent.filter(other => other.at >= at && other.at < at + 1000).length < 500))
  t.ok(sent.at(-1)!.at < 4000, 'and the last within four seconds')
  t.equal(clock.pending, 0)
})

t.test('what was subscribed and ended before it was said is never said', async t => {
  const clock = fakeClock()
  const sent: ClientFrame[] = []
  const outbox = new Outbox(frame => sent.push(frame), clock)
  for (let i = 0; i < 201; i++) outbox.subscribe(sub(String(i)))
  outbox.unsubscribe('200')
  outbox.unsubscribe('0')
  clock.advance(1000)
  t.same(sent.slice(199), [sub('199'), { op: 'unsub', id: '0' }])
})

t.test('stop forgets what waits and leaves no timer', async t => {
  const clock = fakeClock()
  const outbox = new Outbox(() => {}, clock)
  for (let i = 0; i < 300; i++) outbox.subscribe(sub(String(i)))
  outbox.ack('0', 1)
  outbox.stop()
  t.equal(outbox.size, 0)
  t.equal(clock.pending, 0)
})

t.test('whatever is said and whenever: every live subscription is said once, and its last acknowledgement is the newest', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('sub' as const), id: fc.nat(20) }),
    fc.record({ do: fc.constant('unsub' as const), id: fc.nat(20) }),
    fc.record({ do: fc.constant('ack' as const), id: fc.nat(20), index: fc.nat(100) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(30) }))
  fc.assert(fc.property(fc.array(step, { maxLength: 600 }), steps => {
    const clock = fakeClock()
    const sent: ClientFrame[] = []
    const outbox = new Outbox(frame => sent.push(frame), clock)
    const live = new Map<string, number | undefined>()
    let made = 0
    const ids: string[] = []
    for (const s of steps) {
      if (s.do === 'wait') clock.advance(s.ms)
      else if (s.do === 'sub') { const id = String(made++); ids[s.id] = id; live.set(id, undefined); outbox.subscribe(sub(id)) } else {
        const id = ids[s.id]
        if (id === undefined || !live.has(id)) continue
        if (s.do === 'unsub') { live.delete(id); outbox.unsubscribe(id) } else { live.set(id, Math.max(s.index, live.get(id) ?? 0)); outbox.ack(id, s.index) }
      }
      if (outbox.size > made + live.size) return false
    }
    clock.advance(60_000)
    const said = (op: ClientFrame['op'], id: string) => sent.filter(frame => frame.op === op && frame.id === id)
    return [...live].every(([id, index]) => said('sub', id).length === 1 && said('unsub', id).length === 0 && (said('ack', id).at(-1) as { index: number } | undefined)?.index === index) &&
      Array.from({ length: made }, (_, i) => String(i)).every(id => live.has(id) || said('sub', id).length === said('unsub', id).length)
  }), { seed: 9, numRuns: 100 })
})
