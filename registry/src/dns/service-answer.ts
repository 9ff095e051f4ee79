// Records for instances of a service: SRV with targets and what belongs beside them, or addresses. Who is fit to be answered was decided before (instance.ts).

import { TYPE } from './codes.js'
import { chain } from './chain.js'
import { answersType, instanceLocation, nodeLocation, portOf, weightOf } from './instance.js'
import { toHex } from './ip-address.js'
import { below } from './names.js'
import { addressRecord, fullName, recordKey } from './record.js'
import { textRecords } from './text-records.js'
import type { Instance, Location } from './instance.js'
import type { IpBytes } from './ip-address.js'
import type { Question } from './lookup.js'
import type { ResourceRecord, Sections } from './record.js'
import type { DnsConfig } from '../config/runtime-config.js'

export interface ServiceAnswerContext {
  /** What names of ours end with, in the question's letter case. */
  readonly zone: string
  readonly datacenter: string
  /** Seconds, for every record of the answer. */
  readonly ttl: number
  /** Name of the port that SRV answers, '' for the service's own. */
  readonly port: string
  readonly config: DnsConfig
  /** Records of a name that stands where an address should. */
  readonly follow: (name: string) => readonly ResourceRecord[]
}

/** SRV priority of every instance: preference is said by weights alone. */
const PRIORITY = 1

/** @param rows in the order in which they are answered */
export function serviceAnswer (rows: readonly Instance[], question: Question, context: ServiceAnswerContext): Sections {
  return question.type === TYPE.SRV ? targets(rows, question, context) : addresses(rows, question, context)
}

/** Every address once; a name only where there is no address, and then only one (RFC 1034 3.6.2: a CNAME stands alone). */
function addresses (rows: readonly Instance[], question: Question, { ttl, config, follow }: ServiceAnswerContext): Sections {
  const answers: ResourceRecord[] = []
  const seen = new Set<string>()
  let name: string | undefined
  for (const row of rows) {
    const { text, ip } = locate(row, question)
    if (ip === undefined) {
      name ??= fullName(text)
      continue
    }
    if (!answersType(question.type, ip)) continue
    const key = toHex(ip)
    if (seen.has(key)) continue
    seen.add(key)
    answers.push(addressRecord(question.owner, ttl, ip))
    if (answers.length === config.aRecordLimit || answers.length === question.most) break
  }
  if (answers.length === 0 && name !== undefined) {
    answers.push({ name: question.owner, type: TYPE.CNAME, ttl, target: name }, ...chain(follow(name), question.edns, ttl))
  }
  return { answers, authority: [], additional: [] }
}

function targets (rows: readonly Instance[], question: Question, context: ServiceAnswerContext): Sections {
  const { zone, datacenter, ttl, config } = context
  const answers: ResourceRecord[] = []
  const additional = new Map<string, ResourceRecord>()
  const seen = new Set<string>()
  for (const row of rows) {
    const port = portOf(row, context.port)
    if (port === undefined) continue
    const nodeName = fullName(below(`${row.node.name}.node.${datacenter}`, zone))
    const { target, extras } = targetOf(locate(row, question), nodeName, question, context)
    // A name that cannot be written leaves its instance out, not the whole answer.
    if (target === undefined) continue
    const key = `${row.node.name} ${port} ${target}`
    if (seen.has(key)) continue
    seen.add(key)
    answers.push({ name: question.owner, type: TYPE.SRV, ttl, priority: PRIORITY, weight: weightOf(row), port: port & 0xffff, target })
    const texts = config.enableAdditionalNodeMetaTxt && nodeName !== undefined ? textRecords(nodeName, ttl, row.node) : []
    for (const record of [...extras, ...texts]) additional.set(recordKey(record), record)
    if (answers.length === question.most) break
  }
  return { answers, authority: [], additional: [...additional.values()] }
}

/** The name that an instance's address goes by, and the records that lead from there to the address. */
function targetOf (
  { text, ip, isNodesOwn }: Location, nodeName: string | undefined, question: Question, { zone, datacenter, ttl, follow }: ServiceAnswerContext
): { readonly target: string | undefined, readonly extras: readonly ResourceRecord[] } {
  if (ip === undefined) {
    const target = fullName(text)
    return { target, extras: target === undefined ? [] : chain(follow(target), question.edns, ttl) }
  }
  // A node whose name cannot be a DNS name is pointed to by its address.
  const target = isNodesOwn && nodeName !== undefined ? nodeName : addressName(ip, datacenter, zone)
  return { target, extras: [addressRecord(target, ttl, ip)] }
}

const addressName = (ip: IpBytes, datacenter: string, zone: string): string => below(`${toHex(ip)}.addr.${datacenter}`, zone)

/** An instance whose address is the very name that was asked is reached at its node. */
function locate (row: Instance, { name, type }: Question): Location {
  const own = instanceLocation(row, type)
  if (own.ip !== undefined || fullName(own.text) !== name) return own
  const node = nodeLocation(row.node, type)
  return node.ip === undefined ? own : node
}
