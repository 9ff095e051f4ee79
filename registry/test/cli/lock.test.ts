// A command runs only while its lock is held, and what becomes of it is told by codes.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { commandLine, startCommandLine, words } from '../support/command-line.js'
import { startTestServer, until } from '../support/server.js'
import { runTable } from '../support/table.js'

const server = await startTestServer()
t.teardown(() => server.stop())
const env = { CONSUL_HTTP_ADDR: server.url, SHELL: '/bin/sh' }
const options = { env }
const sessions = async (): Promise<ReadonlyArray<{ ID: string, Name: string }>> => await server.get('/v1/session/list')

/** What every lock verb owes when it has ended. */
async function nothingStays (t: Test): Promise<void> {
  t.strictSame(await sessions(), [], 'no session stays')
  t.equal((await server.call('GET', '/v1/kv/x?recurse')).status, 404, 'no key stays')
}

t.test('words and codes', async t => {
  await runTable(t, [
    ['lock', 1, '', 'Key prefix and child command must be specified\n'],
    ['lock x', 1, '', 'Key prefix and child command must be specified\n'],
    ['lock -n=0 x ls', 1, '', 'Lock holder limit must be positive\n'],
    ['lock -try=-1s x true', 1, '', 'Timeout must be positive\n'],
    ['lock -timeout=soon x true', 1, '', /^invalid value "soon" for flag -timeout: parse error\n/],
    ['lock -monitor-retry=-1 x true', 1, '', "Number for 'monitor-retry' must be >= 0\n"],
    ["lock x 'echo hi $CONSUL_LOCK_HELD'", 0, 'hi true\n'],
    ['lock /x echo a b', 0, 'a b\n'],
    ['lock -shell=false x echo a b', 0, 'a b\n'],
    ['lock x exit 7', 0, '', 'Error running handler: exit status 7\n'],
    ['lock -child-exit-code x exit 7', 2, '', 'Error running handler: exit status 7\n'],
    ['lock -child-exit-code x true', 0, ''],
    ['lock -shell=false x /nope', 0, '', 'Error starting handler: fork/exec /nope: no such file or directory\n'],
    ['lock -verbose x echo hi', 0, 'Setting up lock at path: x/.lock\nAttempting lock acquisition\nStarting handler\nhi\nChild terminated, releasing lock\nCleanup succeeded\n'],
    ['lock -verbose -n=2 x echo two', 0, 'Setting up semaphore (limit 2) at prefix: x\nAttempting lock acquisition\nStarting handler\ntwo\nChild terminated, releasing lock\nCleanup succeeded\n'],
  ], options)
  await nothingStays(t)
})

t.test('one at a time, and the next when the first is done', async t => {
  const dir = t.testdir({})
  const [go, order] = [join(dir, 'go'), join(dir, 'order')]
  const first = startCommandLine(words(`lock -name=mine x 'echo first >> ${order}; while [ ! -e ${go} ]; do sleep 0.02; done; echo done >> ${order}; echo $ROSTER_FENCING_TOKEN'`), options)
  await until('it is held', () => existsSync(order))
  t.match(await sessions(), [{ Name: 'mine' }])
  t.match(await commandLine(words('lock -timeout=50ms x echo no'), options), { code: 1, out: '', err: 'Shutdown triggered or timeout during lock acquisition\n' })
  const second = startCommandLine(words(`lock x 'cat ${order}; echo $ROSTER_FENCING_TOKEN'`), options)
  await until('it waits', async () => (await sessions()).length === 2)
  await commandLine(['kv', 'put', 'go', '1'], options)
  t.equal(second.out(), '')
  await commandLine(words(`watch -type=key -key=go 'touch ${go}; exit 1'`), options)
  const [a, b] = await Promise.all([first.ended, second.ended])
  t.equal(a.code, 0)
  t.match(b.out, /^first\ndone\n\d+\n$/, 'the second began when the first had ended')
  t.ok(Number(b.out.trim().split('\n').at(-1)) > Number(a.out), 'and has the higher fencing token')
  await commandLine(['kv', 'delete', 'go'], options)
  await nothingStays(t)
})

t.test('waiting can be given up', async t => {
  const holder = startCommandLine(words("lock x 'exec sleep 60'"), options)
  await until('it is held', async () => (await server.call('GET', '/v1/kv/x/.lock')).status === 200)
  const waiter = startCommandLine(words('lock x true'), options)
  await until('it waits', async () => (await sessions()).length === 2)
  waiter.signal('SIGINT')
  t.match(await waiter.ended, { code: 1, out: '', err: 'Shutdown triggered or timeout during lock acquisition\n' })
  holder.signal('SIGTERM')
  t.match(await holder.ended, { code: 0, err: 'Error running handler: signal: terminated\n' })
  await nothingStays(t)
})

t.test('when the lock is lost, the command is told to end', async t => {
  const dir = t.testdir({})
  const holder = startCommandLine(words(`lock -verbose x 'echo held > ${join(dir, 'held')}; exec sleep 60'`), options)
  await until('it is held', () => existsSync(join(dir, 'held')))
  await server.call('PUT', `/v1/session/destroy/${(await sessions())[0]!.ID}`)
  const { code, out, err } = await holder.ended
  t.equal(code, 0)
  t.match(out, /\nLock lost, killing child\n/)
  t.equal(err, 'Error running handler: signal: terminated\n')
  await server.call('DELETE', '/v1/kv/x?recurse')
  await nothingStays(t)
})

t.test('a key that is something else, and contenders who count otherwise', async t => {
  await server.call('PUT', '/v1/kv/x/.lock', 'not a lock')
  t.match(await commandLine(words('lock x true'), options), { code: 1, err: 'Lock acquisition failed: Existing key does not match lock use\n' })
  t.match(await commandLine(words('lock -n=2 x true'), options), { code: 1, err: 'Lock acquisition failed: Existing key does not match semaphore use\n' })
  await server.call('DELETE', '/v1/kv/x?recurse')
  const holder = startCommandLine(words("lock -n=2 x 'exec sleep 60'"), options)
  await until('it is held', async () => (await server.call('GET', '/v1/kv/x/.lock')).status === 200)
  t.match(await commandLine(words('lock -n=3 x true'), options), { code: 1, err: 'Lock acquisition failed: semaphore limit conflict (lock: 2, local: 3)\n' })
  t.match(await commandLine(words('lock -n=2 x echo beside'), options), { code: 0, out: 'beside\n' })
  holder.signal('SIGTERM')
  await holder.ended
  await nothingStays(t)
})
