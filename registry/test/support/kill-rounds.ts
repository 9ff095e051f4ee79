// Rounds of: writers at work, kill -9, start again, compare with what was acknowledged. Seeded, so that a failure can be played again.
import { join } from 'node:path'
import { startAgent } from './agent-process.js'
import type { Test } from 'tap'

/** mulberry32. */
const randomOf = (seed: number) => () => {
  seed = seed + 0x6D2B79F5 | 0
  let x = Math.imul(seed ^ seed >>> 15, 1 | seed)
  x = x + Math.imul(x ^ x >>> 7, 61 | x) ^ x
  return ((x ^ x >>> 14) >>> 0) / 4294967296
}

export async function killRounds (t: Test, rounds: number, seed: number): Promise<void> {
  const random = randomOf(seed)
  const dir = t.testdir({ data: {} })
  const dataDir = join(dir, 'data')
  /** Key to the newest number that was acknowledged, and to the newest that was sent. */
  const acked = new Map<string, number>()
  const sent = new Map<string, number>()
  const registered = new Set<string>()
  let number = 0
  let lastIndex = 0
  for (let round = 0; round < rounds; round++) {
    const agent = await startAgent({ dir, dataDir })
    const index = Number((await agent.call('GET', '/v1/catalog/services')).headers.get('x-consul-index'))
    t.ok(index >= lastIndex, `round ${round}, seed ${seed}: the index has not gone back`)
    for (const [key, value] of acked) {
      const got = await (await agent.call('GET', `/v1/kv/${key}?raw`)).text()
      if (Number(got) < value || Number(got) > (sent.get(key) ?? 0)) t.fail(`round ${round}, seed ${seed}: ${key} was acknowledged as ${value} and reads ${got}`)
    }
    for (const id of registered) {
      const entries = await (await agent.call('GET', `/v1/health/service/${id}`)).json() as Array<{ Checks: unknown[] }>
      if (entries.length !== 1 || entries[0]!.Checks.length !== 2) t.fail(`round ${round}, seed ${seed}: ${id} is not whole`)
    }
    let stopping = false
    const writers = Array.from({ length: 8 }, async (_, w) => {
      while (!stopping) {
        const value = ++number
        const key = `k${w}`
        sent.set(key, value)
        try {
          if ((await agent.call('PUT', `/v1/kv/${key}`, String(value))).ok) acked.set(key, value)
          if (value % 5 === 0) {
            const id = `svc-${value}`
            if ((await agent.call('PUT', '/v1/agent/service/register', { Name: id, Check: { TTL: '1h', Status: 'passing' } })).ok) registered.add(id)
          }
        } catch { return } // killed under it
      }
    })
    const enough = number + 50 + Math.floor(random() * 200)
    while (number < enough) await new Promise(resolve => setImmediate(resolve))
    lastIndex = Number((await agent.call('GET', '/v1/catalog/services')).headers.get('x-consul-index'))
    await agent.stop('SIGKILL')
    stopping = true
    await Promise.all(writers)
  }
  t.ok(acked.size === 8 && registered.size > 0, `${number} writes, ${registered.size} services registered`)
}
