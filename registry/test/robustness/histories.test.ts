// Law: what concurrent clients are told over HTTP could have been told one after another, each between its call and its answer; in memory and on disk.
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer } from '../support/server.js'
import { judge } from './linearizable.js'
import { seeded } from './seeded.js'
import { traffic } from './traffic.js'

for (const durable of [false, true]) {
  t.test(durable ? 'durable' : 'in memory', async t => {
    const dataDir = durable ? mkdtempSync(join(tmpdir(), 'history-')) : undefined
    const server = await startTestServer(dataDir === undefined ? {} : { dataDir })
    t.teardown(async () => {
      await server.stop()
      if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true })
    })
    const sessions = await Promise.all(Array.from({ length: 12 }, async () => ((await (await server.call('PUT', '/v1/session/create', { NodeChecks: [], LockDelay: '0s' })).json()) as { ID: string }).ID))
    const history = await traffic({ url: () => server.url, clients: 12, operations: 100, keys: ['a', 'b', 'c/d'], sessions, random: seeded(durable ? 11 : 12) })
    t.equal(history.length, 1200)
    t.ok(['cas', 'acquire', 'release', 'delete-cas'].every(what => history.some(op => op.action.do === what && op.said === true)), 'the traffic is worth judging')
    t.equal(judge(history), undefined)
  })
}
