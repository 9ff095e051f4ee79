// The embedded store, on LMDB: one folder, which several processes of one host may open. Writers take turns across processes by LMDB's own lock, which a killed process cannot keep.

import { mkdirSync } from 'node:fs'
import { open } from 'lmdb'
import { Overlay } from './overlay.js'
import type { Store } from './store.js'
import type { MakeWork, Step, Value } from './work.js'

/** Above every character that keys use. */
const LAST = '\uffff'

export function openEmbedded (folder: string): Store {
  mkdirSync(folder, { recursive: true })
  // Room for growth costs address space, not memory; the file grows as it is used.
  const db = open<Value, string>({ path: folder, encoding: 'json', mapSize: 256 * 1024 * 1024, maxReaders: 64 })

  function run<T> (make: MakeWork<T>, overlay: Overlay): T {
    const work = make()
    let input: unknown
    while (true) {
      const { done, value } = work.next(input)
      if (done) return value
      input = take(value, overlay)
    }
  }

  function take (step: Step, overlay: Overlay): unknown {
    if (step.kind === 'get') return overlay.over(step.key, () => db.get(step.key))
    if (step.kind === 'put') return overlay.put(step.key, step.value)
    if (step.kind === 'remove') return overlay.remove(step.key)
    const { prefix, after, reverse } = step
    const limit = overlay.reach(prefix, step.limit)
    // Backwards there is no lower bound, because the store would leave out the row that is the bound.
    const bounds = reverse ? { start: after !== '' && after < prefix + LAST ? after : prefix + LAST, reverse: true } : { start: after > prefix ? after : prefix, end: prefix + LAST }
    const rows = []
    for (const { key, value } of db.getRange(bounds)) {
      if (rows.length === limit || !key.startsWith(prefix)) break
      if (key !== after) rows.push([key, value] as const)
    }
    return overlay.overRange(rows, step)
  }

  return {
    async change (work) {
      // Synchronously: rules take microseconds, and a writer that waits for nobody in this process cannot be waited for in a circle.
      return db.transactionSync(() => {
        const overlay = new Overlay()
        const result = run(work, overlay)
        for (const [key, value] of overlay.writes) {
          if (value === undefined) db.removeSync(key)
          else db.putSync(key, value)
        }
        return result
      })
    },
    async read (work) {
      // What other processes have written since the last reading is to be seen.
      db.resetReadTxn()
      const overlay = new Overlay()
      const result = run(work, overlay)
      if (overlay.writes.size > 0) throw new Error('A reading must not write')
      return result
    },
    close: () => db.close(),
  }
}
