// What the child finds in its environment: where it shall listen, and where the sidecar listens for it.

import type { SidecarConfig } from '../config/load-config.js'

export interface Places {
  /** `127.0.0.1:15001`; absent: not there. */
  readonly outbound?: string | undefined
  readonly admin?: string | undefined
  /** By service. */
  readonly upstreams: Readonly<Record<string, string>>
}

/**
 * `PORT`; `ROSTER_OUTBOUND`, `ROSTER_ADMIN` (URLs); `ROSTER_UPSTREAM_PAYMENTS` (a URL, or host:port for raw TCP). Everything else is our own environment.
 *
 * @example { PORT: '3000', ROSTER_OUTBOUND: 'http://127.0.0.1:15001', ROSTER_UPSTREAM_PAYMENTS: 'http://127.0.0.1:9001' }
 */
export function childEnvironment (env: NodeJS.ProcessEnv, config: Pick<SidecarConfig, 'upstream'>, port: number | undefined, { outbound, admin, upstreams }: Places): NodeJS.ProcessEnv {
  const own: Record<string, string> = {}
  if (port !== undefined) own['PORT'] = String(port)
  if (outbound !== undefined) own['ROSTER_OUTBOUND'] = `http://${outbound}`
  if (admin !== undefined) own['ROSTER_ADMIN'] = `http://${admin}`
  for (const { service, protocol } of config.upstream) {
    const place = upstreams[service]
    if (place !== undefined) own[`ROSTER_UPSTREAM_${service.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`] = protocol === 'tcp' ? place : `http://${place}`
  }
  return { ...env, ...own }
}
