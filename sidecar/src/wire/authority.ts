// Whom a request is for: `Host`, and the authority of a target. RFC 9110, 7.2; RFC 3986, 3.2. Names and IPv4 addresses, IPv6 addresses in brackets, an optional port; nothing else.

import { isIPv6 } from 'node:net'
import { HOST_NAME } from './octets.js'

export interface Authority {
  /** Without brackets. */
  readonly host: string
  /** `undefined` when not given. */
  readonly port: number | undefined
}

const MAX_HOST = 255

/** @returns whether the text is one */
export function isAuthority (text: string): boolean {
  let end: number
  if (text.charCodeAt(0) === 91) {
    end = text.indexOf(']')
    // Zones are for one host and have no place on the wire (RFC 6874).
    if (end < 0 || text.includes('%') || !isIPv6(text.slice(1, end))) return false
    end++
  } else {
    end = text.length
    for (let i = 0; i < text.length; i++) {
      const octet = text.charCodeAt(i)
      if (octet === 58) { end = i; break }
      if (HOST_NAME[octet] !== 1) return false
    }
    if (end === 0) return false
  }
  if (end > MAX_HOST) return false
  return end === text.length || isPort(text, end)
}

/** A colon and one to five digits, up to 65535. */
function isPort (text: string, colon: number): boolean {
  if (text.charCodeAt(colon) !== 58 || text.length === colon + 1 || text.length > colon + 6) return false
  let port = 0
  for (let i = colon + 1; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return false
    port = port * 10 + digit
  }
  return port > 0 && port <= 65535
}

/** Takes one apart that is well formed. @example splitAuthority('[::1]:8080') → { host: '::1', port: 8080 } */
export function splitAuthority (text: string): Authority {
  const bracket = text.indexOf(']')
  const colon = text.indexOf(':', bracket + 1)
  const host = colon < 0 ? text : text.slice(0, colon)
  return { host: bracket < 0 ? host : host.slice(1, -1), port: colon < 0 ? undefined : Number(text.slice(colon + 1)) }
}

/** Whether two mean the same: letter case does not matter, nor does the port that http has anyway. */
export function sameAuthority (a: string, b: string): boolean {
  return a === b || plain(a) === plain(b)
}

const plain = (text: string): string => text.toLowerCase().replace(/:80$/, '')
