// What travels through build/: where settings stood, what is wrong with them, what is worth a warning. And how single values are read from a fragment.

import { DurationError, parseDuration } from '../http/decode/duration.js'
import { goQuote } from '../http/decode/go-text.js'
import { ConfigError } from './config-error.js'
import { Places } from './places.js'

export class Context {
  readonly places = new Places()
  readonly warnings: string[] = []
  #problems: Array<{ readonly message: string, readonly at: string | undefined }> = []

  warn (message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message)
  }

  /** A problem that is told together with others, once all values are read. */
  problem (message: string, at?: string): void {
    this.#problems.push({ message, at })
  }

  /** @throws ConfigError with every problem so far */
  throwProblems (): void {
    if (this.#problems.length === 0) return
    throw new ConfigError(multiError(this.#problems.map(p => p.message)), this.#problems.flatMap(p => p.at ?? []))
  }

  /** @param name of the block in messages, with its dot; '' at the top */
  reader<F extends object> (fragment: F | undefined, name: string): Reader<F> {
    return new Reader(this, fragment ?? {} as F, name)
  }
}

/** Several complaints as Go's multierror prints them, which ends in an empty line. */
export function multiError (messages: readonly string[]): string {
  return `${messages.length} error${messages.length === 1 ? '' : 's'} occurred:\n${messages.map(message => `\t* ${message}\n`).join('')}\n`
}

type KeyOf<F, V> = { [K in keyof F]-?: Exclude<F[K], undefined> extends V ? K : never }[keyof F] & string

/** Reads values of one block, with a default for each, and collects what is wrong. */
export class Reader<F extends object> {
  constructor (readonly context: Context, readonly fragment: F, readonly name: string) {}

  /** `file:line` of a key. */
  at (key: keyof F & string): string | undefined {
    return this.context.places.of(this.fragment, key)
  }

  /** The value as written. */
  get<K extends keyof F, D> (key: K, fallback: D): Exclude<F[K], undefined> | D {
    return this.fragment[key] as Exclude<F[K], undefined> | undefined ?? fallback
  }

  /** A block below this one. */
  block<K extends KeyOf<F, object>> (key: K): Reader<Extract<F[K], object>> {
    return new Reader(this.context, (this.fragment[key] ?? {}) as Extract<F[K], object>, `${this.name}${key}.`)
  }

  /** ms. @param name in messages, where it is not the path */
  duration (key: KeyOf<F, string>, fallback: number, name = `${this.name}${key}`): number {
    const text = this.fragment[key] as string | undefined
    return text === undefined ? fallback : readDuration(this.context, name, text, this.at(key))
  }

  /** A duration that must be more than nothing. */
  positiveDuration (key: KeyOf<F, string>, fallback: number): number {
    const ms = this.duration(key, fallback)
    if (ms <= 0) this.context.problem(`${this.name}${key}: must be greater than zero`, this.at(key))
    return ms
  }

  /** A number within bounds. */
  number (key: KeyOf<F, number>, fallback: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.fragment[key] as number | undefined ?? fallback
    if (value < min || value > max) this.context.problem(`${this.name}${key}: must be ${max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `between ${min} and ${max}`}, got ${value}`, this.at(key))
    return value
  }

  /** -1 for every number below 0: off. */
  port (key: KeyOf<F, number>, fallback: number): number {
    const value = this.fragment[key] as number | undefined ?? fallback
    if (value > 65535) this.context.problem(`${this.name}${key}: invalid port: ${value}`, this.at(key))
    return value < 0 ? -1 : value
  }
}

/** ms; a text that is no duration is a problem and 0. */
export function readDuration (context: Context, name: string, text: string, at: string | undefined): number {
  try {
    return parseDuration(text) / 1e6
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    context.problem(`${name}: invalid duration: ${goQuote(text)}: ${error.message}`, at)
    return 0
  }
}
