// Load over HTTP from a process of its own: keep-alive connections on plain sockets, one request at a time on each, so that the client costs little.
import { connect } from 'node:net'
import { percentile } from './figures.js'
import type { Round } from './figures.js'

export interface Load {
  readonly port: number
  readonly connections: number
  /** ms. */
  readonly durationMs: number
  readonly method?: string
  /** `{n}` becomes the number of the request. */
  readonly path: string
  readonly body?: string
  /** Number of the first request. Default 0. */
  readonly from?: number
}

export function httpLoad ({ port, connections, durationMs, method = 'GET', path, body, from = 0 }: Load): Promise<Round> {
  return new Promise(resolve => {
    const latencies: number[] = []
    let errors = 0
    let n = from
    let open = connections
    const began = performance.now()
    const end = began + durationMs
    const done = (): void => {
      if (--open > 0) return
      const seconds = (performance.now() - began) / 1000
      resolve({ rate: latencies.length / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), errors })
    }
    for (let c = 0; c < connections; c++) {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      let sent = 0
      /** Bytes of the answer still to come; -1 while its head is not whole. */
      let left = -1
      let head = ''
      const send = (): void => {
        if (performance.now() >= end) {
          socket.end()
          done()
          return
        }
        const number = String(n++)
        const payload = body?.replaceAll('{n}', number)
        sent = performance.now()
        left = -1
        head = ''
        socket.write(`${method} ${path.replaceAll('{n}', number)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${payload === undefined ? '' : `Content-Length: ${Buffer.byteLength(payload)}\r\n`}\r\n${payload ?? ''}`)
      }
      socket.on('connect', send)
      socket.on('data', chunk => {
        if (left < 0) {
          head += chunk.toString('latin1')
          const at = head.indexOf('\r\n\r\n')
          if (at < 0) return
          if (head.charCodeAt(9) !== 50) errors++ // not 2xx
          const length = /content-length: (\d+)/i.exec(head)
          left = Number(length?.[1] ?? 0) - (head.length - at - 4)
        } else left -= chunk.length
        if (left > 0) return
        latencies.push(performance.now() - sent)
        send()
      })
      socket.on('error', () => {
        errors++
        done()
      })
    }
  })
}

if (process.send !== undefined) process.on('message', message => { void httpLoad(message as Load).then(round => process.send!(round)) })
