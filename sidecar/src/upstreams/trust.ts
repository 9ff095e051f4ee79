// How instances that speak TLS are verified, and what is shown to them. Verification is always on.

import { readFileSync } from 'node:fs'
import type { SidecarConfig } from '../config/load-config.js'
import { configError } from '../errors.js'
import type { UpstreamTls } from '../upstream/upstream.js'

/** @throws SidecarError with exit code 78 for a file that cannot be read */
export function upstreamTrust ({ upstreamCa, upstreamCert, upstreamKey }: Pick<SidecarConfig, 'upstreamCa' | 'upstreamCert' | 'upstreamKey'>): UpstreamTls {
  return {
    ...upstreamCa !== undefined && { ca: readPem(upstreamCa) },
    ...upstreamCert !== undefined && { cert: readPem(upstreamCert) },
    ...upstreamKey !== undefined && { key: readPem(upstreamKey) },
  }
}

/** @throws SidecarError with exit code 78 */
export function readPem (file: string): string {
  let text: string
  try { text = readFileSync(file, 'utf8') } catch (cause) { throw configError(`${file}: it cannot be read (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message})`, cause) }
  if (!text.includes('-----BEGIN ')) throw configError(`${file}: it holds no PEM`)
  return text
}
