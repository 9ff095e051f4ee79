// Walks the pages of an LMDB file before LMDB itself is let near it: LMDB maps the file and trusts what it reads, so that a damaged or shortened one ends
// the process with a signal where there should be a message. What it is not: a check of the contents; records carry their own checksums (record.ts).
//
// Laws that a whole file keeps, and a damaged one breaks:
//   - two roots, written in turn: their transaction numbers follow one another, and each lies in its place;
//   - every page lies inside the file, says its own number, and is reached once: from a tree or from the list of free pages;
//   - what a page says of itself (kind, bounds, counts) holds, and adds up to what the root says.
//
// The layout is that of lmdb-root.ts, and struct MDB_node of mdb.c.

import { closeSync, fstatSync, openSync } from 'node:fs'
import { HEADER, damaged, isReadable, newestRoot, readPart } from './lmdb-root.js'
import type { Root, Tree } from './lmdb-root.js'

const BRANCH = 1
const LEAF = 2
const OVERFLOW = 4
const BIG_DATA = 1
const NO_ROOT = 0xffffffffffffffffn

/**
 * @param file path of LMDB's data file; nobody may be writing to it
 * @throws EngineError `DAMAGED`; the file system's error when it cannot be read
 */
export function auditPages (file: string): void {
  if (!isReadable) return
  const fd = openSync(file, 'r')
  try {
    new Audit(fd, fstatSync(fd).size).run()
  } finally {
    closeSync(fd)
  }
}

class Audit {
  readonly #fd: number
  readonly #size: number
  #root!: Root
  /** One byte a page: whether it was reached. */
  #reached!: Uint8Array

  constructor (fd: number, size: number) {
    this.#fd = fd
    this.#size = size
  }

  run (): void {
    this.#root = newestRoot(this.#fd)
    const { pageSize, lastPage, free, main } = this.#root
    // Pages behind the last one that a tree uses may be on the free list without ever having been written, so the size is only an upper bound here.
    if (!Number.isSafeInteger(lastPage) || lastPage < 1 || lastPage > this.#size / pageSize + 1e6) throw damaged('its root is damaged')
    this.#reached = new Uint8Array(lastPage + 1)
    this.#reached.fill(1, 0, 2)
    this.#walk(main, ignore)
    this.#walk(free, value => this.#freePages(value))
  }

  /** Visits every page of a tree; `value` is given each leaf's contents. */
  #walk (tree: Tree, value: (bytes: Buffer) => void): void {
    const found = { branches: 0, leaves: 0, overflows: 0, entries: 0 }
    const visit = (number: bigint, depth: number): void => {
      const page = this.#page(number)
      const kind = page.readUInt16LE(18)
      const lower = page.readUInt16LE(20)
      const upper = page.readUInt16LE(22)
      if ((kind !== BRANCH && kind !== LEAF) || (kind === LEAF) !== (depth === tree.depth) || lower > upper || upper > page.length - HEADER || lower % 2 !== 0) throw damaged(`page ${number} is damaged`)
      found[kind === BRANCH ? 'branches' : 'leaves']++
      for (let i = 0; i < lower / 2; i++) {
        const at = HEADER + page.readUInt16LE(HEADER + 2 * i)
        const dataAt = at + 8 + (at + 8 <= page.length ? page.readUInt16LE(at + 6) : 0)
        if (at < HEADER + upper || dataAt > page.length) throw damaged(`page ${number} is damaged`)
        const low = page.readUInt32LE(at)
        const flags = page.readUInt16LE(at + 4)
        if (kind === BRANCH) {
          visit(BigInt(low) + (BigInt(flags) << 32n), depth + 1)
          continue
        }
        found.entries++
        if (flags === 0 && dataAt + low <= page.length) value(page.subarray(dataAt, dataAt + low))
        else if (flags === BIG_DATA && dataAt + 24 <= page.length) found.overflows += this.#overflow(page.readBigUInt64LE(dataAt), page.readBigUInt64LE(dataAt + 16), low, value)
        else throw damaged(`page ${number} is damaged`)
      }
    }
    if (tree.root !== NO_ROOT) visit(tree.root, 1)
    for (const name of ['branches', 'leaves', 'overflows', 'entries'] as const) {
      if (found[name] !== tree[name]) throw damaged(`it has ${found[name]} ${name} where its root says ${tree[name]}`)
    }
  }

  /** A value too large for a leaf: pages in a row, the first with a header. Gives how many. */
  #overflow (first: bigint, count: bigint, bytes: number, value: (bytes: Buffer) => void): number {
    const { pageSize } = this.#root
    const page = this.#page(first)
    const pages = Math.floor((HEADER - 1 + bytes) / pageSize) + 1
    if (page.readUInt16LE(18) !== OVERFLOW || BigInt(pages) !== count || page.readUInt32LE(20) !== pages) throw damaged(`page ${first} is damaged`)
    for (let i = 1n; i < count; i++) this.#reach(first + i)
    const at = Number(first) * pageSize
    if (at + HEADER + bytes > this.#size) throw damaged('it is shorter than it was written')
    if (bytes > 0 && value !== ignore) value(readPart(this.#fd, at + HEADER, bytes))
    return pages
  }

  /** An entry of the free list: a count, then page numbers; one below zero says how many pages in a row start at the next. */
  #freePages (bytes: Buffer): void {
    if (bytes.length < 8 || bytes.length % 8 !== 0) throw damaged('its list of free pages is damaged')
    const length = bytes.readBigUInt64LE(0)
    if (length > BigInt(bytes.length / 8 - 1)) throw damaged('its list of free pages is damaged')
    let run = 1n
    for (let i = 1; i <= Number(length); i++) {
      const number = bytes.readBigInt64LE(8 * i)
      if (number < 0n) run = -number
      else if (number > 0n) {
        for (let page = number; page < number + run; page++) this.#reach(page)
        run = 1n
      }
    }
  }

  #page (number: bigint): Buffer {
    this.#reach(number)
    const page = readPart(this.#fd, Number(number) * this.#root.pageSize, this.#root.pageSize)
    if (page.readBigUInt64LE(0) !== number || page.readBigUInt64LE(8) > this.#root.transaction) throw damaged(`page ${number} is damaged`)
    return page
  }

  #reach (number: bigint): void {
    if (number < 2n || number > BigInt(this.#root.lastPage)) throw damaged(`it points to page ${number}, which is not there`)
    if (this.#reached[Number(number)] === 1) throw damaged(`page ${number} is used twice`)
    this.#reached[Number(number)] = 1
  }
}

const ignore = (): void => {}
