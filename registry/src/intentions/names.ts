// Names of services as parameters of intentions write them: `web`, `namespace/web`, `partition/namespace/web`, and with `peer:name/` in front.

import type { ServiceName } from './decide.js'

const PEER = 'peer:'

/** The name, or what is wrong with it. @param peers a service of another cluster may be named */
export function parseServiceName (text: string, peers: boolean): ServiceName | string {
  if (text.startsWith(PEER) && !peers) return 'cannot specify a peer here'
  const parts = text.split('/')
  const peer = parts[0]!.startsWith(PEER) ? parts[0]!.slice(PEER.length) : ''
  switch (parts.length) {
    case 1: return parts[0]!.startsWith(PEER) ? 'need to specify the service name as well' : { namespace: '', name: text, peer }
    case 2: return { namespace: peer === '' ? parts[0]! : '', name: parts[1]!, peer }
    case 3: return { namespace: parts[1]!, name: parts[2]!, peer }
    default: return "input can contain at most two '/'"
  }
}
