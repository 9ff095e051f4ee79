// Law: the upload of a snapshot may take longer than other requests may.
import t from 'tap'
import { connect } from 'node:net'
import { startTestServer, until } from '../support/server.js'

t.test('a snapshot that comes in slowly is restored', async t => {
  const s = await startTestServer({ config: { roster: { limits: { request_timeout: '1s', headers_timeout: '1s' } } } })
  t.teardown(() => s.stop())
  await s.call('PUT', '/v1/kv/a', 'one')
  const archive = Buffer.from(await (await s.call('GET', '/v1/snapshot')).arrayBuffer())
  const slow = async (path: string, body: Buffer): Promise<string> => {
    const socket = connect(s.port, '127.0.0.1')
    socket.on('error', () => {})
    const answered = new Promise<string>(resolve => {
      socket.once('data', data => resolve(String(data).split('\r\n', 1)[0]!))
      socket.once('close', () => resolve('closed'))
    })
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`)
    socket.write(body.subarray(0, 20))
    if (path === '/v1/snapshot') await until('it is being read', () => s.roster.snapshots.restoring)
    // Time is the subject, and it is the system's: the server looks once a second at who takes too long.
    await new Promise(resolve => setTimeout(resolve, 4000))
    socket.write(body.subarray(20))
    const line = await answered
    socket.destroy()
    return line
  }
  t.equal(await slow('/v1/snapshot', archive), 'HTTP/1.1 200 OK')
  t.equal(await slow('/v1/kv/b', Buffer.alloc(100)), 'HTTP/1.1 408 Request Timeout', 'law: afterwards the bound is in force again')
})
