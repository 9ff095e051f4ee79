// What makes the proxies: passed in by the command line, so that everything around them can be tried without them.

import type { Http1Proxy, Http1ProxyOptions } from './http1/http1-proxy.js'
import type { TcpProxy, TcpProxyOptions } from './tcp/tcp-proxy.js'

export interface DataPlane {
  readonly http1: (options: Http1ProxyOptions) => Http1Proxy
  readonly tcp: (options: TcpProxyOptions) => TcpProxy
}
