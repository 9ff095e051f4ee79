// agent/join: an address is joined when it is this server's own, which is all there is to join. Others are refused in words that say how far it went.

import { lookup as dnsLookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { errors } from '../../errors.js'
import { joinHostPort } from '../../health/net/host-port.js'
import { codeOf, errnoText } from '../../health/net/net-error.js'
import { memberAddress, memberPort } from './members.js'
import type { RuntimeConfig } from '../../config/runtime-config.js'
import type { Network } from './members.js'

/** ms for a name to be found, and for an address to answer. */
const LIMIT_MS = 3000

export interface JoinNet {
  /** The first address of a name; rejects when there is none. */
  lookup (host: string): Promise<string>
  /** Resolves when something accepts connections there; rejects with the system's error. */
  dial (host: string, port: number): Promise<void>
}

/**
 * @param target host, host:port or [v6]:port; the network's own port where none is named
 * @throws RosterError 500
 */
export async function join (target: string, network: Network, config: RuntimeConfig, net: JoinNet = systemNet): Promise<void> {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(target) ?? (isIP(target) === 6 ? [target, target] : [])
  const host = bracketed ?? plain ?? ''
  let address: string
  try {
    if (host === '') throw new Error(target)
    address = isIP(host) !== 0 ? host : await net.lookup(host)
  } catch {
    throw errors.JOIN_FAILED(`resolve ${target}: lookup ${target}: no such host`)
  }
  const to = port === undefined ? memberPort(config, network) : Number(port)
  if (address === memberAddress(config, network) && to === memberPort(config, network)) return
  const shown = joinHostPort(address, to)
  try {
    await net.dial(address, to)
  } catch (error) {
    const text = errnoText(codeOf(error))
    throw errors.JOIN_FAILED(`join ${shown}: dial tcp ${shown}: ${text === undefined ? (error as Error).message : `connect: ${text}`}`)
  }
  throw errors.JOIN_FAILED(`join ${shown}: this server keeps its state alone, other servers cannot be joined`)
}

const systemNet: JoinNet = {
  lookup: async host => (await dnsLookup(host)).address,
  dial: (host, port) => new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('i/o timeout')))
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
  }),
}
