// A small TCP proxy on loopback that a test can cut and mend, or make silent: connections of nobody's fault break this way.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Breaks every connection and takes no more. */
  readonly cut: () => void
  /** Holds everything back without a word. */
  readonly freeze: () => void
  readonly mend: () => void
  readonly close: () => Promise<void>
}

/** @param delayMs each piece of an answer comes so much later */
export async function tcpProxy (target: number, delayMs = 0): Promise<TcpProxy> {
  let state: 'open' | 'cut' | 'frozen' = 'open'
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    if (state === 'cut') {
      socket.destroy()
      return
    }
    const other = connect({ host: '127.0.0.1', port: target })
    for (const one of [socket, other]) {
      sockets.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        sockets.delete(one)
        socket.destroy()
        other.destroy()
      })
      if (state === 'frozen') one.pause()
    }
    socket.pipe(other)
    if (delayMs === 0) other.pipe(socket)
    else other.on('data', (piece: Buffer) => { setTimeout(() => { if (!socket.destroyed) socket.write(piece) }, delayMs) })
    if (state === 'frozen') for (const one of [socket, other]) one.pause()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cut () {
      state = 'cut'
      for (const socket of sockets) socket.destroy()
    },
    freeze () {
      state = 'frozen'
      for (const socket of sockets) socket.pause()
    },
    mend () {
      state = 'open'
      for (const socket of sockets) socket.resume()
    },
    async close () {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
