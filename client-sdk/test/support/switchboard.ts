// A line to a registry that the test can cut and lead elsewhere: the address stays, what stands behind it goes, comes back, or is another one.
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Switchboard {
  readonly url: string
  /** Leads new connections there, and ends those that are. `undefined`: every connection is ended at once. */
  lead (url: string | undefined): void
}

export async function switchboard (t: Test, url: string): Promise<Switchboard> {
  let port: number | undefined = Number(new URL(url).port)
  const open = new Set<net.Socket>()
  const keep = (socket: net.Socket) => { open.add(socket); socket.on('error', () => {}).on('close', () => open.delete(socket)) }
  const server = net.createServer(socket => {
    keep(socket)
    if (port === undefined) { socket.destroy(); return }
    const behind = net.connect(port, '127.0.0.1')
    keep(behind)
    socket.pipe(behind).pipe(socket)
    socket.on('close', () => behind.destroy())
    behind.on('close', () => socket.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const cut = () => { for (const socket of open) socket.destroy() }
  t.teardown(() => new Promise<void>(resolve => { cut(); server.close(() => resolve()) }))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead (url) { port = url === undefined ? undefined : Number(new URL(url).port); cut() },
  }
}
