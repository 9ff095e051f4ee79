// Flags in the manner of Go's command lines, read from a table per verb. Not help (help.ts) and not completion (completion.ts), which read the same table.
// The rules are those of https://pkg.go.dev/flag: one dash or two, `-f=v` or `-f v`, booleans never take the next word, the first word ends the flags.

import { DurationError, MILLISECOND_NS, parseDuration } from '../http/decode/duration.js'
import { goQuote } from '../http/decode/go-text.js'

/**
 * - `bool`: `-f`, `-f=true`; words of Go's ParseBool
 * - `int`: decimal, `0x…`, `0o…`, `0b…`; `port`: decimal alone, as the agent's flags take it
 * - `uint`: as `int`, from 0 to 2^64-1, as bigint
 * - `duration`: `1m30s`, as ms
 * - `list`: may come again, each adds one; `map`: the same with `key=value` (or `key:value`, or a key alone); `pairs`: the same with `key=value` alone
 */
export type FlagKind = 'bool' | 'string' | 'int' | 'uint' | 'port' | 'float' | 'duration' | 'list' | 'map' | 'pairs'

export interface Flag {
  readonly name: string
  readonly kind: FlagKind
  /** One sentence or two, unit and default included where they are not plain. */
  readonly help: string
  /** Heading in the help; `Command Options` when absent. */
  readonly group?: string
  readonly default?: boolean | string | number | bigint
  /** What completion offers. */
  readonly values?: readonly string[] | 'file' | 'directory'
  /** Lists only: what is given is added to the list of this flag, in the order of the command line. */
  readonly into?: string
  /** Works, but neither help nor completion shows it: old names. */
  readonly hidden?: boolean
}

type ValueOfKind = {
  bool: boolean
  string: string
  int: number
  uint: bigint
  port: number
  float: number
  duration: number
  list: readonly string[]
  map: Readonly<Record<string, string>>
  pairs: Readonly<Record<string, string>>
}

/** What each flag of the table came to; absent when it was neither given nor has a default. Lists and maps are never absent. */
export type FlagValues<T extends readonly Flag[]> = {
  readonly [F in T[number] as F['name']]:
  F extends { kind: 'list' | 'map' | 'pairs' } | { default: boolean | string | number | bigint } ? ValueOfKind[F['kind']] : ValueOfKind[F['kind']] | undefined
}

export interface ParsedFlags<T extends readonly Flag[]> {
  readonly values: FlagValues<T>
  /** Names that were given, even if with their default. */
  readonly given: ReadonlySet<string>
  /** Everything from the first word on. */
  readonly words: readonly string[]
}

/** A flag that cannot be read. `message` is Go's line; `hint` is the nearest name that there is. */
export class FlagError extends Error {
  constructor (message: string, readonly hint?: string) {
    super(message)
    this.name = 'FlagError'
  }

  /** Both lines, without a line end. */
  get lines (): string {
    return this.hint === undefined ? this.message : `${this.message}\n${this.hint}`
  }
}

/** `-h`, `-help` or `--help` was given: not an error, but the end of parsing. */
export class HelpWanted extends Error {
  constructor () {
    super('help requested')
    this.name = 'HelpWanted'
  }
}

/** Keeps the literal types of a table, so that `parseFlags` knows its names and kinds. */
export const flags = <const T extends readonly Flag[]>(table: T): T => table

/**
 * Reads flags up to the first word, `-` or `--`.
 * @example parseFlags(table, ['-stale', '-near=_agent', 'web', '-x']): stale true, near `_agent`, words `web`, `-x`
 * @throws FlagError, HelpWanted
 */
export function parseFlags<const T extends readonly Flag[]> (table: T, args: readonly string[]): ParsedFlags<T> {
  const byName = new Map<string, Flag>(table.map(flag => [flag.name, flag]))
  const values = new Map<string, unknown>(table.flatMap((flag): Array<[string, unknown]> => {
    if (flag.kind === 'list') return [[flag.name, []]]
    if (flag.kind === 'map' || flag.kind === 'pairs') return [[flag.name, Object.create(null)]]
    return flag.default === undefined ? [] : [[flag.name, flag.default]]
  }))
  const given = new Set<string>()
  let at = 0
  while (at < args.length) {
    const word = args[at]!
    if (word.length < 2 || word[0] !== '-') break
    at++
    if (word === '--') break
    const text = word.slice(word[1] === '-' ? 2 : 1)
    if (text === '' || text[0] === '-' || text[0] === '=') throw new FlagError(`bad flag syntax: ${word}`)
    const equals = text.indexOf('=')
    const name = equals < 0 ? text : text.slice(0, equals)
    let value = equals < 0 ? undefined : text.slice(equals + 1)
    const flag = byName.get(name)
    if (flag === undefined) {
      if (name === 'h' || name === 'help') throw new HelpWanted()
      throw new FlagError(`flag provided but not defined: -${name}`, nearest(name, table))
    }
    if (value === undefined && flag.kind === 'bool') value = 'true'
    if (value === undefined) {
      if (at >= args.length) throw new FlagError(`flag needs an argument: -${name}`)
      value = args[at++]!
    }
    given.add(name)
    const target = flag.into ?? name
    values.set(target, read(flag, value, values.get(target)))
  }
  return { values: Object.fromEntries(values) as FlagValues<T>, given, words: args.slice(at) }
}

/** One value as its kind has it. @param before what the flag has so far, for kinds that gather */
function read (flag: Flag, text: string, before: unknown): unknown {
  const refuse = (why: string): never => { throw new FlagError(`invalid value ${goQuote(text)} for flag -${flag.name}: ${why}`) }
  switch (flag.kind) {
    case 'bool': {
      const value = parseBool(text)
      if (value === undefined) throw new FlagError(`invalid boolean value ${goQuote(text)} for -${flag.name}: strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`)
      return value
    }
    case 'string': return text
    case 'int': {
      const digits = text.replace(/^[+-]/, '')
      if (!/^(0|[1-9][0-9]*|0x[0-9a-f]+|0o?[0-7]+|0b[01]+)$/i.test(digits)) return refuse('parse error')
      const size = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
      return size <= Number.MAX_SAFE_INTEGER ? (text[0] === '-' ? 0 - size : size) : refuse('value out of range')
    }
    case 'uint': {
      if (!/^(0|[1-9][0-9]*|0x[0-9a-f]+|0o?[0-7]+|0b[01]+)$/i.test(text)) return refuse('parse error')
      const size = BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text)
      return size < 2n ** 64n ? size : refuse('value out of range')
    }
    case 'port': return /^[+-]?[0-9]{1,15}$/.test(text) ? Number(text) : refuse(`strconv.Atoi: parsing ${goQuote(text)}: ${/^[+-]?[0-9]+$/.test(text) ? 'value out of range' : 'invalid syntax'}`)
    case 'float': return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text) ? Number(text) : refuse('parse error')
    case 'duration': return milliseconds(text) ?? refuse('parse error')
    case 'list': return [...before as readonly string[], text]
    case 'pairs':
      if (!text.includes('=')) return refuse(`Missing "=" value in argument: ${text}`)
      return Object.assign(Object.create(null), before, { [text.slice(0, text.indexOf('='))]: text.slice(text.indexOf('=') + 1) }) as unknown
    case 'map': {
      // The agent's own flag takes a colon, the others an equals sign; whichever comes first parts the two, so that values may hold either.
      const cut = /[=:]/.exec(text)?.index ?? text.length
      return Object.assign(Object.create(null), before, { [text.slice(0, cut)]: text.slice(cut + 1) }) as unknown
    }
  }
}

/** The words that Go takes for booleans; undefined for others. */
export function parseBool (text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return undefined
}

/** Go's duration in ms; undefined for what is none. */
function milliseconds (text: string): number | undefined {
  try {
    return parseDuration(text) / MILLISECOND_NS
  } catch (error) {
    if (error instanceof DurationError) return undefined
    throw error
  }
}

/** The flag that was probably meant, in words; undefined when none is near. */
function nearest (name: string, table: readonly Flag[]): string | undefined {
  // Up to a third of the letters wrong is a slip of the fingers; more is another word.
  const limit = Math.min(name.length - 1, Math.max(1, Math.floor(name.length / 3)))
  let best: { readonly name: string, readonly distance: number } | undefined
  for (const flag of table) {
    if (flag.hidden === true) continue
    const plain = (text: string): string => text.toLowerCase().replaceAll('_', '-')
    const distance = editDistance(plain(name), plain(flag.name))
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name: flag.name, distance }
  }
  return best && `Did you mean -${best.name}?`
}

/** Letters to insert, remove, replace or swap with their neighbour. Source: Damerau, CACM 7(3), 1964 (optimal string alignment). */
export function editDistance (a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
