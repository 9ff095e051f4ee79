// Laws of locks, on a registry in a process of its own (and on a Consul, where there is one): one holder at a time, fencing tokens that only grow, losses told.
import t from 'tap'
import { createApi, destroyLock, isAborted, isLockConflict, isLockLost, lock, LOCK_FLAGS, tryLock } from '../../src/index.js'
import { programs, registryProcess } from '../support/registry-process.js'
import type { Held, RosterApi } from '../../src/index.js'

const quick = { ttlMs: 10_000, lockDelayMs: 0 }
const lost = (held: Held): Promise<void> => new Promise(resolve => { if (held.signal.aborted) resolve(); else held.signal.addEventListener('abort', () => resolve(), { once: true }) })

for (const { name, command } of programs) {
  t.test(name, async t => {
    const { url } = await registryProcess(t, command)
    const api: RosterApi = createApi({ address: url })
    t.teardown(() => api.close())

    t.test('taken, seen on the wire, given back', async t => {
      const held = await lock(api, { key: 'wire', value: 'me', ...quick, sessionName: 'mine' })
      const text = await (await fetch(`${url}/v1/kv/wire`)).text()
      t.match(text, new RegExp(`"Flags": ?${LOCK_FLAGS}`), 'the flags that Consul\'s clients look for, digit by digit')
      t.match(JSON.parse(text), [{ Session: held.session, Value: Buffer.from('me').toString('base64'), ModifyIndex: held.fencingToken }])
      t.match((await api.session.info(held.session)).value, { Name: 'mine', TTL: '10000ms', Behavior: 'release' })
      t.notOk(held.signal.aborted)
      await Promise.all([held.release(), held.release()])
      t.ok(isLockLost(held.signal.reason))
      t.equal((await api.kv.get('wire')).value?.Session, undefined)
      t.equal((await api.session.info(held.session)).value, undefined)
      t.equal(await destroyLock(api, { key: 'wire' }), true)
      t.equal((await api.kv.get('wire')).value, undefined)
    })

    t.test('another has it: one try, some time, as long as it takes', async t => {
      const first = await lock(api, { key: 'busy', ...quick })
      t.equal(await tryLock(api, { key: 'busy', ...quick, waitMs: 0 }), undefined)
      t.equal(await tryLock(api, { key: 'busy', ...quick, waitMs: 100 }), undefined)
      t.equal(await destroyLock(api, { key: 'busy' }), false)
      const waiting = lock(api, { key: 'busy', ...quick })
      await first.release()
      const second = await waiting
      t.ok(second.fencingToken > first.fencingToken)
      await second.release()
      t.equal((await api.session.list()).value.length, 0, 'those who gave up left no session')
    })

    t.test('waiting ends with the caller\'s signal', async t => {
      const first = await lock(api, { key: 'given-up', ...quick })
      const giveUp = new AbortController()
      const waiting = lock(api, { key: 'given-up', ...quick, signal: giveUp.signal })
      setTimeout(() => giveUp.abort(), 50)
      t.ok(isAborted(await waiting.catch((error: unknown) => error)))
      await first.release()
      t.equal((await api.session.list()).value.length, 0)
    })

    t.test('a key that is something else is left alone', async t => {
      await api.kv.put('data', 'precious')
      t.ok(isLockConflict(await lock(api, { key: 'data', ...quick }).catch((error: unknown) => error)))
      t.ok(isLockConflict(await destroyLock(api, { key: 'data' }).catch((error: unknown) => error)))
      t.equal((await api.kv.get('data')).value?.Flags, 0)
    })

    t.test('a holder is told of its loss: session ended, key deleted, lock given to another', async t => {
      const take: ReadonlyArray<readonly [string, (held: Held) => Promise<unknown>]> = [
        ['session ended', held => api.session.destroy(held.session)],
        ['key deleted', () => api.kv.delete('taken')],
        ['released by hand', held => api.kv.put('taken', '', { flags: LOCK_FLAGS, release: held.session })],
      ]
      for (const [what, how] of take) {
        const held = await lock(api, { key: 'taken', ...quick })
        await how(held)
        await lost(held)
        t.ok(isLockLost(held.signal.reason), what)
        await held.release()
      }
    })

    t.test('a waiting contender whose session dies goes on with a new one', async t => {
      const first = await lock(api, { key: 'patient', ...quick })
      const waiting = lock(api, { key: 'patient', ...quick, sessionName: 'waiter' })
      let waiter: string | undefined
      while (waiter === undefined) waiter = (await api.session.list()).value.find(s => s.Name === 'waiter')?.ID
      await api.session.destroy(waiter)
      await first.release()
      const second = await waiting
      t.not(second.session, waiter)
      await second.release()
    })

    t.test('a lock-delay is waited out', async t => {
      const first = await lock(api, { key: 'delayed', ttlMs: 10_000, lockDelayMs: 500 })
      await api.session.destroy(first.session)
      await lost(first)
      t.equal(await tryLock(api, { key: 'delayed', ...quick, waitMs: 0 }), undefined)
      const second = await lock(api, { key: 'delayed', ...quick })
      t.ok(second.fencingToken > first.fencingToken)
      await second.release()
    })

    t.test('many contenders: never two at once, and each later one has a larger token', async t => {
      let holders = 0
      const tokens: number[] = []
      await Promise.all(Array.from({ length: 25 }, async () => {
        const held = await lock(api, { key: 'crowd', ...quick })
        t.equal(++holders, 1)
        tokens.push(held.fencingToken)
        await new Promise(resolve => setImmediate(resolve))
        holders--
        await held.release()
      }))
      t.same(tokens, [...tokens].sort((a, b) => a - b))
      t.equal(new Set(tokens).size, 25)
    })
  })
}
