// Laws of UDP checks: any answer to an empty datagram is passing, a refusal critical, silence says nothing.
import t from 'tap'
import { createSocket, type Socket } from 'node:dgram'
import { outcome } from '../../support/check-run.js'

async function bound (answer: boolean): Promise<{ socket: Socket, port: number, got: Buffer[] }> {
  const socket = createSocket('udp4')
  const got: Buffer[] = []
  socket.on('message', (message, from) => {
    got.push(message)
    if (answer) socket.send('here', from.port, from.address)
  })
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  return { socket, port: socket.address().port, got }
}

t.test('an answer is passing; what is sent is one empty datagram', async t => {
  const { socket, port, got } = await bound(true)
  t.equal(await outcome({ udp: `127.0.0.1:${port}` }), `passing: UDP connect 127.0.0.1:${port}: Success`)
  t.strictSame(got.map(message => message.length), [0])
  socket.close()
})

t.test('silence says nothing', async t => {
  const { socket, port, got } = await bound(false)
  t.equal(await outcome({ udp: `127.0.0.1:${port}` }, { timeoutMs: 50 }), 'nothing')
  t.equal(got.length, 1)
  socket.close()
})

t.test('a refusal, an unknown name and an ill-formed target are critical', async t => {
  const { socket, port } = await bound(false)
  await new Promise<void>(resolve => socket.close(resolve))
  t.match(await outcome({ udp: `127.0.0.1:${port}` }), new RegExp(`^critical: read udp 127\\.0\\.0\\.1:\\d+->127\\.0\\.0\\.1:${port}: read: connection refused$`))
  t.equal(await outcome({ udp: 'no-port' }), 'critical: dial udp: address no-port: missing port in address')
  t.equal(await outcome({ udp: 'h:abc' }), 'critical: dial udp: lookup udp/abc: unknown port')
})
