// Bodies while they pass: told where they are, changed nowhere. Every size line and every length is checked before its bytes are let through; what is no body any more is not touched.

import { faults } from './fault.js'
import type { Fault } from './fault.js'
import { FieldLines, scanFields } from './field-lines.js'
import type { Framing } from './framing.js'
import { CR, EXTENSION, HEX, LF } from './octets.js'

/** Digits of a chunk's size that fit into a number, leading zeros included. */
const MAX_SIZE_DIGITS = 12
/** Of all extensions of one chunk, bytes: nobody uses them for more than a signature. */
const MAX_EXTENSION = 256
/** Trailer section, bytes, and its fields. */
const MAX_TRAILERS = 8192
const MAX_TRAILER_FIELDS = 64

/**
 * - size      => size (digit) | extension (`;`) | sizeEnd (CR)
 * - extension => extension | sizeEnd (CR)
 * - sizeEnd   => data (size above 0) | trailers (size 0), with LF
 * - data      => data | dataEnd (all of it has come)
 * - dataEnd   => dataLf (CR)
 * - dataLf    => size (LF)
 * - trailers  => done (empty line)
 */
type ChunkState = 'size' | 'extension' | 'sizeEnd' | 'data' | 'dataEnd' | 'dataLf' | 'trailers'

/** Told of content without its framing. */
export type OnData = (bytes: Buffer, from: number, to: number) => void

export class Body {
  done: boolean
  fault: Fault | undefined
  /** Trailer fields, once `done`. */
  trailers: FieldLines | undefined
  /** After `feed`: up to here bytes may be handed on as they are. */
  passEnd = 0
  /** After `feed`: up to here bytes belong to this body. Between the two lies a trailer section, which is handed on only after a look at its fields. */
  end = 0
  /** Content so far, bytes. */
  content = 0
  #left: number
  #state: ChunkState = 'size'
  #digits = 0
  #extension = 0
  #held: Buffer | undefined
  #heldFrom = 0

  /** @param length bytes, for the framing `length` */
  constructor (readonly framing: Framing, length: number) {
    this.#left = framing === 'length' ? length : 0
    this.done = framing === 'none' || (framing === 'length' && length === 0)
  }

  /** Bytes that a `length` still waits for, or a chunk. */
  get left (): number { return this.#left }

  /**
   * Takes the next bytes, from `from` on. Afterwards `passEnd`, `end`, `done` and `fault` say what became of them. Not to be called once it is done or has a fault.
   * @param onData is told of content, piece by piece
   */
  feed (bytes: Buffer, from: number, onData?: OnData): void {
    if (this.framing === 'chunked') { this.#chunks(bytes, from, onData); return }
    const to = this.framing === 'close' ? bytes.length : Math.min(bytes.length, from + this.#left)
    if (this.framing === 'length') {
      this.#left -= to - from
      this.done = this.#left === 0
    }
    this.content += to - from
    this.passEnd = this.end = to
    if (to > from) onData?.(bytes, from, to)
  }

  #chunks (bytes: Buffer, from: number, onData: OnData | undefined): void {
    let i = from
    while (i < bytes.length) {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, i + this.#left)
        this.#left -= to - i
        this.content += to - i
        onData?.(bytes, i, to)
        i = to
        if (this.#left === 0) this.#state = 'dataEnd'
        continue
      }
      if (this.#state === 'trailers') { this.#readTrailers(bytes, i); return }
      const fault = this.#step(bytes[i]!)
      if (fault !== undefined) { this.#fail(fault, i); return }
      i++
    }
    this.passEnd = this.end = i
  }

  #fail (fault: Fault, at: number): void {
    this.fault = fault
    this.passEnd = this.end = at
  }

  /** One octet of a line between chunks. */
  #step (octet: number): Fault | undefined {
    switch (this.#state) {
      case 'size': {
        const digit = HEX[octet]!
        if (digit < 16) {
          if (++this.#digits > MAX_SIZE_DIGITS) return faults.chunkSize
          this.#left = this.#left * 16 + digit
          return undefined
        }
        if (this.#digits === 0 || (octet !== CR && octet !== 59)) return faults.chunkSize
        this.#state = octet === CR ? 'sizeEnd' : 'extension'
        return undefined
      }
      case 'extension':
        if (octet === CR) { this.#state = 'sizeEnd'; return undefined }
        return EXTENSION[octet] === 1 && ++this.#extension <= MAX_EXTENSION ? undefined : faults.chunkExtension
      case 'sizeEnd':
        if (octet !== LF) return faults.chunkSize
        this.#state = this.#left > 0 ? 'data' : 'trailers'
        this.#digits = this.#extension = 0
        return undefined
      case 'dataEnd':
        if (octet !== CR) return faults.chunkEnd
        this.#state = 'dataLf'
        return undefined
      default:
        if (octet !== LF) return faults.chunkEnd
        this.#state = 'size'
        return undefined
    }
  }

  /** The section is held until it is whole: a field of it may have to be left out. An empty one passes as it is. */
  #readTrailers (bytes: Buffer, from: number): void {
    if (this.#held === undefined && from + 1 < bytes.length && bytes[from] === CR && bytes[from + 1] === LF) {
      this.done = true
      this.passEnd = this.end = from + 2
      return
    }
    const before = this.#held?.length ?? 0
    const held = this.#held === undefined ? bytes.subarray(from) : Buffer.concat([this.#held, bytes.subarray(from)])
    this.passEnd = from
    this.end = bytes.length
    if (held.length >= 1 && held[0] === CR) {
      // Nothing, in two pieces.
      if (held.length === 1) { this.#held = held; return }
      if (held[1] !== LF) { this.#fail(faults.trailers, from); return }
      this.done = true
      this.trailers = new FieldLines('', [], 0)
      this.end = from + 2 - before
      return
    }
    const empty = held.indexOf('\r\n\r\n', Math.max(0, this.#heldFrom - 3), 'latin1')
    if (empty < 0 || empty > MAX_TRAILERS) {
      this.#held = held
      this.#heldFrom = held.length
      const bare = held.indexOf(LF)
      if (held.length > MAX_TRAILERS || (bare >= 0 && held[bare - 1] !== CR)) this.#fail(faults.trailers, from)
      return
    }
    const at: number[] = []
    if (scanFields(held, 0, empty + 2, 0, MAX_TRAILER_FIELDS, at) !== undefined) { this.#fail(faults.trailers, from); return }
    this.trailers = new FieldLines(held.toString('latin1', 0, empty + 2), at, empty + 2)
    this.done = true
    this.#held = undefined
    this.end = from + empty + 4 - before
  }
}
