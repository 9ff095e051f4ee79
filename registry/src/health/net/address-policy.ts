// Which addresses a check's request may go to. A registration comes from anyone who reaches the API; without this, a check would fetch a cloud's
// metadata (and credentials) for whoever registers it. Asked with the very address that is dialled next, so neither a redirect nor a name that
// resolves differently each time gets around it.

import { BlockList, isIPv4, isIPv6 } from 'node:net'

export class AddressPolicy {
  readonly #denied = new BlockList()
  readonly #allowed = new BlockList()

  /**
   * @param denied networks that are not reached (`169.254.0.0/16`); a bare address is a network of one
   * @param allowed networks that are reached all the same
   * @throws TypeError or RangeError for a text that is no network
   */
  constructor (denied: readonly string[], allowed: readonly string[]) {
    for (const network of denied) addNetwork(this.#denied, network)
    for (const network of allowed) addNetwork(this.#allowed, network)
  }

  /** @param address an IP address, with or without a zone */
  allows (address: string): boolean {
    const forms = sameAddresses(address)
    const within = (list: BlockList): boolean => forms.some(form => list.check(form, isIPv4(form) ? 'ipv4' : 'ipv6'))
    return !within(this.#denied) || within(this.#allowed)
  }
}

/** Refuses nothing. */
export const ALLOW_ALL = new AddressPolicy([], [])

function addNetwork (list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/')
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
}

/** The address, and the IPv4 address that an IPv6 one stands for: mapped, compatible, translated (NAT64, RFC 6052) or tunnelled (6to4, RFC 3056). */
function sameAddresses (address: string): readonly string[] {
  const bare = address.replace(/%.*$/, '')
  if (!isIPv6(bare)) return [bare]
  const words = ipv6Words(bare)
  const startsWith = (...prefix: number[]): boolean => prefix.every((word, i) => words[i] === word)
  const v4 = (i: number): string => [words[i]! >> 8, words[i]! & 255, words[i + 1]! >> 8, words[i + 1]! & 255].join('.')
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0, 0) || startsWith(0x64, 0xff9b)) return [bare, v4(6)]
  return startsWith(0x2002) ? [bare, v4(1)] : [bare]
}

/** The eight groups of a valid IPv6 address. */
function ipv6Words (address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const text = dotted === null ? address : `${dotted[1]}${(Number(dotted[2]) << 8 | Number(dotted[3])).toString(16)}:${(Number(dotted[4]) << 8 | Number(dotted[5])).toString(16)}`
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] => part === '' ? [] : part.split(':').map(group => parseInt(group, 16))
  if (tail === undefined) return groups(head)
  const [left, right] = [groups(head), groups(tail)]
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}
