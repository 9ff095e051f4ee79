// The lines of a head or trailer section: where each name and value stands. Positions instead of texts, since nearly all are handed on as they are.

import { faults } from './fault.js'
import type { Fault } from './fault.js'
import { knownField } from './known-fields.js'
import { COLON, CR, FIELD, HTAB, LF, SP, TOKEN } from './octets.js'

/** Numbers for each line: begin and end of its name, begin and end of its value (without white space around it), number of the known field. */
export const STRIDE = 5

/**
 * Reads lines until `end`.
 * @param end after the CR LF of the last line; another CR LF must follow, which is what keeps every loop within the bytes
 * @param base what positions count from
 * @param at gets `STRIDE` numbers for each line
 */
export function scanFields (bytes: Uint8Array, from: number, end: number, base: number, max: number, at: number[]): Fault | undefined {
  let i = from
  let left = max
  while (i < end) {
    if (left-- <= 0) return faults.manyFields
    const nameStart = i
    while (TOKEN[bytes[i]!] === 1) i++
    if (bytes[i] !== COLON || i === nameStart) return nameFault(bytes, nameStart, i)
    const nameEnd = i++
    while (bytes[i] === SP || bytes[i] === HTAB) i++
    const valueStart = i
    while (FIELD[bytes[i]!] === 1) i++
    if (bytes[i] !== CR || bytes[i + 1] !== LF) return bytes[i] === CR || bytes[i] === LF ? faults.lineEnd : faults.fieldValue
    let valueEnd = i
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--
    const known = knownField(bytes, nameStart, nameEnd)
    if (known < 0) return faults.ambiguousName
    at.push(nameStart - base, nameEnd - base, valueStart - base, valueEnd - base, known)
    i += 2
  }
  return undefined
}

function nameFault (bytes: Uint8Array, start: number, i: number): Fault {
  if (i === start && (bytes[i] === SP || bytes[i] === HTAB)) return faults.folded
  return bytes[i] === CR || bytes[i] === LF ? faults.lineEnd : faults.fieldName
}

/** The fields of a head, over its text. Names are compared without regard to case. */
export class FieldLines {
  /** @param text latin1: one character for each byte @param end of the last line, in `text` */
  constructor (readonly text: string, readonly at: readonly number[], readonly end: number) {}

  get count (): number { return this.at.length / STRIDE }

  name (i: number): string { return this.text.slice(this.at[i * STRIDE]!, this.at[i * STRIDE + 1]!) }
  value (i: number): string { return this.text.slice(this.at[i * STRIDE + 2]!, this.at[i * STRIDE + 3]!) }
  known (i: number): number { return this.at[i * STRIDE + 4]! }
  /** Whole, with its CR LF. */
  lineStart (i: number): number { return i * STRIDE < this.at.length ? this.at[i * STRIDE]! : this.end }

  /** First value of a known field. */
  valueOf (known: number): string | undefined {
    const { at } = this
    for (let i = 0; i < at.length; i += STRIDE) if (at[i + 4] === known) return this.text.slice(at[i + 2]!, at[i + 3]!)
    return undefined
  }

  /** First value of a field. @param name in lower case */
  get (name: string): string | undefined {
    const { at, text } = this
    for (let i = 0; i < at.length; i += STRIDE) {
      if (at[i + 1]! - at[i]! === name.length && text.slice(at[i]!, at[i + 1]!).toLowerCase() === name) return text.slice(at[i + 2]!, at[i + 3]!)
    }
    return undefined
  }

  raw (): Array<readonly [name: string, value: string]> { return Array.from({ length: this.count }, (_, i) => [this.name(i), this.value(i)] as const) }
}
