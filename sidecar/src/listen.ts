// Opening a listener, with an error that says what it was for.

import type { AddressInfo, Server } from 'node:net'
import { listenError } from './errors.js'

export interface Listening {
  readonly host: string
  readonly port: number
  /** `127.0.0.1:15000`, `[::1]:15000` */
  readonly text: string
}

export interface ListenOptions {
  /** `the admin port` */
  readonly what: string
  readonly host: string
  /** 0: of the system's choosing. */
  readonly port: number
  /** Nobody asked for this very port: when it is taken, any other will do. */
  readonly fallback?: boolean
}

/** @throws SidecarError with exit code 71 */
export async function listen (server: Server, { what, host, port, fallback = false }: ListenOptions): Promise<Listening> {
  try { return await tryListen(server, host, port) } catch (error) {
    if (fallback && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') return await listen(server, { what, host, port: 0 })
    throw listenError(what, `${bracketed(host)}:${port}`, error as NodeJS.ErrnoException)
  }
}

const bracketed = (host: string): string => host.includes(':') ? `[${host}]` : host

function tryListen (server: Server, host: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      // A connection that fails while it is accepted is gone; the others are not.
      server.on('error', () => {})
      const { port: bound } = server.address() as AddressInfo
      resolve({ host, port: bound, text: `${bracketed(host)}:${bound}` })
    })
  })
}

/** A port on loopback that nobody listens on now. */
export async function freePort (): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  const { port } = await listen(server, { what: 'a free port', host: '127.0.0.1', port: 0 })
  await new Promise(resolve => server.close(resolve))
  return port
}
