// Laws of streamed answers: the head is bound in time, the body may be silent, and ending it early frees its connection.
import { once } from 'node:events'
import t from 'tap'
import { createApi, isAborted, isTimeout, isUnreachable } from '../../src/index.js'
import { fakeServer, rawServer } from '../support/fake-server.js'

const api = (t: import('tap').Test, address: string, timeoutMs = 30_000) => { const made = createApi({ address, timeoutMs }, {}); t.teardown(() => made.close()); return made }
const failure = async (body: AsyncIterable<unknown>): Promise<unknown> => { try { for await (const chunk of body) void chunk } catch (error) { return error } return undefined }

t.test('lines come as they are written, far beyond the timeout of the head', async t => {
  // The second line comes long after the time for the head is over; the first tells that the head has come.
  const server = await fakeServer(t, (_, response) => { response.write('one\n'); setTimeout(() => response.end('two\n'), 2200) })
  const { body, meta } = await api(t, server.address, 2000).agent.monitor({ logLevel: 'debug', logJson: true })
  t.equal(server.requests[0]!.url, '/v1/agent/monitor?logjson=&loglevel=debug')
  t.equal(meta.status, 200)
  let text = ''
  for await (const chunk of body) text += String(chunk)
  t.equal(text, 'one\ntwo\n')
})

t.test('a head that does not come is a timeout; a refusal is a refusal', async t => {
  const silent = await fakeServer(t, () => undefined)
  t.ok(isTimeout(await api(t, silent.address, 50).agent.monitor().catch((e: unknown) => e)))
  const refusing = await fakeServer(t, () => ({ status: 400, body: 'Unknown log level: x' }))
  await t.rejects(api(t, refusing.address).agent.monitor({ logLevel: 'x' }), { message: 'Unexpected response code: 400 (Unknown log level: x)' })
})

t.test('the caller\'s signal ends the body with a typed error', async t => {
  const server = await fakeServer(t, (_, response) => { response.write('one\n') })
  const controller = new AbortController()
  const { body } = await api(t, server.address).agent.monitor({ signal: controller.signal })
  const ended = failure(body)
  controller.abort()
  t.ok(isAborted(await ended))
})

t.test('a body that breaks off is an error, never a short success', async t => {
  const address = await rawServer(t, socket => { socket.once('data', () => { socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf'); setImmediate(() => socket.destroy()) }) })
  const { body } = await api(t, address).snapshot.save()
  t.ok(isUnreachable(await failure(body)))
})

for (const read of [true, false]) {
  t.test(`ending it early, ${read ? 'while reading' : 'before reading'}, frees the connection`, async t => {
    const closed = new Promise<void>(resolve => void fakeServer(t, (_, response, raw) => { raw.socket.on('close', () => resolve()); response.write('one\n') }).then(async server => {
      const { body } = await api(t, server.address).agent.monitor()
      if (read) await once(body, 'data')
      body.destroy()
      if (!body.closed) await once(body, 'close')
    }))
    await closed
    t.pass('the server saw the connection end')
  })
}
