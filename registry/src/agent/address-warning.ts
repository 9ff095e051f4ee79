// Which address a caller gets is never an accident: a registration without one, from another host, at a node that others know as loopback, would send
// every caller to itself. Pure.

import { isLoopback } from '../config/build/ip.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'

/** What is wrong and how to mend it, in one line; `undefined` when nothing is. */
export function addressWarning (body: Pick<ServiceBody, 'address'>, peer: string, { addresses }: RuntimeConfig): string | undefined {
  if (body.address !== '' || peer === '') return undefined
  const from = peer.replace(/^::ffff:/, '')
  if (from.startsWith('127.') || isLoopback(from) || !isLoopback(addresses.advertise)) return undefined
  return `registered without an address: callers will get ${addresses.advertise}, this node's own, which reaches no other host; ` +
    `set "Address": "${from}" in the registration, or start the agent with -advertise and an address that others reach`
}
