// Which lines of a head are handed on: all as they came (letter case, order, duplicates, white space), without those that are for one hop. Texts in, text out.

import type { FieldLines } from './field-lines.js'
import { STRIDE } from './field-lines.js'
import { hopByHop } from './known-fields.js'

/** Bit for each known field that is left out, made once for a kind of message. */
export type Dropped = Uint8Array

export const dropping = (...more: readonly number[]): Dropped => {
  const dropped = new Uint8Array(64)
  for (const known of [...hopByHop, ...more]) dropped[known] = 1
  return dropped
}

/**
 * @param named fields that `Connection` names, in lower case
 * @param replaced further names that are left out, in lower case: whoever sets them adds lines of its own
 */
export function keptLines (lines: FieldLines, dropped: Dropped, named: readonly string[], replaced: ReadonlySet<string> | undefined): string {
  const { at, text, end } = lines
  if (at.length === 0) return ''
  const byName = named.length > 0 || (replaced !== undefined && replaced.size > 0)
  let kept = ''
  let from = at[0]!
  for (let i = 0; i < at.length; i += STRIDE) {
    const start = at[i]!
    if (dropped[at[i + 4]!] !== 1 && !(byName && isNamed(text.slice(start, at[i + 1]!).toLowerCase(), named, replaced))) continue
    if (start > from) kept += text.slice(from, start)
    from = i + STRIDE < at.length ? at[i + STRIDE]! : end
  }
  return from === at[0] ? text.slice(from, end) : kept + text.slice(from, end)
}

const isNamed = (name: string, named: readonly string[], replaced: ReadonlySet<string> | undefined): boolean => named.includes(name) || replaced?.has(name) === true

/** Fields that no trailer section may hold: whoever merges trailers into the head would have them decide about framing, routing, identity or caching. RFC 9110, 6.5.1. */
const notInTrailers = /^(host|content-.*|transfer-encoding|te|trailer|connection|keep-alive|proxy-.*|upgrade|expect|max-forwards|range|if-.*|authorization|www-authenticate|authentication-info|cookie|set-cookie|cache-control|pragma|age|expires|date|location|retry-after|vary|warning|via|forwarded|x-forwarded-.*|x-real-ip|x-roster-.*|http2-settings)$/

/** The lines of a trailer section that may be handed on. */
export function keptTrailers (lines: FieldLines): string {
  let kept = ''
  for (let i = 0; i < lines.count; i++) if (!notInTrailers.test(lines.name(i).toLowerCase())) kept += lines.text.slice(lines.lineStart(i), lines.lineStart(i + 1))
  return kept
}

/** For what somebody else read, such as HTTP/2. */
export const mayBeTrailer = (name: string): boolean => !notInTrailers.test(name.toLowerCase())
