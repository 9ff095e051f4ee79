// Contenders for one lock in Node, the counterpart of ../fixtures/go-contender. Arguments: REGISTRY KEY FENCE NAME COUNT
import { createApi, lock } from '../../src/index.js'

const [registry, key, fence, name, count] = process.argv.slice(2) as [string, string, string, string, string]
const api = createApi({ address: registry })

const tell = async (what: string, token: number): Promise<void> => { await fetch(`${fence}/${what}?name=${name}&token=${token}`, { method: 'POST' }).then(r => r.arrayBuffer(), () => {}) }

for (let i = 0; i < Number(count); i++) {
  void (async () => {
    for (;;) {
      try {
        const held = await lock(api, { key, value: name, ttlMs: 10_000, lockDelayMs: 1 })
        await tell('in', held.fencingToken)
        await new Promise(resolve => setTimeout(resolve, 3))
        await tell(held.signal.aborted ? 'lost' : 'out', held.fencingToken)
        await held.release()
      } catch {
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    }
  })()
}
