// What can be wrong with etcd: one clear message, reads go on, nothing is lost.
import t from 'tap'
import { EngineError } from '../../../src/engine/engine.js'
import { EtcdClient } from '../../../src/engine/etcd/client.js'
import { EtcdEngine } from '../../../src/engine/etcd/etcd.js'
import { Recorder, jsonCodec, look, write } from '../recorder.js'
import { Client, credentials } from '@grpc/grpc-js'
import { Writer } from '../../../src/engine/etcd/wire.js'
import { noEtcd, startEtcd } from '../../support/etcd.js'
import { tcpProxy } from '../../support/tcp-proxy.js'
import { until } from '../../support/server.js'
import type { EtcdEngineOptions } from '../../../src/engine/etcd/etcd.js'
import type { Event } from '../../../src/engine/engine.js'

/** Revisions may jump here: others write as well. */
class Follower extends Recorder {
  override event (event: Event): void {
    this.events.push(event)
    for (const row of event.rows) this.rows.set(row.key, row)
    for (const key of event.purges) this.rows.delete(key)
  }
}

const engine = (endpoints: readonly string[], options: Partial<EtcdEngineOptions> = {}): EtcdEngine => new EtcdEngine({ client: new EtcdClient({ endpoints }), prefix: 'p/', codec: jsonCodec, ...options })

async function refusal (open: Promise<unknown>): Promise<EngineError> {
  const error = await open.then(() => undefined, (error: unknown) => error)
  if (error instanceof EngineError) return error
  throw new Error(`not refused as it should be: ${String(error)}`)
}

/** Forgets everything older, as etcd's own housekeeping does. */
function compact (endpoint: string, revision: number): Promise<void> {
  const client = new Client(new URL(endpoint).host, credentials.createInsecure())
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest('/etcdserverpb.KV/Compact', (bytes: Buffer) => bytes, (bytes: Buffer) => bytes, new Writer().int(1, revision).bool(2, true).finish(), error => {
      client.close()
      if (error === null) resolve()
      else reject(error)
    })
  })
}

t.test('with a real etcd', { skip: noEtcd }, async t => {
  const etcd = await startEtcd({ args: ['--quota-backend-bytes', String(10 * 1024 * 1024)] })
  t.teardown(() => etcd.stop())
  const side = new EtcdClient({ endpoints: etcd.endpoints })
  t.teardown(() => side.close())
  const open = async (options: Partial<EtcdEngineOptions> = {}) => {
    const fold = new Follower()
    const one = engine(etcd.endpoints, options)
    await one.open(fold)
    t.teardown(() => one.close())
    return { one, fold }
  }

  t.test('a prefix of somebody else, or of a later version', async t => {
    await side.txn({ then: [{ put: Buffer.from('theirs/x'), value: Buffer.from('1') }, { put: Buffer.from('odd/meta'), value: Buffer.from('what') }, { put: Buffer.from('newer/meta'), value: Buffer.from(JSON.stringify({ roster: 'registry', form: 9, schema: 1, madeBy: '9.0.0' })) }] })
    t.match(await refusal(engine(etcd.endpoints, { prefix: 'theirs/' }).open(new Follower())), { code: 'FOREIGN', message: /"theirs\/x"/ })
    t.match(await refusal(engine(etcd.endpoints, { prefix: 'odd/' }).open(new Follower())), { code: 'FOREIGN' })
    t.match(await refusal(engine(etcd.endpoints, { prefix: 'newer/' }).open(new Follower())), { code: 'NEWER', message: /9\.0\.0/ })
    t.equal((await side.range({ key: Buffer.from('theirs/x') })).kvs.length, 1, 'law: what was there is left as it was')
    t.match(await refusal(engine(etcd.endpoints, { prefix: 'none/', readOnly: true }).open(new Follower())), { code: 'READ_ONLY' })
  })

  t.test('two servers write the same key: nothing is lost, nobody is told what is not so', async t => {
    const [a, b] = [await open(), await open()]
    const count = (one: EtcdEngine) => one.commit(head => {
      const n = (head.get('n')?.value as number | undefined ?? 0) + 1
      return { tx: { puts: [['n', n], [`by/${n}`, 1]] }, result: n }
    })
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => count(i % 2 === 0 ? a.one : b.one)))
    t.same(answers.map(({ result }) => result).sort((x, y) => x - y), Array.from({ length: 60 }, (_, i) => i + 1), 'law: no update is lost, on whichever server')
    await a.one.caughtUp()
    await b.one.caughtUp()
    t.same(a.fold.view, b.fold.view, 'law: all see the same, in the same order')
    t.same(a.fold.events.map(e => [e.revision, e.rows.map(r => r.key)]).slice(-20), b.fold.events.map(e => [e.revision, e.rows.map(r => r.key)]).slice(-20))
  })

  t.test('many waiting commands share a Txn', async t => {
    const { one, fold } = await open()
    const before = one.stats.txns
    const events = fold.events.length
    await Promise.all(Array.from({ length: 500 }, (_, i) => one.commit(write({ puts: [[`packed/${i}`, i]] }))))
    t.ok(one.stats.txns - before <= 20, `law: 500 writes take few Txns (${one.stats.txns - before})`)
    t.equal(fold.events.slice(events).flatMap(e => e.rows).length, 500)
  })

  t.test('a refusal stands on what is so, not on what this server has heard of yet', async t => {
    const [a, b] = [await open(), await open()]
    for (let i = 0; i < 20; i++) {
      await a.one.commit(write({ puts: [['seen', i]] }))
      t.equal((await b.one.commit(look(head => head.get('seen')?.value))).result, i, 'law: who decides on nothing has seen all that was acknowledged')
    }
  })

  t.test('a transaction beyond what etcd takes is one revision on all servers, pending or spread', async t => {
    const [a, b] = [await open(), await open()]
    const { revision } = await a.one.commit(write({ puts: Array.from({ length: 1000 }, (_, i) => [`large/${i}`, i] as const) }))
    const late = new Follower()
    const c = engine(etcd.endpoints)
    await c.open(late)
    t.teardown(() => c.close())
    await b.one.caughtUp()
    for (const fold of [a.fold, b.fold, late]) {
      const rows = [...fold.rows.values()].filter(({ key }) => key.startsWith('large/'))
      t.equal(rows.length, 1000)
      t.ok(rows.every(row => row.revision === revision), 'law: one revision, wherever it is read')
    }
    await b.one.commit(write({ puts: [['large/1', 'changed']] }))
    await until('it is spread', async () => (await side.range({ key: Buffer.from('p/b/'), end: Buffer.from('p/b0'), keysOnly: true })).kvs.length === 0)
    const later = new Follower()
    const d = engine(etcd.endpoints)
    await d.open(later)
    t.teardown(() => d.close())
    t.same(later.view, [...a.fold.view], 'law: spreading changes nothing')
    t.equal(later.rows.get('large/1')?.value, 'changed')
  })

  t.test('compacted while away: the difference is told, and nothing else', async t => {
    const proxy = await tcpProxy(Number(new URL(etcd.endpoints[0]!).port))
    t.teardown(() => proxy.close())
    const fold = new Follower()
    const away = engine([`http://127.0.0.1:${proxy.port}`], { residue: row => ({ was: row.value }) })
    await away.open(fold)
    t.teardown(() => away.close())
    const b = await open()
    await b.one.commit(write({ puts: [['c/stays', 1], ['c/goes', 1], ['c/changes', 1]] }))
    await until('it is folded', () => fold.rows.has('c/goes'))
    const heard = fold.events.length
    proxy.cut()
    await b.one.commit(write({ puts: [['c/changes', 2], ['c/comes', 1]], deletes: [['c/goes']] }))
    await b.one.commit(write({ puts: [['floor', 1]], purges: ['c/goes'] }))
    const { revision } = await b.one.commit(write({ puts: [['c/changes', 3]] }))
    await compact(etcd.endpoints[0]!, (await side.range({ key: Buffer.from('p/head') })).header.revision)
    proxy.mend()
    await until('it has caught up', () => fold.rows.get('c/changes')?.value === 3)
    const [event, ...more] = fold.events.slice(heard)
    t.same(more, [], 'law: one event for all that was missed')
    t.equal(event!.revision, revision)
    t.same(event!.rows.filter(({ key }) => key.startsWith('c/')).map(({ key, value, gone }) => [key, value, gone]), [['c/changes', 3, undefined], ['c/comes', 1, undefined], ['c/goes', undefined, { was: 1 }]], 'law: what changed, what came, what went, and not what stayed')
    t.same(event!.purges, ['c/goes'])
    t.same(fold.view, b.fold.view)
    t.ok((await away.commit(write({ puts: [['c/back', 1]] }))).revision > revision)
  })

  t.test('the quota is used up: writes are refused, reads go on', async t => {
    const { one, fold } = await open()
    const big = 'x'.repeat(400_000)
    let error: unknown
    for (let i = 0; i < 200 && error === undefined; i++) error = await one.commit(write({ puts: [[`big/${i % 3}`, big + String(i)]] })).then(() => undefined, (error: unknown) => error)
    t.match(error, { code: 'NO_SPACE', message: /quota/ })
    t.ok(fold.rows.get('n'), 'law: what was folded is there')
    await one.caughtUp()
    t.equal(one.freshness().leader, true)
  })
})

t.test('nobody there', { skip: noEtcd }, async t => {
  const alive = setInterval(() => {}, 1000) // the engine's own timers hold no process open
  t.teardown(() => clearInterval(alive))
  // Two of three endpoints are dead: the third is found.
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  const one = engine(['http://127.0.0.1:1', 'http://127.0.0.1:2', etcd.endpoints[0]!])
  await one.open(new Follower())
  t.equal((await one.commit(write({ puts: [['k', 1]] }))).revision, 1)
  await etcd.members[0]!.kill()
  await until('it is known that contact is lost', () => !one.freshness().leader)
  const error = await refusal(one.commit(write({ puts: [['k', 2]] }), performance.now() + 500))
  t.match(error, { code: 'NO_LEADER' }, 'law: a write is refused after a bounded wait')
  await etcd.members[0]!.start()
  await until('contact is back', () => one.freshness().leader)
  t.ok((await one.commit(write({ puts: [['k', 3]] }))).revision > 1, 'law: and taken again')
  await one.close()
})
