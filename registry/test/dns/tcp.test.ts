// Laws of TCP: several questions on one connection in whatever pieces; what is unfinished harms nobody; connections, their time and what they hold are bounded.
import { connect } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { exchangeTcp, framed, question, readAnswer, shows, testDoor } from './support.js'
import { upstream } from './upstream.js'
import type { Socket } from 'node:net'

const open = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}

/** Resolves with all that came when the other end has closed. */
const closed = (socket: Socket): Promise<Buffer> => new Promise(resolve => {
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.on('end', () => socket.end())
  socket.on('close', () => resolve(Buffer.concat(chunks)))
})

const until = async (condition: () => boolean): Promise<void> => { while (!condition()) await new Promise(resolve => setImmediate(resolve)) }

t.test('several questions in one write, and one in many', async t => {
  const { catalog, port } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  const packets = ['web.service.consul', 'none.service.consul', 'example.com', 'web.service.consul'].map((name, i) => question(name, 'A', { id: i + 1 }))
  const answers = await exchangeTcp(port, packets)
  t.strictSame(answers.map(b => [b.readUInt16BE(0), readAnswer(b).rcode]), [[1, 'NOERROR'], [2, 'NXDOMAIN'], [3, 'REFUSED'], [4, 'NOERROR']])
  const socket = await open(port)
  socket.setNoDelay(true)
  const answer = once(socket, 'data') as Promise<[Buffer]>
  for (const byte of framed([packets[0]!])) {
    socket.write(Buffer.from([byte]))
    await new Promise(resolve => setImmediate(resolve))
  }
  const [bytes] = await answer
  shows(t, readAnswer(bytes.subarray(2)), { answers: ['web.service.consul 0 A 198.51.100.1'] })
  socket.destroy()
})

t.test('whoever ends its side after asking still gets its answers, those of recursors too', async t => {
  const up = await upstream(t, { 'www.test': { answers: [{ type: 'A', data: '192.0.2.1' }] } })
  const { port } = await testDoor(t, { dns: { recursors: [up.address] } })
  const socket = await open(port)
  socket.end(framed([question('www.test', 'A'), question('absent.service.consul', 'A')]))
  const bytes = await closed(socket)
  t.ok(bytes.includes(Buffer.from([192, 0, 2, 1])), 'the connection was closed after the last answer')
})

t.test('a message of no use is answered or passed over, and the connection goes on', async t => {
  const { port } = await testDoor(t)
  const answers = await exchangeTcp(port, [Buffer.from('beef09000001000000000000', 'hex'), question('absent.service.consul', 'A', { id: 9 })])
  t.strictSame(answers.map(b => b[3]! & 15), [4, 3])
  const socket = await open(port)
  socket.write(Buffer.concat([Buffer.from([0, 0, 0, 3, 1, 2, 3]), framed([question('absent.service.consul', 'A', { id: 11 })])]))
  const [chunk] = await once(socket, 'data') as [Buffer]
  t.equal(chunk.readUInt16BE(2), 11, 'empty and short messages get silence')
  socket.destroy()
})

t.test('a connection without a whole question for ten seconds is closed, however many bytes came', async t => {
  const clock = fakeClock()
  const { door, port } = await testDoor(t, { clock })
  const socket = await open(port)
  await until(() => door.stats.connections.open === 1)
  const end = closed(socket)
  const packet = framed([question('absent.service.consul', 'A')])
  for (let i = 0; i < 5; i++) {
    socket.write(packet.subarray(i, i + 1))
    await clock.advance(1900)
  }
  t.equal(door.stats.connections.open, 1)
  await clock.advance(600)
  await end
  await until(() => door.stats.connections.open === 0)
  t.equal(clock.pending, 0)
})

t.test('a question renews the time', async t => {
  const clock = fakeClock()
  const { door, port } = await testDoor(t, { clock })
  const socket = await open(port)
  for (let i = 0; i < 3; i++) {
    socket.write(framed([question('absent.service.consul', 'A')]))
    await once(socket, 'data')
    await clock.advance(9000)
  }
  t.equal(door.stats.connections.open, 1)
  socket.destroy()
})

t.test('a client that does not read is not read either, and loses its connection', async t => {
  const clock = fakeClock()
  const { catalog, door, port } = await testDoor(t, { clock })
  await catalog.node('n1', '198.51.100.1', { meta: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, 'v'.repeat(400)])) })
  const socket = await open(port)
  socket.pause()
  const packet = framed(Array.from({ length: 200 }, () => question('n1.node.consul', 'TXT')))
  let writes = 0
  while (socket.writableLength < 2 ** 20 && writes < 2000) {
    socket.write(packet)
    writes++
    await new Promise(resolve => setImmediate(resolve))
  }
  const asked = writes * 200
  t.ok(door.stats.received.tcp < asked, `${door.stats.received.tcp} of ${asked} questions were read`)
  await clock.advance(10_000)
  await until(() => door.stats.connections.open === 0)
  socket.destroy()
})

t.test('questions that wait for recursors are bounded for each connection; the rest wait their turn', async t => {
  const up = await upstream(t, { 'slow.test': { silent: true }, 'www.test': { answers: [{ type: 'A', data: '192.0.2.1' }] } })
  const { door, port } = await testDoor(t, { dns: { recursors: [up.address], recursorTimeoutMs: 100 } })
  const socket = await open(port)
  socket.write(framed(Array.from({ length: 200 }, () => question('slow.test', 'A'))))
  await until(() => door.recursorStats.waiting > 0)
  t.ok(door.recursorStats.waiting <= 64)
  socket.resume()
  let most = 0
  while (door.stats.answers[2]! < 200) {
    most = Math.max(most, door.recursorStats.waiting)
    await new Promise(resolve => setImmediate(resolve))
  }
  t.ok(most <= 64)
  socket.destroy()
})

t.test('connections are bounded; one more is closed, and those that are there go on', async t => {
  const { door, port } = await testDoor(t)
  const sockets: Socket[] = []
  for (let i = 0; i < 1000; i++) sockets.push(await open(port))
  await until(() => door.stats.connections.open === 1000)
  const refused = await open(port)
  await closed(refused)
  t.equal(door.stats.connections.refused, 1)
  sockets[0]!.write(framed([question('absent.service.consul', 'A')]))
  await once(sockets[0]!, 'data')
  for (const socket of sockets) socket.destroy()
  await until(() => door.stats.connections.open === 0)
})

t.test('a door that closes leaves nothing: no socket, no timer', async t => {
  const clock = fakeClock()
  const { door, port } = await testDoor(t, { clock })
  const socket = await open(port)
  await until(() => door.stats.connections.open === 1)
  const end = closed(socket)
  await door.close()
  await end
  await until(() => clock.pending === 0)
  await t.rejects(exchangeTcp(port, [question('absent.service.consul', 'A')]))
  await door.close()
})
