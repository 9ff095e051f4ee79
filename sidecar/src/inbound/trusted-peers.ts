// Peers that may say for whom they speak. Pure.

import { BlockList, isIP } from 'node:net'

/** @param ranges addresses or ranges such as `10.0.0.0/8`, checked */
export function trustedPeers (ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return address => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
    const family = isIP(plain)
    return family > 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}
