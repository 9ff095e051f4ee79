// Prepared queries as DNS asks them: by name in small letters or id, for whoever asks.

import { RosterError } from '../errors.js'
import { parseDuration, SECOND_NS } from '../http/decode/duration.js'
import { executeQuery } from './execute.js'
import { resolveQuery } from './resolve.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'
import type { CheckRecord } from '../state/checks.js'
import type { Roster } from '../roster.js'

export interface QueryForDns {
  /** In the order in which they are to be answered. */
  readonly rows: ReadonlyArray<{ readonly node: NodeRecord, readonly service: ServiceRecord, readonly checks: readonly CheckRecord[] }>
  /** Seconds; `undefined` where the query leaves it to the agent. */
  readonly ttl: number | undefined
}

/** @returns undefined when there is no such query, `failed` for one that cannot be run (a template by its id) */
export function queryForDns ({ state, config, random }: Pick<Roster, 'state' | 'config' | 'random'>, idOrName: string, client: string): QueryForDns | 'failed' | undefined {
  try {
    const query = resolveQuery(state, idOrName)?.value
    if (query === undefined) return undefined
    const found = executeQuery(state, query, { node: config.node.name, datacenter: config.datacenter, near: '', ip: client, connect: false, limit: 0, random })
    const { ttl } = query.dns
    return {
      rows: found.instances.map(({ node, service, checks }) => ({ node: node.value, service: service.value, checks: checks.map(check => check.value) })),
      ttl: ttl === '' ? undefined : Math.floor(parseDuration(ttl) / SECOND_NS),
    }
  } catch (error) {
    if (error instanceof RosterError) return 'failed'
    throw error
  }
}
