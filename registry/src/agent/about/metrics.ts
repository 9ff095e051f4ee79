// agent/metrics as JSON: a few of the numbers that dashboards of Consul ask for, from the same counters as /metrics, which has all of them.

import { hostname } from 'node:os'
import type { Roster } from '../../roster.js'
import type { Json } from '../wire.js'

/** `2026-01-02 03:04:05 +0000 UTC` */
const timestamp = (nowMs: number): string => `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`

export function metricsJson (roster: Roster): Json {
  const { config, clock } = roster
  const { metricsPrefix, disableHostname } = config.telemetry
  const gauge = disableHostname ? metricsPrefix : `${metricsPrefix}.${hostname()}`
  const seconds = Math.max(1, process.uptime())
  return {
    Timestamp: timestamp(clock.now()),
    Gauges: gauges(roster).map(([name, value, labels = {}]) => ({ Name: `${gauge}.${name}`, Value: value, Labels: labels })),
    Points: [],
    Counters: answers(roster).map(({ count, labels }) => ({ Name: `${metricsPrefix}.http.answers`, Count: count, Rate: count / seconds, Sum: count, Min: 1, Max: 1, Mean: 1, Stddev: 0, Labels: labels })),
    Samples: [],
  }
}

type Gauge = readonly [name: string, value: number, labels?: Json]

/** By name. */
function gauges ({ config, state, guard, sessions }: Roster): Gauge[] {
  const dc = { datacenter: config.datacenter }
  const index = state.base + state.revision
  const { heapUsed, rss } = process.memoryUsage()
  return [
    ['guard.active', guard.active ? 1 : 0],
    ['members.clients', 0, dc],
    ['members.servers', 1, dc],
    ['raft.applied_index', index],
    ['raft.last_index', index],
    ['runtime.alloc_bytes', heapUsed],
    ['runtime.sys_bytes', rss],
    ['server.isLeader', 1],
    ['session_ttl.active', sessions.ttlActive],
    ['state.kv_entries', state.kv.size, dc],
    ['state.nodes', state.nodes.size, dc],
    ['state.service_instances', state.services.size, dc],
    ['state.services', [...state.services.names()].length, dc],
    ['version', 1, { version: config.version, pre_release: '' }],
  ]
}

const answers = ({ stats }: Roster): Array<{ readonly count: number, readonly labels: Json }> =>
  [...stats.routes].flatMap(([path, route]) => [...route.byStatus].map(([code, count]) => ({ count, labels: { path, code: String(code) } })))
