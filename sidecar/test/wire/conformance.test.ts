// The tables of requests and answers, run against the real proxy between real sockets. What is refused must not reach the server, and what is handed on must be read in one way only.

import type { Socket } from 'node:net'
import t from 'tap'
import { rawClient, rawServer, startProxy } from '../support/proxy.js'
import { testUpstream } from '../support/upstream.js'
import { requestCases } from './request-cases.js'
import { responseCases } from './response-cases.js'

const pieces = (text: string | readonly string[]): readonly string[] => typeof text === 'string' ? [text] : text
const turn = () => new Promise<void>(resolve => { setImmediate(resolve) })
const statusesOf = (text: string): number[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})[^\r\n]*\r\n/g)].map(([, status]) => Number(status))

t.test('requests', async t => {
  let got = ''
  let asked = 0
  const heads = /\r\n\r\n/g
  const { port } = await rawServer(t, socket => {
    let bytes = ''
    let from = 0
    socket.on('data', chunk => {
      const text = chunk.toString('latin1')
      got += text
      bytes += text
      // Whole requests are answered, by a reader of few words: with the body that their head announces.
      for (;;) {
        heads.lastIndex = from
        const head = heads.exec(bytes)
        if (head === null) return
        const text = bytes.slice(from, heads.lastIndex)
        const length = Number(/\r\nContent-Length: *(\d+)/i.exec(text)?.[1] ?? 0)
        const end = /\r\nTransfer-Encoding: *chunked/i.test(text) ? bytes.slice(heads.lastIndex).search(/(^|\r\n)0+\r\n([^\r\n]+\r\n)*\r\n/) : bytes.length - heads.lastIndex >= length ? length : -1
        if (end < 0) return
        from = length > 0 ? heads.lastIndex + length : bytes.length
        asked++
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }
    })
  })
  const upstream = testUpstream([port])
  const { port: proxy } = await startProxy(t, upstream)
  for (const row of requestCases) {
    await t.test(`${row.name} (${row.clause})`, async t => {
      got = ''
      asked = 0
      const forwarded = row.server !== undefined && row.server.length > 0
      const client = rawClient(t, proxy)
      for (const piece of pieces(row.send)) {
        client.send(piece)
        if (pieces(row.send).length > 1) await turn()
      }
      const closes = row.closes ?? !forwarded
      const wanted = row.asked ?? (forwarded ? 1 : 0)
      await client.until(({ received, ended }) => statusesOf(received).length >= Math.max(1, wanted) && (!closes || ended) && (row.client ?? []).every(part => received.includes(part)))
      t.equal(statusesOf(client.received)[0], row.status, client.received)
      if (row.status !== 200) t.match(client.received, /\r\nX-Roster-Reason: [a-z-]+\r\n/)
      if (row.server === undefined) t.equal(got, '', 'nothing reaches the server')
      for (const part of row.server ?? []) t.ok(got.includes(part), `the server got ${JSON.stringify(part.slice(0, 80))}: ${JSON.stringify(got.slice(0, 400))}`)
      for (const part of row.absent ?? []) t.notOk(got.includes(part), `the server did not get ${JSON.stringify(part)}: ${JSON.stringify(got.slice(0, 400))}`)
      t.equal(asked, wanted, 'requests that the server has read')
      if (!closes) {
        client.send('GET /next HTTP/1.1\r\nHost: web\r\n\r\n')
        await client.until(({ received }) => statusesOf(received).length > Math.max(1, wanted))
        t.match(got, /GET \/next HTTP\/1\.1/, 'the connection goes on')
      }
      client.socket.destroy()
    })
  }
  t.ok(requestCases.length + responseCases.length >= 120, 'enough rows')
})

t.test('answers', async t => {
  let row = responseCases[0]!
  let connections = 0
  const play = async (socket: Socket) => {
    for (const piece of pieces(row.answer)) {
      socket.write(Buffer.from(piece, 'latin1'))
      if (pieces(row.answer).length > 1) await turn()
    }
    // Only after the client has what comes before it.
    if (row.then === 'reset') setTimeout(() => socket.resetAndDestroy(), 30)
    else if (row.then === 'end') socket.end()
  }
  const { port } = await rawServer(t, socket => {
    connections++
    socket.on('data', chunk => {
      if (chunk.includes('/next')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext')
      else void play(socket)
    }).on('end', () => socket.end())
  })
  // Every row is about one answer.
  const upstream = testUpstream([port], { retry: false, balance: { outlier: false } })
  for (const each of responseCases) {
    await t.test(`${each.name} (${each.clause})`, async t => {
      row = each
      connections = 0
      const { port: proxyPort, proxy } = await startProxy(t, upstream)
      const client = rawClient(t, proxyPort)
      client.send(row.request ?? 'GET /p HTTP/1.1\r\nHost: web\r\n\r\n')
      if (row.cut === true) {
        // A reset may be told as an end; what was sent before it is not a whole answer in any case.
        await client.until(({ closed, ended }) => closed || ended)
      } else await client.until(({ received }) => (row.status === 101 ? received.includes('raw') : proxy.active === 0) && statusesOf(received).at(-1) === row.status && (row.client ?? []).every(part => received.includes(part)))
      t.equal(statusesOf(client.received).at(-1), row.status, client.received)
      for (const part of row.client ?? []) t.ok(client.received.includes(part), `the client got ${JSON.stringify(part)}: ${JSON.stringify(client.received.slice(0, 400))}`)
      for (const part of row.absent ?? []) t.notOk(client.received.includes(part), `the client did not get ${JSON.stringify(part)}: ${JSON.stringify(client.received.slice(0, 400))}`)
      if (row.reused !== undefined) {
        const next = rawClient(t, proxyPort)
        next.send('GET /next HTTP/1.1\r\nHost: web\r\n\r\n')
        await next.until(({ received }) => received.endsWith('next'))
        t.equal(connections, row.reused ? 1 : 2, row.reused ? 'the connection is used again' : 'the connection is not used again')
      }
      proxy.close()
    })
  }
})
