// Under which address others reach this process. Pure: the rule of the house, and the one warning that belongs to it. The address of the socket is found by local-address.ts.

import { isIP } from 'node:net'

/** `localhost`, 127.0.0.0/8 (RFC 1122, 3.2.1.3), ::1, and the mapped form of these. */
export function isLoopback (host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true
  const v4 = bare.startsWith('::ffff:') ? bare.slice(7) : bare
  return bare === '::1' || (isIP(v4) === 4 && v4.startsWith('127.'))
}

export interface AddressFacts {
  /** What the caller said. */
  readonly option: string | undefined
  /** `ROSTER_ADDRESS`; empty is as if not given. */
  readonly variable: string | undefined
  /** Hosts of the registry's servers; empty for a unix socket, which is of this machine. */
  readonly registryHosts: readonly string[]
  /** Local end of a connection to the registry; `undefined` where none could be made. */
  readonly local: string | undefined
}

export interface Advertised {
  readonly address: string
  readonly warning?: string
}

/**
 * Option > `ROSTER_ADDRESS` > loopback if the registry is on loopback > the local address of the socket to the registry.
 *
 * @returns `undefined` when none of these is known: the registry cannot be reached now, and nobody said it
 * @example advertisedAddress({ option: undefined, variable: '', registryHosts: ['localhost'], local: undefined }) → { address: '127.0.0.1' }
 */
export function advertisedAddress ({ option, variable, registryHosts, local }: AddressFacts): Advertised | undefined {
  const near = registryHosts.every(host => host === '' || isLoopback(host))
  const address = option || variable || (near ? '127.0.0.1' : local)?.replace(/^::ffff:(?=\d+\.)/, '')
  if (address === undefined) return undefined
  if (near || !isLoopback(address)) return { address }
  return { address, warning: `The address ${address} is registered, which only this machine can reach, but the registry (${registryHosts.join(', ')}) is on another one. Set address or ROSTER_ADDRESS to what others reach this process by` }
}
