// Law of the queue: whatever was pushed, moved and removed before, the earliest comes out first, and nothing is lost or doubled.
import t from 'tap'
import fc from 'fast-check'
import { DueQueue, type Due } from '../../src/health/due-queue.js'

interface Item extends Due { readonly name: number }

const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), name: fc.nat(30), at: fc.nat(1000) }),
  fc.record({ kind: fc.constant('delete' as const), name: fc.nat(30) }),
  fc.record({ kind: fc.constant('pop' as const) }),
  fc.record({ kind: fc.constant('shift' as const), by: fc.nat(5) })
)

t.test('agrees with a sorted list after any steps', async () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 150 }), steps => {
    const queue = new DueQueue<Item>()
    const items = Array.from({ length: 31 }, (_, name): Item => ({ name, at: 0, slot: -1 }))
    const model = new Map<number, number>()
    const earliest = (): number => Math.min(...model.values())
    for (const s of steps) {
      if (s.kind === 'set') {
        queue.set(items[s.name]!, s.at)
        model.set(s.name, s.at)
      } else if (s.kind === 'delete') {
        queue.delete(items[s.name]!)
        model.delete(s.name)
      } else if (s.kind === 'pop') {
        const first = queue.peek()
        if (first === undefined ? model.size > 0 : model.get(first.name) !== earliest()) return false
        if (first !== undefined) {
          queue.delete(first)
          model.delete(first.name)
        }
      } else {
        // Each by another amount, so that the order changes.
        queue.reschedule(item => item.at + s.by * (item.name % 7))
        for (const [name, at] of model) model.set(name, at + s.by * (name % 7))
      }
      if (queue.size !== model.size) return false
    }
    const left: number[] = []
    for (let first = queue.peek(); first !== undefined; first = queue.peek()) {
      left.push(first.at)
      queue.delete(first)
    }
    return left.length === model.size && JSON.stringify(left) === JSON.stringify([...model.values()].sort((a, b) => a - b)) && items.every(item => item.slot === -1)
  }), { seed: 1, numRuns: 200 })
})
