// A node's metadata as texts of TXT records (RFC 1464), and the records themselves.

import { TYPE } from './codes.js'
import type { NodeRecord } from '../state/nodes.js'
import type { TextRecord } from './record.js'

/** Keys that begin so hold whole texts rather than attributes. */
const BARE_PREFIX = 'rfc1035-'

export function textRecords (name: string, ttl: number, node: NodeRecord): TextRecord[] {
  return Object.entries(node.meta ?? {}).map(([key, value]) => ({ name, type: TYPE.TXT, ttl, text: Buffer.from(metaText(key, value)) }))
}

/**
 * @example metaText('rack', 'r1') === 'rack=r1'; metaText('a=b', '`') === 'a`=b=``'; metaText('rfc1035-note', 'hello') === 'hello'
 */
export function metaText (key: string, value: string): string {
  if (key.toLowerCase().startsWith(BARE_PREFIX)) return value
  const quoted = key.replace(/[`=]/g, '`$&').replace(/^ +| +$/g, blanks => '` '.repeat(blanks.length))
  return `${quoted}=${value.replaceAll('`', '``')}`
}
