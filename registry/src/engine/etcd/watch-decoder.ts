// Answers of a watch, decoded in one pass without an object more than needed: a server that follows a busy store spends its time here.
// Field numbers as in messages.ts; the shape (events one after another, each with its key and value) is all that a watch ever sends.

import { Reader, WireError } from './wire.js'
import { readHeader } from './messages.js'

/** One change. `key` and `value` are lent from the answer. */
export interface WatchEvent {
  readonly removed: boolean
  readonly key: Buffer
  readonly value: Buffer
  /** etcd's revision of the change; changes of one transaction share it and stand together. */
  readonly mod: number
}

export interface WatchAnswer {
  /** etcd's revision when the answer was made. */
  readonly revision: number
  readonly created: boolean
  readonly canceled: boolean
  /** Above 0: what was asked for is compacted away up to here. */
  readonly compacted: number
  readonly reason: string
  readonly events: readonly WatchEvent[]
}

const NONE: readonly WatchEvent[] = []
const EMPTY: Buffer = Buffer.alloc(0)

/** @throws WireError */
export function decodeWatch (bytes: Buffer): WatchAnswer {
  const reader = new Reader(bytes)
  let revision = 0
  let created = false
  let canceled = false
  let compacted = 0
  let reason = ''
  let events: WatchEvent[] | undefined
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 90: (events ??= []).push(readEvent(reader)); break // events, 11
      case 10: revision = readHeader(reader.message()).revision; break
      case 24: created = reader.bool(); break
      case 32: canceled = reader.bool(); break
      case 40: compacted = reader.int(); break
      case 50: reason = reader.text(); break
      default: reader.skip(tag)
    }
  }
  return { revision, created, canceled, compacted, reason, events: events ?? NONE }
}

/** Reads with the one reader, bounded by hand: an event has a message inside, and two more readers an event would be the most expensive part. */
function readEvent (reader: Reader): WatchEvent {
  const end = reader.endOfField()
  let removed = false
  let key: Buffer = EMPTY
  let value: Buffer = EMPTY
  let mod = 0
  while (reader.at < end) {
    const tag = reader.int()
    if (tag === 8) removed = reader.int() === 1
    else if (tag === 18) {
      const kvEnd = reader.endOfField()
      while (reader.at < kvEnd) {
        const part = reader.int()
        if (part === 10) key = reader.lent()
        else if (part === 24) mod = reader.int()
        else if (part === 42) value = reader.lent()
        else reader.skip(part)
      }
      if (reader.at !== kvEnd) throw new WireError('a change is longer than it says')
    } else reader.skip(tag)
  }
  if (reader.at !== end) throw new WireError('a change is longer than it says')
  return { removed, key, value, mod }
}
