// The engine over etcd together with this server's place among the others over it. Loaded only by servers that use it.

import { openEtcd } from '../engine/etcd/open.js'
import { VERSION } from '../version.js'
import { Cluster } from './cluster.js'
import type { Clock } from '../clock.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { EtcdEngine } from '../engine/etcd/etcd.js'
import type { Logger } from '../telemetry/log.js'
import type { Sign } from './cluster.js'

export interface OpenClusterOptions {
  readonly config: RuntimeConfig
  readonly clock: Clock
  readonly log: Logger
  readonly onSigns: (signs: readonly Sign[]) => void
}

/** @throws EngineError when the settings name a file that cannot be read */
export function openCluster ({ config, clock, log, onSigns }: OpenClusterOptions): { readonly engine: EtcdEngine, readonly cluster: Cluster } {
  const engine: EtcdEngine = openEtcd(config, log.child('engine'), {
    onNote: (name, value) => cluster.note(name, value),
    refusal: () => `This server is read-only. Write to ${cluster.ownerOf('leader', '')?.http ?? 'another server; none is known now'}`,
  })
  const cluster = new Cluster({
    presence: engine.presence,
    self: { id: config.cluster.serverId, version: VERSION, startedAt: clock.now(), readOnly: config.cluster.readOnly },
    clock,
    isCurrent: () => engine.freshness().leader,
    onSigns,
    log: log.child('cluster'),
  })
  return { engine, cluster }
}
