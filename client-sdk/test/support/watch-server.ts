// The server's end of a watch stream, played by the test: what it hears is recorded, what it says is the test's.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { WebSocketServer } from 'ws'
import type { ServerOptions, WebSocket } from 'ws'
import type { ClientFrame } from '../../src/index.js'

export interface WatchServer {
  readonly address: string
  readonly port: number
  readonly connections: Array<{ readonly socket: WebSocket, readonly request: IncomingMessage, readonly heard: ClientFrame[] }>
  /** The newest connection, as soon as there is one. */
  connection (): Promise<WatchServer['connections'][number]>
  /** The nth frame of the newest connection, as soon as it has come. */
  frame (n: number): Promise<ClientFrame>
}

export async function watchServer (t: Test, hear: (frame: ClientFrame, say: (frame: unknown) => void) => void = () => {}, options: ServerOptions = {}): Promise<WatchServer> {
  const http = createServer((_, response) => { response.writeHead(404); response.end('Invalid URL path') })
  const server = new WebSocketServer({ server: http, path: '/v1/watch', handleProtocols: protocols => protocols.has('roster.v1') && 'roster.v1', ...options })
  const connections: WatchServer['connections'] = []
  server.on('connection', (socket, request) => {
    const heard: ClientFrame[] = []
    connections.push({ socket, request, heard })
    socket.on('error', () => {})
    socket.on('message', data => {
      const frame = JSON.parse(String(data)) as ClientFrame
      heard.push(frame)
      server.emit('heard')
      hear(frame, said => socket.send(typeof said === 'string' ? said : JSON.stringify(said)))
    })
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise<void>(resolve => {
    for (const { socket } of connections) socket.terminate()
    server.close()
    http.closeAllConnections()
    http.close(() => resolve())
  }))
  const { port } = http.address() as AddressInfo
  const connection = async () => { while (connections.length === 0) await once(server, 'connection'); return connections.at(-1)! }
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    connections,
    connection,
    frame: async n => { const { heard } = await connection(); while (heard.length <= n) await once(server, 'heard'); return heard[n]! },
  }
}
