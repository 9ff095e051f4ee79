// The protocol buffers wire format, as far as etcd's messages need it: varints, lengths and fields. It knows no message; messages.ts does.
// Source: https://protobuf.dev/programming-guides/encoding/

/** A number of 64 bits as text: ids of members and leases do not fit a double. */
export type Uint64 = string

const TWO_32 = 2 ** 32

/** Writes one message. Fields that hold their default (0, false, nothing) are left out, as proto3 does. */
export class Writer {
  readonly #parts: Uint8Array[] = []
  #open: Buffer = Buffer.allocUnsafe(256)
  #at = 0
  #closed = 0

  /** Bytes written so far. */
  get length (): number { return this.#closed + this.#at }

  /** A whole number from 0 to 2^53. */
  int (field: number, value: number): this {
    if (value === 0) return this
    this.#tag(field, 0)
    this.#varint(value)
    return this
  }

  bool (field: number, value: boolean): this { return this.int(field, value ? 1 : 0) }

  uint64 (field: number, value: Uint64): this {
    let rest = BigInt.asUintN(64, BigInt(value))
    if (rest === 0n) return this
    this.#tag(field, 0)
    this.#room(10)
    while (rest > 127n) {
      this.#open[this.#at++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.#open[this.#at++] = Number(rest)
    return this
  }

  bytes (field: number, value: Uint8Array): this {
    if (value.length === 0) return this
    return this.message(field, value)
  }

  text (field: number, value: string): this { return this.bytes(field, Buffer.from(value)) }

  /** A message inside, which may be empty: its presence says something. Large ones are not copied before `finish`. */
  message (field: number, value: Uint8Array): this {
    this.#tag(field, 2)
    this.#varint(value.length)
    if (value.length > 1024) {
      this.#close()
      this.#parts.push(value)
      this.#closed += value.length
    } else {
      this.#room(value.length)
      this.#open.set(value, this.#at)
      this.#at += value.length
    }
    return this
  }

  finish (): Buffer {
    if (this.#parts.length === 0) return this.#open.subarray(0, this.#at)
    this.#close()
    return Buffer.concat(this.#parts, this.#closed)
  }

  #close (): void {
    this.#parts.push(this.#open.subarray(0, this.#at))
    this.#closed += this.#at
    this.#open = Buffer.allocUnsafe(256)
    this.#at = 0
  }

  #tag (field: number, type: number): void { this.#varint(field * 8 + type) }

  #varint (value: number): void {
    this.#room(10)
    this.#at = writeVarint(this.#open, this.#at, value)
  }

  #room (bytes: number): void {
    if (this.#at + bytes <= this.#open.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#open.length * 2, this.#at + bytes))
    this.#open.copy(larger, 0, 0, this.#at)
    this.#open = larger
  }
}

/** Writes a whole number from 0 to 2^53; gives the position behind it. There must be room for 8 bytes. */
export function writeVarint (bytes: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    bytes[at++] = (value % 128) | 128
    value = Math.floor(value / 128)
  }
  bytes[at++] = value
  return at
}

export class WireError extends Error {}

/** Reads one message, or the part of one between `at` and `end`. */
export class Reader {
  readonly bytes: Buffer
  at: number
  readonly end: number

  constructor (bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** The next field's number times 8 plus its wire type; 0 at the end. */
  tag (): number { return this.at >= this.end ? 0 : this.int() }

  /** A varint as a double: exact to 2^53, which revisions never reach; negative ones come out huge. @throws WireError */
  int (): number {
    const { bytes } = this
    let byte = this.#byte()
    if (byte < 128) return byte
    let low = byte & 127
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.#byte()
      low |= (byte & 127) << shift
      if (byte < 128) return low
    }
    // Four bits still belong to the low half.
    byte = this.#byte()
    low = (low | (byte & 15) << 28) >>> 0
    let high = (byte & 127) >> 4
    for (let shift = 3; byte > 127; shift += 7) {
      if (shift > 31 || this.at >= bytes.length) throw new WireError('a number has no end')
      byte = this.#byte()
      high = (high | (byte & 127) << shift) >>> 0
    }
    return high * TWO_32 + low
  }

  uint64 (): Uint64 {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value).toString()
    }
    throw new WireError('a number has no end')
  }

  bool (): boolean { return this.int() !== 0 }

  /** Where a field with a length ends; reading goes on at its first byte. @throws WireError */
  endOfField (): number {
    const length = this.int()
    const end = this.at + length
    if (end > this.end) throw new WireError('a field is longer than its message')
    return end
  }

  /** Lent: part of the message. */
  lent (): Buffer {
    const end = this.endOfField()
    const part = this.bytes.subarray(this.at, end)
    this.at = end
    return part
  }

  text (): string {
    const end = this.endOfField()
    const text = this.bytes.toString('utf8', this.at, end)
    this.at = end
    return text
  }

  /** The message inside. */
  message (): Reader {
    const end = this.endOfField()
    const reader = new Reader(this.bytes, this.at, end)
    this.at = end
    return reader
  }

  /** Steps over a field that is not of interest. @throws WireError */
  skip (tag: number): void {
    switch (tag & 7) {
      case 0: this.uint64(); break
      case 1: this.at += 8; break
      case 2: this.at = this.endOfField(); break
      case 5: this.at += 4; break
      default: throw new WireError(`a field has wire type ${tag & 7}`)
    }
    if (this.at > this.end) throw new WireError('a field is longer than its message')
  }

  #byte (): number {
    if (this.at >= this.end) throw new WireError('a number has no end')
    return this.bytes[this.at++]!
  }
}
