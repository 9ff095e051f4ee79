// Rounds of traffic, each ended by `kill -9` at a random moment and judged after the restart: nothing acknowledged is lost, no transaction is half there, and
// what clients were told, before and after, could have been told one after another.
import { judge } from './linearizable.js'
import { seeded } from './seeded.js'
import { exchange, traffic } from './traffic.js'
import type { Test } from 'tap'
import type { RosterProcess } from './process.js'

const KEYS = ['a', 'b', 'c/d'] as const
const CLIENTS = 6

export async function killRounds (t: Test, registry: RosterProcess, rounds: number, seed: number): Promise<void> {
  const random = seeded(seed)
  const put = async (path: string, body?: string): Promise<string> => (await exchange(undefined, 'PUT', registry.url + path, body)).text
  const sessions = await Promise.all(Array.from({ length: CLIENTS }, async () => (JSON.parse(await put('/v1/session/create', '{"NodeChecks":[],"LockDelay":"0s"}')) as { ID: string }).ID))
  let pairs = 0
  for (let round = 0; round < rounds; round++) {
    let over = false
    const keys = KEYS.map(key => `r${round}/${key}`)
    const load = { url: () => registry.url, clients: CLIENTS, keys, sessions, random, round }
    const before = traffic({ ...load, operations: 10_000, over: () => over })
    const twins = writePairs(registry.url, pairs, () => over)
    await new Promise(resolve => setTimeout(resolve, 50 + random() * 250))
    over = true
    await registry.kill()
    const history = await before
    const acknowledged = await twins
    await registry.start()
    const [x, y] = await readPair(registry.url)
    t.equal(x, y, `round ${round}: both halves of a transaction or none`)
    t.ok(x >= acknowledged, `round ${round}: ${acknowledged} was acknowledged, ${x} is there`)
    pairs = x
    history.push(...await traffic({ ...load, operations: 12, round: round + rounds }))
    t.equal(judge(history), undefined, `round ${round}: ${history.length} operations, ${history.filter(op => op.answered === Infinity).length} without an answer`)
  }
  const alive = JSON.parse((await exchange(undefined, 'GET', `${registry.url}/v1/session/list`)).text) as Array<{ ID: string }>
  t.same(alive.map(s => s.ID).sort(), [...sessions].sort(), 'sessions without a TTL outlive it all')
}

/** One transaction after another writes the same number under two keys and beside them a node. Gives the last that was acknowledged. */
async function writePairs (url: string, from: number, over: () => boolean): Promise<number> {
  let acknowledged = from
  for (let n = from + 1; !over(); n++) {
    const value = Buffer.from(String(n)).toString('base64')
    const body = JSON.stringify([
      { KV: { Verb: 'set', Key: 'twin/x', Value: value } }, { Node: { Verb: 'set', Node: { Node: 'twin', Address: String(n) } } }, { KV: { Verb: 'set', Key: 'twin/y', Value: value } },
    ])
    try {
      if ((await exchange(undefined, 'PUT', `${url}/v1/txn`, body)).status === 200) acknowledged = n
    } catch {
      break // killed
    }
  }
  return acknowledged
}

/** Of the two keys and the node: the first, and what all three agree on. */
async function readPair (url: string): Promise<readonly [number, number]> {
  const { text } = await exchange(undefined, 'PUT', `${url}/v1/txn`, JSON.stringify([{ KV: { Verb: 'get-tree', Key: 'twin/' } }, { Node: { Verb: 'get', Node: { Node: 'twin' } } }]))
  const { Results } = JSON.parse(text) as { Results: ReadonlyArray<{ KV?: { Value: string }, Node?: { Address: string } }> | null }
  const numbers = (Results ?? []).map(r => Number(r.Node?.Address ?? Buffer.from(r.KV!.Value, 'base64').toString()))
  return numbers.length === 0 ? [0, 0] : [numbers[0]!, numbers.length === 3 && numbers.every(n => n === numbers[0]) ? numbers[0]! : NaN]
}
