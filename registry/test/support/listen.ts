// Servers for one test: listening on a free port of loopback when the promise resolves, gone with the test.
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'

interface Teardown { teardown (fn: () => unknown): void }

/** Starts any server of Node's; connections are cut when the test ends. */
export async function listen (t: Teardown, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export const listenHttp = (t: Teardown, handler: RequestListener): Promise<number> => listen(t, createHttpServer(handler))

/** A server that speaks no protocol but what `handler` does. It notices when the other side hangs up. */
export const listenRaw = (t: Teardown, handler: (socket: Socket) => void): Promise<number> => listen(t, createTcpServer(socket => {
  handler(socket)
  socket.resume()
}))

/** A port of loopback on which nobody listens. */
export async function freePort (): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
