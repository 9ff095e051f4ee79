// The sync is spread, slower in large clusters, sooner after a failure, and ends with its owner.
import t from 'tap'
import { SyncTimer, syncIntervalMs } from '../../src/agent/sync-timer.js'
import { fakeClock } from '../support/fake-clock.js'

t.test('the interval grows with each doubling of the cluster', async t => {
  for (const [nodes, minutes] of [[1, 1], [128, 1], [129, 2], [256, 2], [257, 3], [512, 3], [8192, 7]] as const) t.equal(syncIntervalMs(nodes), minutes * 60_000, `${nodes} nodes`)
})

t.test('soon after the start, then once in one to two intervals; a failure is tried again within half a minute', async t => {
  const clock = fakeClock()
  let syncs = 0
  let broken = false
  const timer = new SyncTimer({
    clock,
    random: () => 0.999,
    nodes: () => 1,
    async sync () {
      syncs++
      if (broken) throw new Error('no')
    },
  })
  timer.start()
  await clock.advance(6_000)
  t.equal(syncs, 1)
  await clock.advance(59_000)
  t.equal(syncs, 1)
  broken = true
  await clock.advance(61_000)
  t.equal(syncs, 2)
  await clock.advance(30_000)
  t.equal(syncs, 3)
  await timer.stop()
  await clock.advance(600_000)
  t.equal(syncs, 3)
  t.equal(clock.pending, 0)
})
