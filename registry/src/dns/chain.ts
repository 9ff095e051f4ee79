// What may follow a CNAME or an SRV target in one answer.

import { TYPE } from './codes.js'
import type { ResourceRecord } from './record.js'

/** Records that follow one name for a client without EDNS, whose answers are small. */
const MAX_PLAIN = 5

/** @param ttl for all of them, in seconds: the service says how long its answer holds, wherever its parts come from */
export function chain (records: readonly ResourceRecord[], edns: boolean, ttl: number): ResourceRecord[] {
  const kept = records.filter(({ type }) => type === TYPE.CNAME || type === TYPE.A || type === TYPE.AAAA)
  return (edns ? kept : kept.slice(0, MAX_PLAIN)).map(record => ({ ...record, ttl }))
}

/** The same for a node's name: each record keeps its own time, and metadata comes along. */
export const nodeChain = (records: readonly ResourceRecord[], edns: boolean): readonly ResourceRecord[] => edns ? records : records.slice(0, MAX_PLAIN)
