// A proxy before real servers, on ports of the system's choosing; everything ends with the test.

import { createServer as createHttpServer } from 'node:http'
import type { RequestListener, Server as HttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Test } from 'tap'
import { createHttp1Proxy } from '../../src/http1/http1-proxy.js'
import type { Http1Proxy, Http1ProxyOptions } from '../../src/http1/http1-proxy.js'
import type { Upstream } from '../../src/upstream/upstream.js'

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

export const listening = (server: Server, host = '127.0.0.1'): Promise<number> => new Promise((resolve, reject) => {
  server.once('error', reject).listen(0, host, () => resolve(portOf(server)))
})

/** A node:http server. */
export async function httpServer (t: Test, listener: RequestListener): Promise<{ readonly port: number, readonly server: HttpServer }> {
  const server = createHttpServer(listener)
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return { port: await listening(server), server }
}

/** A server of raw bytes. */
export async function rawServer (t: Test, onSocket: (socket: Socket) => void): Promise<{ readonly port: number, readonly server: Server, readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket)).on('end', () => { if (socket.listenerCount('end') === own) socket.end() })
    const own = socket.listenerCount('end')
    onSocket(socket)
    if (socket.listenerCount('data') === 0) socket.resume()
  })
  t.teardown(() => { for (const socket of sockets) socket.destroy(); server.close() })
  return { port: await listening(server), server, sockets }
}

/** @param to where everything goes, unless `route` is given */
export async function startProxy (t: Test, to: Upstream | undefined, options: Partial<Http1ProxyOptions> = {}): Promise<{ readonly port: number, readonly proxy: Http1Proxy, readonly server: Server }> {
  const proxy = createHttp1Proxy({ route: () => ({ upstream: to! }), ...options })
  const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => proxy.accept(socket))
  t.teardown(() => { proxy.close(); server.close() })
  return { port: await listening(server), proxy, server }
}

/** A client of raw bytes that keeps what it gets. */
export class RawClient {
  received = ''
  ended = false
  closed = false
  error: Error | undefined
  readonly #waiters = new Set<() => void>()

  constructor (readonly socket: Socket) {
    socket.on('data', bytes => { this.received += bytes.toString('latin1'); this.#wake() })
      .on('end', () => { this.ended = true; this.#wake() })
      .on('error', error => { this.error = error })
      .on('close', () => { this.closed = true; this.#wake() })
  }

  send (bytes: string | Buffer): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }

  /** @throws Error with what came, when the condition is not met in time */
  async until (met: (client: this) => boolean, ms = 5000): Promise<this> {
    const end = Date.now() + ms
    while (!met(this)) {
      const left = end - Date.now()
      if (left <= 0 || (this.closed && !met(this))) throw new Error(`not met${this.closed ? ', and closed' : ` within ${ms} ms`}; received: ${JSON.stringify(this.received)}`)
      await new Promise<void>(resolve => {
        const timer = setTimeout(done, left)
        const waiters = this.#waiters
        function done () { clearTimeout(timer); waiters.delete(done); resolve() }
        waiters.add(done)
      })
    }
    return this
  }

  #wake (): void { for (const waiter of [...this.#waiters]) waiter() }
}

export function rawClient (t: Test, port: number, host = '127.0.0.1'): RawClient {
  const socket = connect({ port, host, allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  return new RawClient(socket)
}
