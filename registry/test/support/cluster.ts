// Several servers over one etcd, in this process, each with a state, doors and an engine of its own.
import { startTestServer } from './server.js'
import type { TestServer, TestServerOptions } from './server.js'

let prefixes = 0

/** A prefix that nobody else in this process has. */
export const freshPrefix = (): string => `t${process.pid}-${++prefixes}/`

export interface ClusterServerOptions extends Omit<TestServerOptions, 'config'> {
  readonly endpoints: readonly string[]
  readonly prefix: string
  readonly id: string
  readonly config?: Readonly<Record<string, unknown>>
}

/** To be stopped by whoever started it. */
export function startClusterServer ({ endpoints, prefix, id, config, ...options }: ClusterServerOptions): Promise<TestServer> {
  return startTestServer({
    ...options,
    config: { node_name: 'roster', ...config, roster: { engine: 'etcd', etcd_endpoints: endpoints, etcd_prefix: prefix, server_id: id, ...(config?.['roster'] as object | undefined) } },
  })
}
