// Every promise of the engine, kept over a real etcd: rows each by themselves, and rows that lie together.
import t from 'tap'
import { EtcdClient } from '../../../src/engine/etcd/client.js'
import { EtcdEngine } from '../../../src/engine/etcd/etcd.js'
import { contract } from '../contract.js'
import { jsonCodec } from '../recorder.js'
import { noEtcd, startEtcd } from '../../support/etcd.js'
import type { Layout } from '../../../src/engine/etcd/layout.js'

/** Rows below one first letter lie together. */
const byLetter: Layout = { placeOf: key => key.slice(0, 1), reach: prefix => prefix === '' ? { prefix } : { place: prefix.slice(0, 1) } }

t.test('over a real etcd', { skip: noEtcd }, async t => {
  const etcd = await startEtcd()
  t.teardown(() => etcd.stop())
  let prefixes = 0
  // One write at a time, each by itself, so that revisions can be foretold.
  const engine = (prefix: string, layout?: Layout) => new EtcdEngine({ client: new EtcdClient({ endpoints: etcd.endpoints }), prefix, codec: jsonCodec, maxPacked: 1, maxInFlight: 1, ...(layout === undefined ? {} : { layout }) })
  for (const layout of [undefined, byLetter]) {
    t.test(layout === undefined ? 'each row by itself' : 'rows that lie together', async t => contract(t, async () => {
      const prefix = `t${++prefixes}/`
      return { engine: engine(prefix, layout), reopen: () => engine(prefix, layout), countsForOthers: true }
    }))
  }
})
