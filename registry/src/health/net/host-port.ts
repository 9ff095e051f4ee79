// Host and port in one text, split and joined the way Go does, its refusals included.

import { NetError } from './net-error.js'

export interface HostPort { readonly host: string, readonly port: number }

/**
 * @param target `host:port`, `[::1]:port` or `:port`
 * @throws NetError with Go's words, without the `dial tcp: ` that the caller puts before it
 */
export function splitHostPort (target: string): HostPort {
  const colon = target.lastIndexOf(':')
  const fail = (why: string): never => { throw new NetError(`address ${target}: ${why}`) }
  if (colon === -1) return fail('missing port in address')
  let host = target.slice(0, colon)
  if (host.startsWith('[')) {
    const end = target.indexOf(']')
    if (end === -1) return fail("missing ']' in address")
    if (end + 1 === target.length) return fail('missing port in address')
    if (end + 1 !== colon) return fail(target[end + 1] === ':' ? 'too many colons in address' : 'missing port in address')
    host = target.slice(1, end)
  } else if (host.includes(':')) return fail('too many colons in address')
  return { host, port: parsePort(target.slice(colon + 1)) }
}

function parsePort (text: string): number {
  if (text === '') return 0
  if (!/^[+-]?\d+$/.test(text)) throw new NetError(`lookup tcp/${text}: unknown port`)
  const port = Number(text)
  if (port < 0 || port > 65535) throw new NetError(`address ${text}: invalid port`)
  return port
}

/** `[::1]:80` for an IPv6 address, `127.0.0.1:80` for the rest. */
export const joinHostPort = (host: string, port: number): string => host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
