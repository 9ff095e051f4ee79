// A registry that says what the test tells it to: real sockets on port 0, requests recorded, everything ended with the test.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Recorded { readonly method: string, readonly url: string, readonly headers: IncomingHttpHeaders, readonly body: string }
export interface Reply { readonly status?: number, readonly headers?: Readonly<Record<string, string>>, readonly body?: unknown }

export interface FakeServer {
  readonly address: string
  readonly port: number
  readonly requests: Recorded[]
  close (): Promise<void>
}

type Handler = (request: Recorded, response: ServerResponse, raw: IncomingMessage) => Reply | undefined | Promise<Reply | undefined>

/** Answers with what `handler` gives (JSON unless a string or bytes), or leaves the response to it when it gives nothing. */
export async function fakeServer (t: Test, handler: Handler, listen: { port?: number, path?: string } = {}): Promise<FakeServer> {
  const requests: Recorded[] = []
  const server = createServer((raw, response) => {
    const chunks: Buffer[] = []
    raw.on('data', (chunk: Buffer) => chunks.push(chunk))
    raw.on('end', () => {
      const request = { method: raw.method!, url: raw.url!, headers: raw.headers, body: Buffer.concat(chunks).toString() }
      requests.push(request)
      void Promise.resolve(handler(request, response, raw)).then(reply => { if (reply !== undefined) send(response, reply) })
    })
  })
  await new Promise<void>(resolve => { if (listen.path === undefined) server.listen(listen.port ?? 0, '127.0.0.1', resolve); else server.listen(listen.path, resolve) })
  const close = () => new Promise<void>(resolve => { server.closeAllConnections(); server.close(() => resolve()) })
  t.teardown(close)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  return { address: listen.path === undefined ? `http://127.0.0.1:${port}` : `unix://${listen.path}`, port, requests, close }
}

function send (response: ServerResponse, { status = 200, headers = {}, body }: Reply): void {
  const bytes = body === undefined ? '' : typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  response.writeHead(status, { ...body !== undefined && { 'content-type': 'application/json' }, ...headers })
  response.end(bytes)
}

/** Not HTTP, or HTTP gone wrong: `talk` has the bare socket. */
export async function rawServer (t: Test, talk: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    talk(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise<void>(resolve => { for (const socket of sockets) socket.destroy(); server.close(() => resolve()) }))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address on which nobody listens: it was free a moment ago. */
export async function deadAddress (): Promise<{ address: string, port: number }> {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return { address: `http://127.0.0.1:${port}`, port }
}
