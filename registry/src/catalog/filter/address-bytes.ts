// The bytes of an IP address in text, four or sixteen.

import { isIPv4, isIPv6 } from 'node:net'

/** @example addressBytes('127.0.0.1') is [127, 0, 0, 1]; what is no address has no bytes. */
export function addressBytes (address: string): readonly number[] {
  if (isIPv4(address)) return address.split('.').map(Number)
  if (!isIPv6(address)) return []
  // An IPv4 address at the end (::ffff:10.0.0.1) is two groups in other clothes; `::` stands for as many zero groups as are missing.
  const [plain] = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${group(a, b)}:${group(c, d)}`).split('%')
  const [head, tail] = plain!.split('::').map(part => part.split(':').filter(text => text !== ''))
  const groups = [...head!, ...new Array<string>(8 - head!.length - (tail?.length ?? 0)).fill('0'), ...tail ?? []]
  return groups.flatMap(text => [parseInt(text, 16) >> 8, parseInt(text, 16) & 0xff])
}

const group = (high: string, low: string): string => (Number(high) << 8 | Number(low)).toString(16)
