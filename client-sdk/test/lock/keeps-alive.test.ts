// Law: a process that waits for a lock, and does nothing else, lives on until it has it.
import t from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LOCK_FLAGS } from '../../src/index.js'
import { fakeServer } from '../support/fake-server.js'

t.test('a lock-delay is waited out by a process that has nothing else to do', async t => {
  let tries = 0
  const server = await fakeServer(t, request => {
    if (request.url.startsWith('/v1/session/create')) return { body: { ID: 'id' } }
    // Free, and not to be had until the third try.
    if (request.method === 'PUT' && request.url.includes('acquire=')) return { body: ++tries > 2 }
    if (request.method === 'GET' && tries > 2) return { headers: { 'x-consul-index': '9' }, body: [{ LockIndex: 1, Key: 'k', Flags: Number(LOCK_FLAGS), Value: null, Session: 'id', CreateIndex: 8, ModifyIndex: 9 }] }
    return request.method === 'GET' ? { status: 404, headers: { 'x-consul-index': '7' } } : { body: true }
  })
  const index = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
  const script = `import { createApi, lock } from ${JSON.stringify(index)}
    const api = createApi({ address: ${JSON.stringify(server.address)} })
    const held = await lock(api, { key: 'k' })
    console.log('held ' + held.fencingToken)
    await held.release()
    await api.close()`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', (part: Buffer) => { said += part.toString() })
  const [code] = await once(child, 'exit') as [number | null]
  t.equal(said, 'held 9\n')
  t.equal(code, 0)
})
