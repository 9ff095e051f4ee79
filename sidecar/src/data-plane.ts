// What makes the proxies: passed in by the composition root, so that everything around them can be tried without them.

import { createHttp1Proxy } from './http1/http1-proxy.js'
import type { Http1Proxy, Http1ProxyOptions } from './http1/http1-proxy.js'
import { createTcpProxy } from './tcp/tcp-proxy.js'
import type { TcpProxy, TcpProxyOptions } from './tcp/tcp-proxy.js'

export interface DataPlane {
  readonly http1: (options: Http1ProxyOptions) => Http1Proxy
  readonly tcp: (options: TcpProxyOptions) => TcpProxy
}

export const dataPlane: DataPlane = { http1: createHttp1Proxy, tcp: createTcpProxy }
