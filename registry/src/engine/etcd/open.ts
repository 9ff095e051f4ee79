// The engine over etcd as the settings say it: files read, tables and their layout handed in. Loaded only by servers that use it.

import { readFileSync } from 'node:fs'
import { EngineError } from '../engine.js'
import { EtcdClient } from './client.js'
import { EtcdEngine } from './etcd.js'
import { codec, SCHEMA } from '../../state/codec.js'
import { goneOf } from '../../state/tables.js'
import { layout } from '../../state/places.js'
import { VERSION } from '../../version.js'
import type { EtcdConfig, RuntimeConfig } from '../../config/runtime-config.js'
import type { Logger } from '../../telemetry/log.js'
import type { TlsFiles } from './client.js'
import type { EtcdEngineOptions } from './etcd.js'

/** @throws EngineError `UNREACHABLE` when a file of the settings cannot be read */
export function openEtcd ({ etcd, cluster }: RuntimeConfig, log: Logger, options: Pick<EtcdEngineOptions, 'onNote' | 'refusal'> = {}): EtcdEngine {
  const client = new EtcdClient({ endpoints: etcd.endpoints, tls: tlsOf(etcd), ...(etcd.user === '' ? {} : { user: { name: etcd.user, password: etcd.password } }) })
  return new EtcdEngine({
    client, prefix: etcd.prefix, codec, layout, residue: goneOf, schema: SCHEMA, madeBy: VERSION, readOnly: cluster.readOnly, log, ...options,
  })
}

function tlsOf ({ caFile, certFile, keyFile }: EtcdConfig): TlsFiles {
  return { ...caFile && { ca: read(caFile) }, ...certFile && { cert: read(certFile) }, ...keyFile && { key: read(keyFile) } }
}

function read (path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new EngineError('UNREACHABLE', `a file for TLS to etcd cannot be read: ${(cause as Error).message}`, { cause })
  }
}
