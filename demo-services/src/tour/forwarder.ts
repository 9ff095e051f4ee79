// A wire that can be cut: passes TCP on to one place until told not to. For partitions: the instance behind it believes that this is the registry.

import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface Forwarder {
  readonly port: number
  /** Ends what goes through it and lets nothing through. */
  cut (): void
  heal (): void
  close (): Promise<void>
}

export async function forwardTo (host: string, port: number): Promise<Forwarder> {
  const sockets = new Set<Socket>()
  let open = true
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const cut = (): void => {
    open = false
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer(inside => {
    keep(inside)
    if (!open) { inside.destroy(); return }
    const outside = connect(port, host)
    keep(outside)
    inside.pipe(outside).pipe(inside)
    inside.once('close', () => outside.destroy())
    outside.once('close', () => inside.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as { port: number }).port,
    cut,
    heal () { open = true },
    async close () {
      cut()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
