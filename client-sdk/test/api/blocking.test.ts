// Laws of waiting: the client outwaits the server's jitter, and an index that went back means: start again.
import fc from 'fast-check'
import t from 'tap'
import { blockingTimeout, DEFAULT_WAIT_MS, MAX_WAIT_MS, nextIndex } from '../../src/index.js'

t.test('the timeout covers the wait, a sixteenth of it and the slack, and knows default and limit', async t => {
  t.equal(blockingTimeout(160_000, 10_000), 180_000)
  t.equal(blockingTimeout(undefined, 0), DEFAULT_WAIT_MS * 17 / 16)
  t.equal(blockingTimeout(24 * 3600_000, 0), MAX_WAIT_MS * 17 / 16)
  fc.assert(fc.property(fc.integer({ min: 1, max: MAX_WAIT_MS }), wait => blockingTimeout(wait, 1) > wait + wait / 16), { seed: 5, numRuns: 200 })
})

t.test('forward goes on, the same waits on, back or absent starts again', async t => {
  t.equal(nextIndex(17, 21), 21)
  t.equal(nextIndex(17, 17), 17)
  t.equal(nextIndex(17, 4), 0)
  t.equal(nextIndex(17, 0), 0)
  t.equal(nextIndex(17, undefined), 0)
  t.equal(nextIndex(0, 1), 1)
})

t.test('a loop that follows the rule never waits for an index that its server has not reached', async () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), answers => {
    let index = 0
    return answers.every(answer => { index = nextIndex(index, answer); return index === 0 || index === answer })
  }), { seed: 6, numRuns: 200 })
})
