// Go's durations: the text form that configuration, bodies and parameters use (`1h30m`, `250ms`), in nanoseconds, both ways.

/** Why a text is no duration; `message` is Go's (`time: missing unit in duration "10"`). */
export class DurationError extends Error {}

export const MICROSECOND_NS = 1e3
export const MILLISECOND_NS = 1e6
export const SECOND_NS = 1e9
export const MINUTE_NS = 60e9
export const HOUR_NS = 3600e9

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1], ['us', MICROSECOND_NS], ['\u00b5s', MICROSECOND_NS], ['\u03bcs', MICROSECOND_NS], ['ms', MILLISECOND_NS], ['s', SECOND_NS], ['m', MINUTE_NS], ['h', HOUR_NS],
])

const MAX = 1n << 63n

/** The quoting of Go's time package: bytes outside printable ASCII as `\xNN`. */
const quote = (text: string): string => {
  let out = '"'
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code >= 0x80 || code < 0x20) for (const byte of Buffer.from(char)) out += '\\x' + byte.toString(16).padStart(2, '0')
    else out += char === '"' || char === '\\' ? '\\' + char : char
  }
  return out + '"'
}

const fail = (what: string, text: string): never => { throw new DurationError(`time: ${what} ${quote(text)}`) }

/** One part such as `1.5h`, in nanoseconds, rounded down. Go keeps 18 digits of the fraction and drops the rest. */
const part = (whole: string, fraction: string, unit: number): bigint => {
  const after = /^0*$/.test(fraction) ? '' : fraction.slice(0, 18)
  const extra = after === '' ? 0 : Math.trunc(Number(after) * (unit / 10 ** after.length))
  return BigInt(whole === '' ? 0 : whole) * BigInt(unit) + BigInt(extra)
}

const PART = /(\d*)(?:(\.)(\d*))?([^.\d]*)/y

/**
 * A duration in nanoseconds: exact up to 2^53 (104 days), the nearest double beyond. Throws DurationError with Go's text. A bare `0` needs no unit.
 */
export const parseDuration = (text: string): number => {
  const simple = /^(\d{1,6})(ms|[smh])$/.exec(text)
  if (simple !== null) return Number(simple[1]) * UNITS.get(simple[2]!)!
  const negative = text.startsWith('-')
  const rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return 0
  if (rest === '') return fail('invalid duration', text)
  let sum = 0n
  for (PART.lastIndex = 0; PART.lastIndex < rest.length;) {
    const [, whole = '', , fraction = '', unitName = ''] = PART.exec(rest)!
    if (whole === '' && fraction === '') return fail('invalid duration', text)
    if (whole !== '' && BigInt(whole) > MAX) return fail('invalid duration', text)
    if (unitName === '') return fail('missing unit in duration', text)
    const unit = UNITS.get(unitName)
    if (unit === undefined) return fail(`unknown unit ${quote(unitName)} in duration`, text)
    sum += part(whole, fraction, unit)
    if (sum > MAX) return fail('invalid duration', text)
  }
  if (sum === MAX && !negative) return fail('invalid duration', text)
  return sum === 0n ? 0 : Number(negative ? -sum : sum)
}

/** A duration as Go writes it: `10m0s`, `1.5s`, `250ms`, `0s`. Takes nanoseconds; parts of one are dropped. */
export const formatDuration = (ns: number): string => {
  const total = Math.trunc(Math.abs(ns))
  if (total === 0) return '0s'
  const sign = ns < 0 ? '-' : ''
  const decimal = (n: number, digits: number): string => {
    const fraction = String(n % 10 ** digits).padStart(digits, '0').replace(/0+$/, '')
    return Math.floor(n / 10 ** digits) + (fraction === '' ? '' : '.' + fraction)
  }
  if (total < MICROSECOND_NS) return `${sign}${total}ns`
  if (total < MILLISECOND_NS) return `${sign}${decimal(total, 3)}\u00b5s`
  if (total < SECOND_NS) return `${sign}${decimal(total, 6)}ms`
  const hours = Math.floor(total / HOUR_NS)
  const minutes = Math.floor(total % HOUR_NS / MINUTE_NS)
  const seconds = decimal(total % MINUTE_NS, 9)
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}

/** A duration given in ms (fractions allowed), as Go writes it. */
export const formatMs = (ms: number): string => formatDuration(Math.round(ms * MILLISECOND_NS))
