// JSON answers with integers of 64 bits (flags of keys): JavaScript's numbers end at 2^53, so larger ones travel as marked text and become digits at the end.

import { randomUUID } from 'node:crypto'

/** Differs from process to process, so that nobody can store a text that looks like it. */
const MARK = `uint64:${randomUUID()}:`
const MARKED = new RegExp(`"${MARK}(\\d+)"`, 'g')

/** Whether the text that is being made has marked integers; making one is synchronous. */
let marked = false

class Uint64 {
  constructor (readonly digits: string) {}

  toJSON (): string {
    marked = true
    return MARK + this.digits
  }
}

/** An integer in decimal digits as a value that `stringify` writes exactly; an ordinary number where that holds it. */
export function uint64 (digits: string): number | Uint64 {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : new Uint64(digits)
}

/** JSON.stringify, exact for what `uint64` made. */
export function stringify (value: unknown, indent?: number | string): string {
  marked = false
  const text = JSON.stringify(value, null, indent)
  return marked ? text.replace(MARKED, '$1') : text
}
