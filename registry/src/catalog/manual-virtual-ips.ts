// Virtual addresses that are given by hand, beside the one that every service of the mesh has: each belongs to one service.

import { isIP } from 'node:net'
import { command } from './rows.js'
import { errors } from '../errors.js'
import { keys } from '../state/keys.js'
import type { Command } from '../engine/engine.js'
import type { VirtualIpRecord } from '../state/virtual-ips.js'

/** Addresses of one service at most. */
const MAX_ADDRESSES = 8

export interface Assigned {
  /** The service has a virtual address of its own; another one is not given any, and nothing has changed. */
  readonly found: boolean
  /** Services that an address was taken from. */
  readonly from: readonly string[]
}

/** Gives a service these addresses and no others. @throws RosterError `MANUAL_VIPS` */
export function assignCommand (service: string, addresses: readonly string[]): Command<Assigned> {
  if (addresses.length > MAX_ADDRESSES) throw errors.MANUAL_VIPS(`cannot associate more than ${MAX_ADDRESSES} manual virtual IPs with the same service`)
  if (addresses.some(address => isIP(address) === 0 || address.includes('%'))) throw errors.MANUAL_VIPS('"<nil>" is not a valid ip address')
  const wanted = [...new Set(addresses)].sort()
  return command(draft => {
    const own = draft.get<VirtualIpRecord>(keys.virtualIp(service))
    if (own === undefined) return { found: false, from: [] }
    const from: string[] = []
    for (const [key, record] of draft.range<VirtualIpRecord>(keys.virtualIps)) {
      const manual = record.manual ?? []
      if (key === keys.virtualIp(service) || !manual.some(address => wanted.includes(address))) continue
      draft.put(key, { ...record, manual: manual.filter(address => !wanted.includes(address)) })
      from.push(record.service)
    }
    draft.put(keys.virtualIp(service), { ...own, manual: wanted })
    return { found: true, from }
  })
}
