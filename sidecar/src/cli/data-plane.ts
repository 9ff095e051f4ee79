// Until the HTTP/1.1 proxy stands: connections to the public port are joined with the service, byte by byte; the outbound ports answer nobody.

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { DataPlane } from '../data-plane.js'
import type { Route } from '../http1/route.js'
import type { Upstream } from '../upstream/upstream.js'

function join (socket: Socket, upstream: Upstream | undefined, open: Set<Socket>): void {
  if (upstream === undefined) { socket.destroy(); return }
  const picked = upstream.balancer.pick()
  const other = connect({ host: picked.instance.address, port: picked.instance.port, allowHalfOpen: true })
  for (const [one, two] of [[socket, other], [other, socket]] as const) {
    open.add(one)
    one.on('error', () => two.destroy())
    one.on('close', () => { open.delete(one); two.destroy() })
    one.pipe(two)
  }
  socket.once('close', () => picked.done({ ok: true }))
}

const joining = (find: () => Upstream | undefined) => {
  const open = new Set<Socket>()
  const close = (): void => { for (const socket of open) socket.destroy() }
  const drain = async (): Promise<boolean> => { close(); return true }
  return { accept: (socket: Socket) => join(socket, find(), open), get connections () { return open.size }, get active () { return open.size }, farewell () {}, drain, close }
}

export const dataPlane: DataPlane = {
  http1: ({ route }) => joining(() => { const decision = (route as () => ReturnType<Route>)(); if (decision instanceof Promise) return undefined; return 'upstream' in decision ? decision.upstream : undefined }),
  tcp: ({ upstream }) => joining(() => upstream),
}
