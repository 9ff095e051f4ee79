// Laws of the resolver: addresses are not looked up, the same name is asked for once at a time, and never more than two names at once.
import t from 'tap'
import { Resolver } from '../../../src/health/net/resolver.js'

t.test('an address is its own answer, and no name is this host', async t => {
  const resolver = new Resolver(async () => t.fail('looked up') as never)
  for (const address of ['127.0.0.1', '::1', 'fe80::1%eth0']) t.strictSame(await resolver.resolve(address), [address])
  t.strictSame(await resolver.resolve(''), ['127.0.0.1', '::1'])
})

t.test('one question for all who ask the same at the same time; a new one afterwards', async t => {
  const asked: string[] = []
  const resolver = new Resolver(async host => {
    asked.push(host)
    await new Promise(resolve => setImmediate(resolve))
    return ['192.0.2.1']
  })
  t.strictSame(await Promise.all([resolver.resolve('a.example'), resolver.resolve('A.example'), resolver.resolve('a.example')]), [['192.0.2.1'], ['192.0.2.1'], ['192.0.2.1']])
  await resolver.resolve('a.example')
  t.strictSame(asked, ['a.example', 'a.example'])
})

t.test('two at once, the others in turn, failures included', async t => {
  let running = 0
  let most = 0
  const resolver = new Resolver(async host => {
    most = Math.max(most, ++running)
    await new Promise(resolve => setImmediate(resolve))
    running--
    if (host === 'bad') throw new Error('lookup bad: no such host')
    return [host]
  })
  const answers = await Promise.allSettled(['a', 'bad', 'c', 'd', 'e'].map(host => resolver.resolve(host)))
  t.strictSame(answers.map(a => a.status), ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  t.equal(most, 2)
})

t.test("the system's answer, and its refusal in the words of Go", async t => {
  const resolver = new Resolver()
  t.ok((await resolver.resolve('localhost')).length > 0)
  await t.rejects(resolver.resolve('nope.invalid'), { message: /^lookup nope\.invalid( on \S+)?: (no such host|server misbehaving)$/ })
})
