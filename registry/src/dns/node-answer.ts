// Records for a node's name: its address, and its metadata as TXT.

import { nodeChain } from './chain.js'
import { TYPE } from './codes.js'
import { answersType, nodeLocation } from './instance.js'
import { addressRecord, fullName } from './record.js'
import { textRecords } from './text-records.js'
import type { Question } from './lookup.js'
import type { ResourceRecord, Sections } from './record.js'
import type { DnsSettings } from './settings.js'
import type { NodeRecord } from '../state/nodes.js'

/** For the types A, AAAA, ANY and TXT. Nodes are answered whatever their health: their names are for people and for SRV targets. */
export function nodeAnswer (node: NodeRecord, question: Question, { nodeTtl, config }: DnsSettings, follow: (name: string) => readonly ResourceRecord[]): Sections {
  const { owner, type } = question
  const texts = textRecords(owner, nodeTtl, node)
  if (type === TYPE.TXT) return { answers: texts, authority: [], additional: [] }
  const addresses = addressRecords(node, question, nodeTtl, follow)
  if (type === TYPE.ANY) return { answers: [...addresses, ...texts], authority: [], additional: [] }
  return { answers: addresses, authority: [], additional: config.enableAdditionalNodeMetaTxt ? texts : [] }
}

function addressRecords (node: NodeRecord, { owner, type, edns }: Question, ttl: number, follow: (name: string) => readonly ResourceRecord[]): ResourceRecord[] {
  const { text, ip } = nodeLocation(node, type)
  if (ip !== undefined) return answersType(type, ip) ? [addressRecord(owner, ttl, ip)] : []
  const target = fullName(text)
  return target === undefined ? [] : [{ name: owner, type: TYPE.CNAME, ttl, target }, ...nodeChain(follow(target), edns)]
}
