// From words, files and environment to the one RuntimeConfig.

import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { ConfigError } from './config-error.js'
import { defaults, devDefaults } from './defaults.js'
import type { RuntimeConfig } from './runtime-config.js'

export interface LoadOptions {
  /** The words after `agent`. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** @throws ConfigError with the text for standard error */
export function loadConfig ({ args, cwd }: LoadOptions): RuntimeConfig {
  let set: Record<string, any> = {} // eslint-disable-line @typescript-eslint/no-explicit-any
  let dev = false
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/.exec(args[i]!) ?? []
    const next = (): string => value ?? args[++i]!
    if (name === 'dev') dev = true
    else if (name === 'config-file') set = { ...set, ...JSON.parse(readFileSync(resolve(cwd, next()), 'utf8') || '{}') }
    else if (name === 'data-dir') set.data_dir = next()
    else if (name === 'http-port') set.ports = { ...set.ports, http: Number(next()) }
    else if (name === 'dns-port') set.ports = { ...set.ports, dns: Number(next()) }
    else if (name === 'node') set.node_name = next()
    else if (name !== 'server') throw new ConfigError(`flag provided but not defined: -${name}`, undefined, true)
  }
  const base = dev ? devDefaults : defaults
  if (!dev && !set.data_dir) throw new ConfigError('data_dir cannot be empty')
  const p = { ...base.ports, ...set.ports, grpcTls: set.ports?.grpc_tls ?? base.ports.grpcTls, serfLan: set.ports?.serf_lan ?? 8301, serfWan: set.ports?.serf_wan ?? 8302 }
  const at = (port: number): Array<{ kind: 'tcp', host: string, port: number }> => port < 0 ? [] : [{ kind: 'tcp', host: '127.0.0.1', port }]
  return {
    ...base,
    dataDir: set.data_dir === undefined ? undefined : resolve(cwd, set.data_dir),
    ports: p,
    primaryDatacenter: base.datacenter,
    log: { ...base.log, level: (set.log_level ?? base.log.level).toUpperCase() },
    node: { name: set.node_name ?? hostname(), id: set.node_id ?? randomUUID(), meta: set.node_meta ?? {}, locality: undefined },
    addresses: { ...base.addresses, tagged: { lan: '127.0.0.1', lan_ipv4: '127.0.0.1', wan: '127.0.0.1', wan_ipv4: '127.0.0.1' } },
    listen: { ...base.listen, http: at(p.http), dns: at(p.dns), grpc: at(p.grpc), grpcTls: at(p.grpcTls) },
  }
}
