// Requests that a local agent hands on: on whose node they are meant, where the request itself does not say. It gives no rights: whoever may ask at all may
// say the same in the request.

import type { IncomingHttpHeaders } from 'node:http'

/** Name of the agent's node. */
export const AGENT_HEADER = 'x-roster-agent'
/** Where the agent's caller is reached: its own address, or the node's where it is on the same host. */
export const CALLER_HEADER = 'x-roster-caller'
/** In the answer: the revision that the agent has to have folded before its caller is answered, who then reads its own write there. */
export const REVISION_HEADER = 'X-Roster-Revision'

export interface OnBehalf {
  readonly node: string
  readonly address: string
}

/** `undefined` for a request that came straight from whoever made it. */
export function onBehalfOf (headers: IncomingHttpHeaders): OnBehalf | undefined {
  const node = headers[AGENT_HEADER]
  return typeof node === 'string' && node !== '' ? { node, address: String(headers[CALLER_HEADER] ?? '') } : undefined
}
