// What shall hold of calls while servers and registry go wrong, with real processes, steady load and the default policy. Played small and short in `npm test` (proof.test.ts), and in full
// by `npm run test:long` (long/proof.test.ts).
import type { Test } from 'tap'
import { createClient } from '../../src/index.js'
import { until } from './conditions.js'
import { rawServer } from './fake-server.js'
import { failed, openLoad, passed, share, worker } from './fleet.js'
import type { Behaviour, Ended, Worker } from './fleet.js'
import { registryProcess } from './registry-process.js'
import { switchboard } from './switchboard.js'

export interface Scale {
  /** Servers. */
  readonly servers: number
  readonly perSecond: number
  /** Of each trouble: until it shall be dealt with, and how long is looked at then, ms. */
  readonly settleMs: number
  readonly lookMs: number
  /** Without a registry, ms. */
  readonly awayMs: number
  /** Servers after the growth. */
  readonly grownTo: number
  /** Kinds of trouble that are left to the full form: those that tests with servers in the same process show as well. */
  readonly leaveOut?: readonly string[]
  /** Whether what depends on the speed of the machine is judged. */
  readonly timed: boolean
  /** What one that is 20 times slower may get at most. */
  readonly slowShare: number
}

const errors = (calls: readonly Ended[]): string[] => [...new Set(failed(calls).map(({ method, error }) => `${method}: ${String(error)} ${String((error as Error).cause ?? '')}`))]

export async function proof (t: Test, command: readonly string[], scale: Scale): Promise<void> {
  const { url } = await registryProcess(t, command)
  const line = await switchboard(t, url)
  const start = () => worker(t, url, { drain: { pauseMs: 1000 } })
  let fleet = await Promise.all(Array.from({ length: scale.servers }, start))
  const roster = createClient({ address: line.url, cacheDir: false, onWarning: () => {} })
  t.teardown(() => roster.close())
  const web = roster.service('web')
  await web.ready()
  const seenAll = () => until('all are known', () => fleet.every(({ id }) => web.snapshot().instances.some(({ id: known }) => known.endsWith(`/${id}`))))
  await seenAll()

  const scenario = (name: string, run: (t: Test) => Promise<void>) => scale.leaveOut?.some(word => name.includes(word)) === true ? undefined : t.test(name, run)
  /** Another one each time: what the one before did is not forgotten at once. */
  let turn = 0
  /** One of them behaves otherwise for a while. */
  const trouble = async (behaviour: Behaviour): Promise<{ readonly all: readonly Ended[], readonly later: readonly Ended[], readonly one: Worker }> => {
    const one = fleet[turn++ % fleet.length]!
    const load = openLoad(web, scale.perSecond)
    await passed(scale.settleMs / 4)
    await one.behave(behaviour)
    await passed(scale.settleMs)
    const settled = performance.now()
    await passed(scale.lookMs)
    const all = await load.stop()
    return { all, later: load.since(settled), one }
  }
  const heal = async (one: Worker) => { await one.behave({ kind: 'well', ms: 5 }) }
  /** Its place is taken by another. */
  const replace = async (one: Worker) => {
    fleet = [...fleet.filter(other => other !== one), await start()]
    await roster.api.agent.deregisterService(one.id).catch(() => {})
    await seenAll()
  }

  await scenario('one is 20 times slower: it gets next to nothing', async t => {
    const { all, later, one } = await trouble({ kind: 'well', ms: 100 })
    t.same(errors(all), [])
    t.ok(share(later, one.id) < scale.slowShare, `its share is ${share(later, one.id)}`)
    await heal(one)
  })

  await scenario('one answers 503 at once: no call fails, and it gets next to nothing', async t => {
    const { all, later, one } = await trouble({ kind: 'failing' })
    t.same(errors(all), [])
    t.ok(await one.seen() > 0, 'it was tried')
    t.ok(share(later, one.id) < 0.02)
    await heal(one)
  })

  await scenario('one flaps: no call fails', async t => {
    const one = fleet.at(-1)!
    const load = openLoad(web, scale.perSecond)
    for (let i = 0; i < 6; i++) {
      await one.behave(i % 2 === 0 ? { kind: 'failing' } : { kind: 'well', ms: 5 })
      await passed(scale.settleMs / 4)
    }
    t.same(errors(await load.stop()), [])
    await heal(one)
  })

  await scenario('one accepts and never answers: no call fails', async t => {
    const { all, one } = await trouble({ kind: 'silent' })
    t.same(errors(all), [])
    const slow = all.filter(({ ms }) => ms > 900).length
    t.ok(slow < all.length * 0.05 + 20, `${slow} of ${all.length} had to wait for their second attempt`)
    one.child.kill('SIGKILL')
    await replace(one)
  })

  await scenario('one is killed before it sends a head, while the registry says that it is well: no call fails', async t => {
    const { all, one } = await trouble({ kind: 'dies' })
    t.same(errors(all), [])
    await replace(one)
  })

  await scenario('one is killed within bodies: an error for those, never a short success, and nothing else fails', async t => {
    const { all, one } = await trouble({ kind: 'cuts' })
    t.ok(failed(all).length > 0)
    t.same(failed(all).filter(({ cut }) => !cut), [])
    await replace(one)
  })

  await scenario('an overloaded service does what it can, and is not sent much more than is asked', async t => {
    const bounded: Behaviour = { kind: 'bounded', slots: 2, ms: 20, queue: 10 }
    const capacity = fleet.length * 2 * 1000 / 20
    await Promise.all(fleet.map(one => one.behave(bounded)))
    const count = async () => (await Promise.all(fleet.map(one => one.seen()))).reduce((sum, seen) => sum + seen, 0)
    const load = openLoad(web, capacity * 1.5)
    // Rights to send again that were left from calm times are used up first.
    await passed(Math.max(1500, scale.settleMs))
    const [before, sent, began] = [await count(), load.sent, performance.now()]
    await passed(scale.lookMs * 1.5)
    const [after, sentUntil, ended] = [await count(), load.sent, performance.now()]
    const all = await load.stop()
    const good = all.filter(({ by, begun, ms }) => by !== undefined && begun + ms >= began && begun + ms < ended).length
    const goodput = good / ((ended - began) / 1000) / capacity
    const perCall = (after - before) / (sentUntil - sent)
    t.comment(`goodput ${(100 * goodput).toFixed(0)} % of the capacity, ${perCall.toFixed(2)} requests a call`)
    if (scale.timed) t.ok(goodput >= 0.7, `goodput ${goodput}`)
    t.ok(perCall <= 1.3, `${perCall} requests a call`)
    await Promise.all(fleet.map(heal))
  })

  await scenario('the registry is away, then something else answers in its place, then it is back: calls go on', async t => {
    const load = openLoad(web, scale.perSecond, { posts: true })
    line.lead(undefined)
    await passed(scale.awayMs)
    const garbage = await rawServer(t, socket => { socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>') })
    line.lead(garbage)
    await passed(scale.awayMs)
    line.lead(url)
    await until('it is heard again', () => web.snapshot().ageMs === 0)
    t.same(errors(await load.stop()), [])
  })

  await scenario('the service grows: the new ones are in use within 3 s', async t => {
    const load = openLoad(web, scale.perSecond)
    const more = await Promise.all(Array.from({ length: scale.grownTo - fleet.length }, async () => {
      const one = await start()
      return { one, at: performance.now() }
    }))
    await until('all are used', () => more.every(({ one }) => load.calls.some(({ by }) => by === one.id)), 10_000)
    const all = await load.stop()
    t.same(errors(all), [])
    for (const { one, at } of more) {
      const first = Math.min(...all.filter(({ by }) => by === one.id).map(({ begun }) => begun))
      if (scale.timed) t.ok(first - at < 3000, `first call after ${(first - at).toFixed(0)} ms`)
    }
    fleet = [...fleet, ...more.map(({ one }) => one)]
  })

  await scenario('all are replaced, one after another, under load: no call fails, POSTs included', async t => {
    const load = openLoad(web, scale.perSecond, { posts: true })
    const olds = [...fleet]
    let next = start()
    for (const [i, old] of olds.entries()) {
      const one = await next
      fleet = [...fleet.filter(other => other !== old), one]
      // Starting takes longer than leaving.
      if (i + 1 < olds.length) next = start()
      t.equal(await old.leave(), 0)
    }
    const settled = performance.now()
    await passed(scale.lookMs / 2)
    const all = await load.stop()
    t.same(errors(all), [])
    t.ok(load.since(settled).every(({ by }) => fleet.some(({ id }) => id === by)), 'only the new ones are called')
    t.comment(`${all.length} calls`)
  })
}
