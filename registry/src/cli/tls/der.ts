// DER, as far as certificates need it: values in, bytes out, and back again one element at a time. Source: ITU-T X.690.

/** Identifier octets of the universal types used here. */
const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, sequence: 0x30, set: 0x31, utcTime: 0x17, generalizedTime: 0x18 } as const

export function element (tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

function lengthOf (length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = Buffer.from(length.toString(16).replace(/^(.(..)*)$/, '0$1'), 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => element(TAG.sequence, ...items)
export const set = (...items: readonly Uint8Array[]): Buffer => element(TAG.set, ...items)
export const octets = (bytes: Uint8Array): Buffer => element(TAG.octets, bytes)
export const utf8 = (text: string): Buffer => element(TAG.utf8, Buffer.from(text))
export const TRUE: Buffer = element(TAG.boolean, Buffer.from([0xff]))

/** A positive integer of any size, big-endian; a leading bit that is set would make it negative, so a zero comes before it. */
export function integer (bytes: Uint8Array): Buffer {
  const first = bytes.findIndex(byte => byte !== 0)
  const bare = first < 0 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first))
  return element(TAG.integer, bare[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bare]) : bare)
}

/** @param unused bits at the end of the last byte that say nothing */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => element(TAG.bits, Buffer.from([unused]), bytes)

/** @example oid('2.5.4.3') is the common name of a subject */
export function oid (dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]]
  return element(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128 (value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5); whole seconds. */
export function time (date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? element(TAG.utcTime, Buffer.from(digits.slice(2))) : element(TAG.generalizedTime, Buffer.from(digits))
}

/** A context-specific tag. @param constructed around whole elements, else in the place of one's own tag */
export const context = (number: number, constructed: boolean, ...contents: readonly Uint8Array[]): Buffer => element((constructed ? 0xa0 : 0x80) | number, ...contents)

export interface Element {
  readonly tag: number
  readonly content: Buffer
  /** The element with its tag and length. */
  readonly whole: Buffer
}

/** The elements that stand one after another in `bytes`. @throws RangeError for what is cut off or too long */
export function elements (bytes: Buffer): readonly Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!
    let length = bytes[at + 1] ?? 0xff
    let start = at + 2
    if (length >= 0x80) {
      const count = length & 0x7f
      if (count === 0 || count > 4 || start + count > bytes.length) throw new RangeError('DER: bad length')
      length = bytes.readUIntBE(start, count)
      start += count
    }
    const end = start + length
    if (end > bytes.length) throw new RangeError('DER: cut off')
    found.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) })
    at = end
  }
  return found
}
