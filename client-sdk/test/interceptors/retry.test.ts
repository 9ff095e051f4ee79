// Laws of sending again: what may be repeated is repeated elsewhere, within the budget; what an instance may have done is not; nothing is told twice.
import fc from 'fast-check'
import t from 'tap'
import { RetryBudget } from '../../src/interceptors/retry-budget.js'
import { retry } from '../../src/interceptors/retry.js'
import { resolvePolicy } from '../../src/policy/merge.js'
import type { CompleteRetry, RetryPolicy } from '../../src/policy/policy.js'
import { fakeClock } from '../support/fake-clock.js'
import { lost, scripted } from '../support/scripted.js'

function setup (policy: RetryPolicy = {}, { others = true } = {}) {
  const clock = fakeClock()
  const complete = resolvePolicy([{ retry: policy }]).policy.retry as CompleteRetry
  const budget = new RetryBudget(complete.budget, clock.monotonic())
  return { clock, budget, interceptor: retry({ policy: complete, budget, balancer: { hasOther: () => others }, clock, random: () => 0.5 }) }
}

t.test('a GET whose connection is lost, or that gets a 503, is sent elsewhere at once; the caller sees one answer', async t => {
  const { attempts, told, call } = scripted(setup().interceptor)
  attempts[0]!.fails(lost())
  attempts[1]!.answers(503, {}, 'sorry')
  attempts[2]!.answers(200, {}, 'fine')
  t.same(told, [200, 'fine', 'end'])
  t.same([...call.tried].sort(), ['a', 'b'])
  t.equal(call.attempt, 3)
})

t.test('after the last attempt the caller gets what there is', async t => {
  const { attempts, told } = scripted(setup({ attempts: 2 }).interceptor)
  attempts[0]!.answers(503)
  attempts[1]!.answers(503, {}, 'sorry')
  t.same(told, [503, 'sorry', 'end'])
})

for (const [what, sent, times] of [['may have arrived', true, 1], ['cannot have arrived', false, 3]] as const) {
  t.test(`a POST of which bytes ${what} is sent ${times === 1 ? 'once' : 'again'}`, async t => {
    const { attempts, told } = scripted(setup().interceptor, { method: 'POST', body: 'pay' })
    for (let i = 0; i < times; i++) attempts[i]!.fails(lost(), sent)
    t.equal(attempts.length, times)
    t.match(told, [{ code: 'UND_ERR_SOCKET' }])
  })
}

t.test('a POST that got a 503 is not sent again, one that the policy names is', async t => {
  t.equal(answer503(setup().interceptor), 1)
  t.equal(answer503(setup({ methods: ['post'] }).interceptor), 2)
  function answer503 (interceptor: ReturnType<typeof retry>) {
    const { attempts } = scripted(interceptor, { method: 'POST' })
    attempts[0]!.answers(503)
    return attempts.length
  }
})

t.test('what somebody before us numbered is not sent again, unless it cannot have arrived', async t => {
  const numbered = { headers: { 'X-Roster-Attempt': '1' } }
  const seen = scripted(setup().interceptor, numbered)
  seen.attempts[0]!.answers(503)
  t.equal(seen.attempts.length, 1)
  const unseen = scripted(setup().interceptor, numbered)
  unseen.attempts[0]!.fails(lost(), false)
  t.equal(unseen.attempts.length, 2)
})

t.test('once the head is with the caller, an end within the body is an error and no attempt', async t => {
  const { attempts, told } = scripted(setup().interceptor)
  attempts[0]!.heads(200)
  attempts[0]!.fails(lost())
  t.equal(attempts.length, 1)
  t.match(told, [200, { code: 'UND_ERR_SOCKET' }])
})

t.test('an error of the caller\'s own making, and a call that was given up, are final', async t => {
  for (const error of [Object.assign(new Error('bad header'), { code: 'UND_ERR_INVALID_ARG' }), new Error('the body stream broke')]) {
    const { attempts, told } = scripted(setup().interceptor)
    attempts[0]!.fails(error, false)
    t.equal(attempts.length, 1)
    t.same(told, [error])
  }
  const given = scripted(setup().interceptor)
  given.call.givenUp = true
  given.attempts[0]!.fails(lost())
  t.equal(given.attempts.length, 1)
})

t.test('nobody else there: after a pause, to the same one; Retry-After is obeyed as far as it is short', async t => {
  const { clock, interceptor } = setup({}, { others: false })
  const { attempts, call } = scripted(interceptor)
  attempts[0]!.fails(lost())
  t.equal(attempts.length, 1)
  clock.advance(12.5)
  t.equal(attempts.length, 2, 'half of the first 25 ms')
  t.equal(call.tried.size, 0, 'it may be taken again')
  attempts[1]!.answers(503, { 'retry-after': '1' })
  clock.advance(999)
  t.equal(attempts.length, 2)
  clock.advance(1)
  t.equal(attempts.length, 3)
  const long = scripted(setup({}, { others: false }).interceptor)
  long.attempts[0]!.answers(503, { 'retry-after': '3' }, 'later')
  t.same(long.told, [503, 'later', 'end'], 'it is the caller\'s to wait so long')
})

t.test('abort within the pause ends the call, and nothing is sent any more', async t => {
  const { clock, interceptor } = setup({}, { others: false })
  const script = scripted(interceptor)
  script.attempts[0]!.fails(lost())
  script.controller.abort(new Error('enough'))
  clock.advance(1000)
  t.equal(script.attempts.length, 1)
  t.match(script.told, [{ message: 'enough' }])
  t.equal(clock.pending, 0)
})

t.test('no pause goes beyond the deadline: the caller gets what there is, in time', async t => {
  const { interceptor } = setup({}, { others: false })
  const script = scripted(interceptor)
  script.call.deadlineAt = 10
  script.attempts[0]!.answers(503, {}, 'sorry')
  t.same(script.told, [503, 'sorry', 'end'])
})

t.test('the rest of an answer that is dropped is read if it is short and cut if it is long', async t => {
  const { attempts } = scripted(setup().interceptor)
  attempts[0]!.answers(503, {}, 'x'.repeat(1000))
  t.notOk(attempts[0]!.controller.aborted)
  attempts[1]!.answers(503, {}, 'x'.repeat(20_000))
  t.ok(attempts[1]!.controller.aborted)
})

t.test('a streamed body is sent again whole, as long as it is short', async t => {
  const read = async (body: unknown) => { const parts: string[] = []; for await (const part of body as AsyncIterable<Buffer>) parts.push(String(part)); return parts.join('') }
  async function * stream (count: number) { for (let i = 0; i < count; i++) yield Buffer.from(`part ${i};`.padEnd(8192)) }
  const short = scripted(setup().interceptor, { method: 'PUT', body: stream(3) })
  const first = (short.attempts[0]!.request.body as unknown as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  await first.next()
  short.attempts[0]!.fails(lost())
  t.equal(await read(short.attempts[1]!.request.body), (await read(stream(3))), 'a reader that stopped in the middle takes nothing away')
  const long = scripted(setup().interceptor, { method: 'PUT', body: stream(20) })
  t.equal((await read(long.attempts[0]!.request.body)).length, 20 * 8192)
  long.attempts[0]!.fails(lost())
  t.equal(long.attempts.length, 1, 'it is not remembered without bound')
})

t.test('budget: whatever the calls and their times, retries stay below the share or the reserve, whichever is more', async () => {
  fc.assert(fc.property(fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 200 }), calls: fc.integer({ min: 0, max: 20 }) }), { maxLength: 200 }), steps => {
    const budget = new RetryBudget({ share: 0.2, perSecond: 10 }, 0)
    let now = 0
    let calls = 0
    let retries = 0
    for (const step of steps) {
      now += step.afterMs
      for (let i = 0; i < step.calls; i++) { budget.call(); calls++ }
      while (budget.take(now)) retries++
    }
    // The first second's reserve, then what is more; a step is settled as a whole, so one may be counted either way.
    return retries <= 10 + 0.2 * calls + 10 * now / 1000 && retries <= 10 + Math.max(0.2 * calls, 0) + steps.reduce((sum, { afterMs, calls }) => sum + Math.max(0, 10 * afterMs / 1000 - 0.2 * calls), 0) + 1
  }), { seed: 5, numRuns: 200 })
})

t.test('budget: the reserve does not pile up while nothing happens', async t => {
  const budget = new RetryBudget({ share: 0.2, perSecond: 10 }, 0)
  let retries = 0
  while (budget.take(3_600_000)) retries++
  t.equal(retries, 10)
})
