// IP addresses and networks as text: what is one, what kind it is.

import { BlockList, isIP, isIPv4 } from 'node:net'

// RFC 1918, 6598, 6890, 5737, 4193 and, long gone, 1884.
const PRIVATE = networks(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'])
const LOOPBACK = networks(['127.0.0.0/8', '::1/128'])
const LINK_LOCAL = networks(['169.254.0.0/16', 'fe80::/10'])

const within = (list: BlockList, ip: string): boolean => list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6')

export const isPrivate = (ip: string): boolean => within(PRIVATE, ip)
export const isLoopback = (ip: string): boolean => within(LOOPBACK, ip)
export const isLinkLocal = (ip: string): boolean => within(LINK_LOCAL, ip)

/** `0.0.0.0`, `::` and its longer spellings. */
export const isAny = (ip: string): boolean => isIP(ip) !== 0 && /^[0:.]+$/.test(ip)

/** `10.0.0.0/8`: a prefix with a length, host bits allowed. */
export function isNetwork (text: string): boolean {
  const [, ip, bits] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  if (ip === undefined) return false
  const family = isIP(ip)
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128)
}

function networks (list: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const network of list) {
    const [ip, bits] = network.split('/') as [string, string]
    blocks.addSubnet(ip, Number(bits), isIPv4(ip) ? 'ipv4' : 'ipv6')
  }
  return blocks
}
