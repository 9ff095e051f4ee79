// Answers without an end: they give what comes, drop for readers that are too slow, and end with their reader or the server.
import { connect } from 'node:net'
import { request } from 'node:http'
import t from 'tap'
import { fakeClock } from '../support/fake-clock.js'
import { startTestServer, until } from '../support/server.js'
import type { IncomingMessage } from 'node:http'
import type { TestServer } from '../support/server.js'

const open = (on: TestServer, path: string): Promise<IncomingMessage> => new Promise((resolve, reject) => request(`${on.url}${path}`, resolve).on('error', reject).end())

t.test('the log as it is written, from its level on, as text and as JSON', async t => {
  const on = await startTestServer()
  t.teardown(() => on.stop())
  const text = await open(on, '/v1/agent/monitor?loglevel=warn')
  const json = await open(on, '/v1/agent/monitor?loglevel=DEBUG&logjson')
  let seen = ''
  let seenJson = ''
  text.setEncoding('utf8').on('data', part => { seen += part })
  json.setEncoding('utf8').on('data', part => { seenJson += part })
  const log = on.roster.log.child('agent')
  log.info('unseen')
  log.warn('seen', { key: 'a value' })
  await until('the lines', () => seen.includes('seen') && seenJson.includes('unseen'))
  t.match(seen, /^\S+ \[WARN\] {2}agent: seen: key="a value"\n$/)
  const lines = seenJson.trim().split('\n').map(line => JSON.parse(line) as Record<string, string>)
  t.ok(lines.some(line => line['@message'] === 'unseen' && line['@level'] === 'info'))
  text.destroy()
  json.destroy()
})

t.test('a caller of HTTP/1.0 gets lines without chunks', async t => {
  const on = await startTestServer()
  t.teardown(() => on.stop())
  const socket = connect(on.port, '127.0.0.1')
  let seen = ''
  socket.setEncoding('utf8').on('data', part => { seen += part })
  socket.write('GET /v1/agent/monitor?loglevel=err HTTP/1.0\r\nHost: x\r\n\r\n')
  await until('the head', () => seen.includes('\r\n\r\n'))
  on.roster.log.child('agent').error('broken')
  await until('the line', () => seen.includes('broken'))
  t.match(seen, /^HTTP\/1\.0 200 OK\r\n/)
  t.match(seen, /\r\n\r\n\S+ \[ERROR\] agent: broken\n$/)
  socket.destroy()
})

t.test('a slow reader misses lines and is told how many; others miss none', async t => {
  const on = await startTestServer()
  t.teardown(() => on.stop())
  const slow = await open(on, '/v1/agent/monitor')
  const quick = await open(on, '/v1/agent/monitor')
  let seenByQuick = 0
  quick.setEncoding('utf8').on('data', (part: string) => { seenByQuick += part.split('flood').length - 1 })
  const log = on.roster.log.child('agent')
  const line = 'flood ' + 'x'.repeat(10_000)
  let written = 0
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 20; j++, written++) log.info(line)
    await until('the quick reader keeps up', () => seenByQuick === written)
  }
  let seenBySlow = ''
  slow.setEncoding('utf8').on('data', part => { seenBySlow += part })
  await until('a notice', () => {
    log.info('after')
    return seenBySlow.includes('Lines were left out')
  })
  const missed = Number(/Lines were left out, this reader is too slow: lines=(\d+)/.exec(seenBySlow)![1])
  t.ok(missed > 0 && missed < written + 10_000)
  t.ok(seenBySlow.split('flood').length - 1 < written)
  slow.destroy()
  quick.destroy()
})

t.test('the stream of metrics repeats itself every ten seconds', async t => {
  const clock = fakeClock()
  const on = await startTestServer({ clock })
  t.teardown(() => on.stop())
  const stream = await open(on, '/v1/agent/metrics/stream')
  let seen = ''
  stream.setEncoding('utf8').on('data', part => { seen += part })
  const answers = (): number => seen.split('"Timestamp"').length - 1
  await until('the first', () => answers() === 1)
  await clock.advance(10_000)
  await until('the second', () => answers() === 2)
  stream.destroy()
})

t.test('the end of the server ends them, whole', async t => {
  const on = await startTestServer()
  const log = await open(on, '/v1/agent/monitor')
  log.resume()
  const ended = new Promise(resolve => log.once('close', resolve))
  await on.stop()
  await ended
  t.ok(log.complete, 'not cut')
})
