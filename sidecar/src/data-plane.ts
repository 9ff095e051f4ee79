// What makes the proxies: passed in by the composition root, so that everything around them can be tried without them.

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { createHttp1Proxy } from './http1/http1-proxy.js'
import type { Http1Proxy, Http1ProxyOptions } from './http1/http1-proxy.js'
import type { TcpProxy, TcpProxyOptions } from './tcp/tcp-proxy.js'

export interface DataPlane {
  readonly http1: (options: Http1ProxyOptions) => Http1Proxy
  readonly tcp: (options: TcpProxyOptions) => TcpProxy
}

function joining ({ upstream }: TcpProxyOptions): TcpProxy {
  const open = new Set<Socket>()
  const close = (): void => { for (const socket of open) socket.destroy() }
  return {
    accept (socket) {
      const picked = upstream.balancer.pick()
      const other = connect({ host: picked.instance.address, port: picked.instance.port, allowHalfOpen: true })
      for (const [one, two] of [[socket, other], [other, socket]] as const) {
        open.add(one)
        one.on('error', () => two.destroy())
        one.on('close', () => { open.delete(one); two.destroy() })
        one.pipe(two)
      }
      socket.once('close', () => picked.done({ ok: true }))
    },
    get connections () { return open.size },
    drain: async () => { close(); return true },
    close,
  }
}

export const dataPlane: DataPlane = { http1: createHttp1Proxy, tcp: joining }
