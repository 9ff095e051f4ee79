// IP addresses as the bytes of A and AAAA records: from text, from the hex names under `addr`, from reverse names; and back to one canonical text.

import { isIPv4, isIPv6 } from 'node:net'

/** 4 or 16 bytes. */
export type IpBytes = Uint8Array

const HEX4 = /^[0-9a-f]{8}$/i
const HEX6 = /^[0-9a-f]{32}$/i

/** Text is an address and not a name. */
export const isIp = (text: string): boolean => isIPv4(text) || (isIPv6(text) && !text.includes('%')) // a zone (`fe80::1%eth0`) means nothing elsewhere

/** Bytes of an address written as text; `undefined` for whatever is a name. An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. */
export function parseIp (text: string): IpBytes | undefined {
  if (isIPv4(text)) return parseIpv4(text)
  if (!isIp(text)) return undefined
  const bytes = parseIpv6(text)
  return isMapped(bytes) ? bytes.slice(12) : bytes
}

/** Digit by digit: a question for ten instances reads ten of them. */
function parseIpv4 (text: string): IpBytes {
  const bytes = Buffer.allocUnsafe(4)
  let at = 0
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2e) {
      bytes[at++] = n
      n = 0
    } else n = n * 10 + code - 0x30
  }
  bytes[at] = n
  return bytes
}

function parseIpv6 (text: string): IpBytes {
  const bytes = new Uint8Array(16)
  const [head = '', tail] = text.split('::')
  put(bytes, 0, groups(head))
  if (tail !== undefined) {
    const end = groups(tail)
    put(bytes, 16 - end.length, end)
  }
  return bytes
}

/** Colon-separated groups as bytes; the last one may be an IPv4 address. */
function groups (text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap(group => {
    if (group.includes('.')) return group.split('.').map(Number)
    const n = parseInt(group, 16)
    return [n >> 8, n & 255]
  })
}

const put = (bytes: Uint8Array, at: number, values: readonly number[]): void => { bytes.set(values, at) }

const isMapped = (bytes: IpBytes): boolean => bytes[10] === 255 && bytes[11] === 255 && bytes.subarray(0, 10).every(b => b === 0)

/** As text: dotted, or eight groups without abbreviation. */
export function formatIp (bytes: IpBytes): string {
  return bytes.length === 4 ? bytes.join('.') : toHex(bytes).match(/.{4}/g)!.join(':')
}

/** As in names under `addr`: 8 or 32 hex digits, small letters. */
export const toHex = (bytes: IpBytes): string => Buffer.from(bytes).toString('hex')

/** Undoes `toHex`, in any letter case. */
export function fromHex (text: string): IpBytes | undefined {
  return HEX4.test(text) || HEX6.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : undefined
}

/**
 * The address that a reverse name stands for (RFC 1035 3.5, RFC 3596 2.5).
 * @param labels of the whole name, such as `['1', '2', '0', '192', 'in-addr', 'arpa']`
 */
export function fromReverse (labels: readonly string[]): IpBytes | undefined {
  const kind = labels.at(-2)?.toLowerCase()
  const parts = labels.slice(0, -2).reverse()
  if (kind === 'in-addr') return parts.length === 4 && isIPv4(parts.join('.')) ? parseIpv4(parts.join('.')) : undefined
  if (kind === 'ip6' && parts.length === 32 && parts.every(p => p.length === 1)) return fromHex(parts.join(''))
  return undefined
}
