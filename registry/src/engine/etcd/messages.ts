// The few messages of etcd's API version 3 that Roster speaks, written and read by hand.
// Source: api/etcdserverpb/rpc.proto and api/mvccpb/kv.proto of etcd; field numbers are those. Tags below are "field * 8 + wire type".

import { Reader, Writer } from './wire.js'
import type { Uint64 } from './wire.js'

const field = (number: number, type: 0 | 2): number => number * 8 + type

/** A key and its value as etcd stores them. `key` and `value` are lent from the answer. */
export interface KeyValue {
  readonly key: Buffer
  readonly value: Buffer
  /** etcd's revision of the last change. */
  readonly mod: number
  readonly lease: Uint64
}

export function readKeyValue (reader: Reader): KeyValue {
  let key: Buffer = EMPTY
  let value: Buffer = EMPTY
  let mod = 0
  let lease = '0'
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case field(1, 2): key = reader.lent(); break
      case field(3, 0): mod = reader.int(); break
      case field(5, 2): value = reader.lent(); break
      case field(6, 0): lease = reader.uint64(); break
      default: reader.skip(tag)
    }
  }
  return { key, value, mod, lease }
}

const EMPTY: Buffer = Buffer.alloc(0)

/** Revision and member of an answer's header. */
export interface Header { readonly revision: number, readonly member: Uint64 }

const NO_HEADER: Header = { revision: 0, member: '0' }

export function readHeader (reader: Reader): Header {
  let revision = 0
  let member = '0'
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field(3, 0)) revision = reader.int()
    else if (tag === field(2, 0)) member = reader.uint64()
    else reader.skip(tag)
  }
  return { revision, member }
}

// === KV ===

export interface RangeRequest {
  readonly key: Uint8Array
  /** Absent: the one key. */
  readonly end?: Uint8Array
  readonly limit?: number
  /** etcd's revision as of which is read; absent: the newest. */
  readonly revision?: number
  readonly keysOnly?: boolean
}

export const encodeRange = ({ key, end, limit, revision, keysOnly }: RangeRequest): Buffer =>
  new Writer().bytes(1, key).bytes(2, end ?? EMPTY).int(3, limit ?? 0).int(4, revision ?? 0).bool(8, keysOnly ?? false).finish()

export interface RangeResponse { readonly header: Header, readonly kvs: readonly KeyValue[], readonly more: boolean }

export const decodeRange = (bytes: Buffer): RangeResponse => readRange(new Reader(bytes))

function readRange (reader: Reader): RangeResponse {
  let header = NO_HEADER
  const kvs: KeyValue[] = []
  let more = false
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case field(1, 2): header = readHeader(reader.message()); break
      case field(2, 2): kvs.push(readKeyValue(reader.message())); break
      case field(3, 0): more = reader.bool(); break
      default: reader.skip(tag)
    }
  }
  return { header, kvs, more }
}

/** What must hold of the key's (or of every key's of a range) last change. */
export interface Compare {
  readonly key: Uint8Array
  readonly end?: Uint8Array
  readonly mod: number
  /** `equal`: changed last at `mod` (0: absent). `less`: before `mod`. */
  readonly is: 'equal' | 'less'
}

const COMPARE_RESULT = { equal: 0, less: 2 } as const
const COMPARE_MOD = 2

const encodeCompare = ({ key, end, mod, is }: Compare): Buffer =>
  new Writer().int(1, COMPARE_RESULT[is]).int(2, COMPARE_MOD).bytes(3, key).int(6, mod).bytes(64, end ?? EMPTY).finish()

export type Op =
  | { readonly put: Uint8Array, readonly value: Uint8Array, readonly lease?: Uint64 }
  | { readonly remove: Uint8Array, readonly end?: Uint8Array }
  | { readonly range: RangeRequest }

function encodeOp (op: Op): Buffer {
  if ('put' in op) return new Writer().message(2, new Writer().bytes(1, op.put).bytes(2, op.value).uint64(3, op.lease ?? '0').finish()).finish()
  if ('remove' in op) return new Writer().message(3, new Writer().bytes(1, op.remove).bytes(2, op.end ?? EMPTY).finish()).finish()
  return new Writer().message(1, encodeRange(op.range)).finish()
}

export interface TxnRequest {
  readonly compares?: readonly Compare[]
  readonly then: readonly Op[]
  readonly otherwise?: readonly Op[]
}

export function encodeTxn ({ compares = [], then, otherwise = [] }: TxnRequest): Buffer {
  const writer = new Writer()
  for (const compare of compares) writer.message(1, encodeCompare(compare))
  for (const op of then) writer.message(2, encodeOp(op))
  for (const op of otherwise) writer.message(3, encodeOp(op))
  return writer.finish()
}

/** `ranges`: what the range operations of the branch that ran have read, in order. */
export interface TxnResponse { readonly header: Header, readonly succeeded: boolean, readonly ranges: readonly RangeResponse[] }

export function decodeTxn (bytes: Buffer): TxnResponse {
  const reader = new Reader(bytes)
  let header = NO_HEADER
  let succeeded = false
  const ranges: RangeResponse[] = []
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case field(1, 2): header = readHeader(reader.message()); break
      case field(2, 0): succeeded = reader.bool(); break
      case field(3, 2): {
        const op = reader.message()
        const kind = op.tag()
        if (kind === field(1, 2)) ranges.push(readRange(op.message()))
        break
      }
      default: reader.skip(tag)
    }
  }
  return { header, succeeded, ranges }
}

// === watch: requests; answers are watch-decoder.ts's ===

/** One watch over a range, from a revision on, with notifications of progress. */
export const encodeWatchCreate = (key: Uint8Array, end: Uint8Array, from: number): Buffer =>
  new Writer().message(1, new Writer().bytes(1, key).bytes(2, end).int(3, from).bool(4, true).finish()).finish()

/** Asks for the watch's progress, which comes as an answer without events. */
export const WATCH_PROGRESS = new Writer().message(3, EMPTY).finish()

// === leases ===

export const encodeLeaseGrant = (ttlSeconds: number): Buffer => new Writer().int(1, ttlSeconds).finish()
export const encodeLease = (id: Uint64): Buffer => new Writer().uint64(1, id).finish()

/** Of a grant and of a renewal; a TTL of 0 says that there is no such lease. */
export function decodeLease (bytes: Buffer): { readonly id: Uint64, readonly ttlSeconds: number } {
  const reader = new Reader(bytes)
  let id = '0'
  let ttlSeconds = 0
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field(2, 0)) id = reader.uint64()
    else if (tag === field(3, 0)) ttlSeconds = reader.int()
    else reader.skip(tag)
  }
  return { id, ttlSeconds }
}

// === maintenance and members ===

export interface Status {
  readonly version: string
  /** Bytes of the store. */
  readonly dbSize: number
  /** '0' when there is none. */
  readonly leader: Uint64
  readonly member: Uint64
  readonly raftTerm: number
  readonly raftIndex: number
  /** Alarms such as `NOSPACE`, and the lack of a leader. */
  readonly errors: readonly string[]
}

export function decodeStatus (bytes: Buffer): Status {
  const reader = new Reader(bytes)
  const status = { version: '', dbSize: 0, leader: '0', member: '0', raftTerm: 0, raftIndex: 0, errors: [] as string[] }
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case field(1, 2): status.member = readHeader(reader.message()).member; break
      case field(2, 2): status.version = reader.text(); break
      case field(3, 0): status.dbSize = reader.int(); break
      case field(4, 0): status.leader = reader.uint64(); break
      case field(5, 0): status.raftIndex = reader.int(); break
      case field(6, 0): status.raftTerm = reader.int(); break
      case field(8, 2): status.errors.push(reader.text()); break
      default: reader.skip(tag)
    }
  }
  return status
}

export interface Member { readonly id: Uint64, readonly name: string, readonly clientUrls: readonly string[], readonly peerUrls: readonly string[], readonly learner: boolean }

export function decodeMembers (bytes: Buffer): readonly Member[] {
  const reader = new Reader(bytes)
  const members: Member[] = []
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field(2, 2)) members.push(readMember(reader.message()))
    else reader.skip(tag)
  }
  return members
}

function readMember (reader: Reader): Member {
  const member = { id: '0', name: '', clientUrls: [] as string[], peerUrls: [] as string[], learner: false }
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case field(1, 0): member.id = reader.uint64(); break
      case field(2, 2): member.name = reader.text(); break
      case field(3, 2): member.peerUrls.push(reader.text()); break
      case field(4, 2): member.clientUrls.push(reader.text()); break
      case field(5, 0): member.learner = reader.bool(); break
      default: reader.skip(tag)
    }
  }
  return member
}

// === auth ===

export const encodeAuthenticate = (name: string, password: string): Buffer => new Writer().text(1, name).text(2, password).finish()

export function decodeToken (bytes: Buffer): string {
  const reader = new Reader(bytes)
  let token = ''
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field(2, 2)) token = reader.text()
    else reader.skip(tag)
  }
  return token
}

/** For what says nothing, and for answers that nothing is read of. */
export const NOTHING = EMPTY
