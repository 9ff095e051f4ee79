// The roots of an LMDB file, read without LMDB: where its trees begin and how far they reach. Used before LMDB opens the file (audit.ts) and beside it (room.ts).
//
// Follows LMDB's layout, version 2 of the data format, on 64-bit little-endian machines: structs MDB_page, MDB_meta and MDB_db of its mdb.c. The file begins
// with two root pages that are written in turn: transaction N writes page N % 2.

import { readSync } from 'node:fs'
import { endianness } from 'node:os'
import { EngineError } from './engine.js'

export interface Tree {
  readonly root: bigint
  readonly depth: number
  readonly branches: number
  readonly leaves: number
  readonly overflows: number
  readonly entries: number
}

export interface Root {
  readonly pageSize: number
  /** Number of the last page in use; the file may be longer. */
  readonly lastPage: number
  readonly transaction: bigint
  /** Free pages, by the transaction that freed them. */
  readonly free: Tree
  readonly main: Tree
}

/** Bytes of a page's header. */
export const HEADER = 24
const META_BYTES = 168
const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
const META = 8
const INTEGER_KEY = 8

/** Machines whose LMDB files have another layout are left to LMDB's own checks. */
export const isReadable = endianness() === 'LE' && !['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch)

/**
 * The root of the last transaction.
 * @throws EngineError `DAMAGED` when the two roots do not follow one another; the file system's error
 */
export function newestRoot (fd: number): Root {
  const first = readPart(fd, 0, HEADER + META_BYTES)
  const pageSize = first.readUInt32LE(48)
  if (pageSize < 256 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) throw damaged('its root is damaged')
  const even = rootOf(first, 0, pageSize)
  const odd = rootOf(readPart(fd, pageSize, HEADER + META_BYTES), 1, pageSize)
  if (even.transaction === 0n && odd.transaction === 0n) return even // nothing was ever written
  const apart = even.transaction - odd.transaction
  if (even.transaction % 2n !== 0n || odd.transaction % 2n !== 1n || (apart !== 1n && apart !== -1n)) throw damaged('its two roots do not belong together')
  return apart > 0n ? even : odd
}

function rootOf (page: Buffer, number: number, pageSize: number): Root {
  if (page.readUInt16LE(18) !== META || page.readBigUInt64LE(0) !== BigInt(number) || page.readUInt32LE(24) !== MAGIC || page.readUInt32LE(48) !== pageSize) throw damaged('its root is damaged')
  // Flags turn on ways of working that this file was not written for; the free list is keyed by numbers, and nothing is mapped to a fixed address.
  if (page.readUInt16LE(52) !== INTEGER_KEY || page.readUInt16LE(100) !== 0 || page.readBigUInt64LE(32) !== 0n) throw damaged('its root is damaged')
  const version = page.readUInt32LE(28) & 0xffff
  if (version !== DATA_VERSION) throw damaged(`it has LMDB data format ${version}, not ${DATA_VERSION}`)
  return { pageSize, lastPage: Number(page.readBigUInt64LE(144)), transaction: page.readBigUInt64LE(152), free: treeOf(page, 48), main: treeOf(page, 96) }
}

function treeOf (page: Buffer, at: number): Tree {
  const count = (offset: number): number => Number(page.readBigUInt64LE(at + offset))
  return { depth: page.readUInt16LE(at + 6), branches: count(8), leaves: count(16), overflows: count(24), entries: count(32), root: page.readBigUInt64LE(at + 40) }
}

/** @throws EngineError `DAMAGED` when the file ends before */
export function readPart (fd: number, at: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes)
  for (let done = 0; done < bytes;) {
    const count = readSync(fd, buffer, done, bytes - done, at + done)
    if (count === 0) throw damaged('it is shorter than it was written')
    done += count
  }
  return buffer
}

export const damaged = (what: string): EngineError => new EngineError('DAMAGED', what)
