// Resource records as plain data, and the sections of an answer. Names are text with one dot at the end; encode.ts makes bytes of them.

import { TYPE } from './codes.js'
import type { IpBytes } from './ip-address.js'

/** The name that was asked, in the letter case of the question (written as a pointer to it). */
export const ASKED = '@'

export interface AddressRecord { readonly name: string, readonly type: typeof TYPE.A | typeof TYPE.AAAA, readonly ttl: number, readonly address: IpBytes }
export interface NameRecord { readonly name: string, readonly type: typeof TYPE.CNAME | typeof TYPE.NS | typeof TYPE.PTR, readonly ttl: number, readonly target: string }
export interface TextRecord { readonly name: string, readonly type: typeof TYPE.TXT, readonly ttl: number, readonly text: Uint8Array }
export interface SrvRecord {
  readonly name: string
  readonly type: typeof TYPE.SRV
  readonly ttl: number
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}
export interface SoaRecord {
  readonly name: string
  readonly type: typeof TYPE.SOA
  readonly ttl: number
  readonly primary: string
  readonly mailbox: string
  readonly serial: number
  /** Seconds, all four. */
  readonly refresh: number
  readonly retry: number
  readonly expire: number
  readonly minTtl: number
}

/** `ttl` in seconds. */
export type ResourceRecord = AddressRecord | NameRecord | TextRecord | SrvRecord | SoaRecord

export interface Sections {
  readonly answers: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  readonly additional: readonly ResourceRecord[]
}

export const EMPTY: Sections = { answers: [], authority: [], additional: [] }

export function addressRecord (name: string, ttl: number, address: IpBytes): AddressRecord {
  return { name, type: address.length === 4 ? TYPE.A : TYPE.AAAA, ttl, address }
}

/** Longest wire form of a name, its last zero included (RFC 1035 2.3.4). */
const MAX_NAME_BYTES = 255
const MAX_LABEL_BYTES = 63

/**
 * Text as a whole name with one dot at the end, or `undefined` when no name can be made of it (an empty or too long label, too long as a whole).
 * Whoever makes records of what people registered asks here; the encoder takes names as they are.
 */
export function fullName (text: string): string | undefined {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text
  const labels = bare.split('.')
  let bytes = 1
  for (const label of labels) {
    const length = Buffer.byteLength(label)
    if (length === 0 || length > MAX_LABEL_BYTES) return undefined
    bytes += length + 1
  }
  return bytes > MAX_NAME_BYTES ? undefined : `${bare}.`
}

/** What a record says, as text to compare by. */
export function recordKey (record: ResourceRecord): string {
  const head = `${record.type} ${record.name} `
  switch (record.type) {
    case TYPE.A: case TYPE.AAAA: return head + Buffer.from(record.address).toString('hex')
    case TYPE.TXT: return head + Buffer.from(record.text).toString('latin1')
    case TYPE.SRV: return `${head}${record.port} ${record.target}`
    case TYPE.SOA: return head
    default: return head + record.target
  }
}
