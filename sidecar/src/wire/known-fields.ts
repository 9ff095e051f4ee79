// The fields that a proxy must know, as small numbers: recognised once, while a head is read, so that nothing after it compares names.

import { FOLD } from './octets.js'

const names = [
  'host', 'content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect', 'te', 'trailer', 'keep-alive', 'proxy-connection', 'http2-settings', 'proxy-authorization',
  'proxy-authenticate', 'via', 'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'x-roster-deadline', 'x-roster-attempt', 'x-roster-reason',
  'date', 'retry-after', 'content-type', 'proxy-authentication-info',
] as const
export type KnownName = (typeof names)[number]

/** Number of a name, from 1; 0 is any other. */
export const field = Object.fromEntries(names.map((name, i) => [name, i + 1])) as Readonly<Record<KnownName, number>>

interface Entry { readonly id: number, readonly octets: Uint8Array }

const byLength: Entry[][] = []
names.forEach((name, i) => { (byLength[name.length] ??= []).push({ id: i + 1, octets: Buffer.from(name) }) })

/** The number of the name in these bytes; negative when it is that name only if `_` counts as `-`, which some readers think and others do not. */
export function knownField (bytes: Uint8Array, from: number, to: number): number {
  const entries = byLength[to - from]
  if (entries === undefined) return 0
  for (const { id, octets } of entries) {
    let i = 0
    while (i < octets.length && FOLD[bytes[from + i]!] === octets[i]) i++
    if (i < octets.length) continue
    for (let j = from; j < to; j++) if (bytes[j] === 95) return -id
    return id
  }
  return 0
}

/** Meant for the next hop alone (RFC 9110, 7.6.1, and what is treated so since RFC 2068). `TE` is put in again where it says `trailers`. */
export const hopByHop = new Set([field.connection, field['keep-alive'], field['proxy-connection'], field.te, field.upgrade, field['http2-settings'], field['proxy-authorization'], field['proxy-authenticate'], field['proxy-authentication-info']])
