// The TCP side of the door (RFC 7766): a listener and its connections, with bounds on how many there are and on what each may hold.

import { createServer } from 'node:net'
import { isLoopback } from './source-limit.js'
import { TcpConnection } from './tcp-connection.js'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Clock } from '../clock.js'
import type { Responder } from './responder.js'

/** Connections at once; past it new ones are closed, which makes a client come back. */
const MAX_CONNECTIONS = 1000
/** Connections at once from one address; a resolver needs a few. Loopback counts to the whole only. */
const MAX_CONNECTIONS_PER_SOURCE = 100

export class TcpListener {
  readonly #responder: Responder
  readonly #server: Server
  readonly #connections = new Set<TcpConnection>()
  readonly #bySource = new Map<string, number>()

  constructor (responder: Responder, clock: Clock) {
    this.#responder = responder
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, socket => this.#accept(socket, clock))
  }

  /** @throws the system's error when the port is taken or the address is not ours */
  bind (host: string, port: number): Promise<AddressInfo> {
    const server = this.#server
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        server.on('error', () => { this.#responder.stats.connections.refused++ }) // out of file descriptors: the next one may find some
        resolve(server.address() as AddressInfo)
      })
    })
  }

  /** Closes every connection; what is being answered is lost to the client, who asks again. */
  close (): Promise<void> {
    return new Promise(resolve => {
      this.#server.close(() => resolve())
      for (const connection of this.#connections) connection.close()
    })
  }

  #accept (socket: Socket, clock: Clock): void {
    const { connections: stats } = this.#responder.stats
    const source = socket.remoteAddress ?? ''
    const open = this.#bySource.get(source) ?? 0
    if (this.#connections.size >= MAX_CONNECTIONS || (open >= MAX_CONNECTIONS_PER_SOURCE && !isLoopback(source))) {
      stats.refused++
      socket.destroy()
      return
    }
    this.#bySource.set(source, open + 1)
    const connection = new TcpConnection({ socket, clock, responder: this.#responder, client: source })
    this.#connections.add(connection)
    stats.open++
    socket.once('close', () => {
      stats.open--
      this.#connections.delete(connection)
      const left = this.#bySource.get(source)! - 1
      if (left === 0) this.#bySource.delete(source)
      else this.#bySource.set(source, left)
    })
  }
}
