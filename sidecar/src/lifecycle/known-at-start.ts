// The start goes on when the registry answers, or when what is on disk is enough to begin with.

import type { RosterClient } from '@roster/client'
import type { SidecarConfig } from '../config/load-config.js'
import { SidecarError, unavailable } from '../errors.js'
import type { Log } from '../telemetry/log.js'
import type { Directory } from '../upstreams/directory.js'
import type { RememberedNames } from '../upstreams/remembered-names.js'
import { reachRegistry } from './reach.js'

/** Until lists from disk are in use, ms. */
const DISK_MS = 2000

/** For the first lists of upstreams that flags name, ms. */
const FIRST_LISTS_MS = 3000

/**
 * The names that were called before a restart are followed at once, beside those that flags name, so that what is known of them is there before the first call.
 * @throws SidecarError with exit code 69
 */
export async function knownAtStart (client: RosterClient, directory: Directory, names: RememberedNames, config: SidecarConfig, log: Log, signal: AbortSignal): Promise<void> {
  const remembered = await names.load()
  for (const { service } of config.upstream) directory.open(service.toLowerCase(), true)
  for (const name of remembered ?? []) directory.open(name)
  const trouble = await reachRegistry(client.api, config.registryTimeout, signal)
  if (signal.aborted) throw new SidecarError('SIDECAR_STOPPED', 143, 'stopped before it was ready')
  if (trouble === undefined) {
    // What the child calls first is known by then; what cannot be known does not keep it from starting.
    await Promise.all(directory.all.filter(({ pinned }) => pinned).map(({ service }) => service.ready({ timeout: FIRST_LISTS_MS, signal }).catch(() => {})))
    return
  }
  // The SDK gives the registry a second before it believes the disk.
  await Promise.all(directory.all.map(({ source }) => source.ready({ timeout: DISK_MS, signal }).catch(() => {})))
  const onDisk = directory.all.filter(({ source }) => source.snapshot().source === 'disk').map(({ name }) => name)
  // A sidecar that has been here before, and called nobody, misses nothing.
  if (onDisk.length === 0 && remembered?.length !== 0) throw unavailable(`the registry cannot be reached, and nothing is known from disk: ${trouble.message}`, trouble)
  log.warn({ err: trouble, onDisk }, 'the registry cannot be reached; beginning with what is known from disk')
}
