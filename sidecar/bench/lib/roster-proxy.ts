// The data plane alone, as a process: balancing, retries, and counting of each request on; discovery is a list that stands still. Arguments: `http` or `tcp`, port, port of the server.

import { createServer } from 'node:net'
import { Balancer, measureLoopLag, Statistics, systemClock } from '@roster/client'
import { resolvePolicy, ServiceMemory } from '@roster/client/calls'
import { createHttp1Proxy } from '../../src/http1/http1-proxy.js'
import { createTcpProxy } from '../../src/tcp/tcp-proxy.js'
import type { Upstream } from '../../src/upstream/upstream.js'

const [kind, port, server] = process.argv.slice(2)
const lag = measureLoopLag(systemClock)
const balancer = new Balancer('web', {}, { lag, statistics: new Statistics(lag) })
balancer.update(['a', 'b'].map(id => ({ id, service: 'web', address: '127.0.0.1', port: Number(server), tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 })))
const upstream: Upstream = { name: 'web', balancer, source: { ready: async () => {}, snapshot: () => ({ complete: true }) }, policy: resolvePolicy([]), memory: new ServiceMemory() }

const counts = new Map<string, number>()
const buckets = new Uint32Array(32)
const http = createHttp1Proxy({
  route: () => ({ upstream }),
  observer: {
    ended ({ status, endedAt, startedAt, upstream }) {
      const key = `${upstream?.name} ${Math.floor(status / 100)}xx`
      counts.set(key, (counts.get(key) ?? 0) + 1)
      buckets[Math.min(31, Math.max(0, Math.ceil(Math.log2(endedAt - startedAt)) + 10))]!++
    },
  },
})
const tcp = createTcpProxy({ upstream })
createServer({ allowHalfOpen: true, noDelay: true }, socket => { if (kind === 'tcp') tcp.accept(socket); else http.accept(socket) }).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })
