// Laws of semaphores: so many holders and no more, the dead among them make room, all agree on the limit.
import t from 'tap'
import { createApi, isLockConflict, isLockLost, isSemaphoreLimit, kvText, semaphore, SEMAPHORE_FLAGS, trySemaphore } from '../../src/index.js'
import { programs, registryProcess } from '../support/registry-process.js'
import type { RosterApi } from '../../src/index.js'

const quick = { ttlMs: 10_000, lockDelayMs: 0 }

for (const { name, command } of programs) {
  t.test(name, async t => {
    const { url } = await registryProcess(t, command)
    const api: RosterApi = createApi({ address: url })
    t.teardown(() => api.close())

    t.test('on the wire', async t => {
      const held = await semaphore(api, { prefix: 'pool/', limit: 2, value: 'me', ...quick })
      const text = await (await fetch(`${url}/v1/kv/pool/?recurse`)).text()
      t.equal(text.match(new RegExp(`"Flags": ?${SEMAPHORE_FLAGS}`, 'g'))?.length, 2)
      const { value: slots } = await api.kv.get('pool/.lock')
      t.same(JSON.parse(kvText(slots!)), { Limit: 2, Holders: { [held.session]: true } })
      t.match((await api.kv.get(`pool/${held.session}`)).value, { Session: held.session, ModifyIndex: held.fencingToken, Value: Buffer.from('me').toString('base64') })
      await held.release()
      t.same(JSON.parse(kvText((await api.kv.get('pool/.lock')).value!)), { Limit: 2, Holders: {} })
      t.same((await api.kv.keys('pool/')).value, ['pool/.lock'])
    })

    t.test('no more than the limit, and the next when one leaves or dies', async t => {
      const options = { prefix: 'room', limit: 2, ...quick }
      const [a, b] = [await semaphore(api, options), await semaphore(api, options)]
      t.equal(await trySemaphore(api, { ...options, waitMs: 0 }), undefined)
      t.equal(await trySemaphore(api, { ...options, waitMs: 100 }), undefined)
      const third = semaphore(api, options)
      await a.release()
      const c = await third
      t.ok(c.fencingToken > b.fencingToken)
      const fourth = semaphore(api, options)
      await api.session.destroy(b.session)
      const d = await fourth
      while (!b.signal.aborted) await new Promise(resolve => setImmediate(resolve))
      t.ok(isLockLost(b.signal.reason))
      await Promise.all([c.release(), d.release(), b.release()])
      t.same((await api.kv.keys('room/')).value, ['room/.lock'], 'whoever gave up or died left nothing')
    })

    t.test('all agree on the limit, and the keys are those of a semaphore', async t => {
      const held = await semaphore(api, { prefix: 'agreed', limit: 3, ...quick })
      await semaphore(api, { prefix: 'agreed', limit: 2, ...quick }).then(() => t.fail(), error => { t.ok(isSemaphoreLimit(error)); t.match(error, { limit: 2, theirs: 3 }) })
      await held.release()
      for (const [key, value] of [['other/.lock', 'text'], ['flagged/.lock', '"text"']] as const) {
        await api.kv.put(key, value, key === 'flagged/.lock' ? { flags: SEMAPHORE_FLAGS } : {})
        await semaphore(api, { prefix: key.split('/')[0]!, limit: 1, ...quick }).then(() => t.fail(), error => t.ok(isLockConflict(error)))
      }
    })

    t.test('a crowd: never more than the limit at once', async t => {
      let inside = 0
      let most = 0
      await Promise.all(Array.from({ length: 12 }, async () => {
        const held = await semaphore(api, { prefix: 'crowd', limit: 3, ...quick })
        most = Math.max(most, ++inside)
        await new Promise(resolve => setTimeout(resolve, 5))
        inside--
        await held.release()
      }))
      t.ok(most <= 3)
    })
  })
}
