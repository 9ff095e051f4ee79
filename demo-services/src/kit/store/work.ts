// What is done in one transaction, written down without saying where: a generator that yields what it wants to read and write. The embedded store runs it at once, synchronously;
// Postgres runs it step by step over a socket. So one set of rules serves both, and the rules stay pure: they may run again after a conflict, and have effect once.

/** Anything that JSON can say. */
export type Value = unknown

export type Step =
  | { readonly kind: 'get', readonly key: string }
  | { readonly kind: 'range', readonly prefix: string, readonly limit: number, readonly after: string, readonly reverse: boolean }
  | { readonly kind: 'put', readonly key: string, readonly value: Value }
  | { readonly kind: 'remove', readonly key: string }

/** One transaction. Thrown errors leave everything as it was. */
export type Work<T> = Generator<Step, T, unknown>
/** Makes the transaction anew for each time that it has to run. */
export type MakeWork<T> = () => Work<T>

export type Entry<T> = readonly [key: string, value: T]

export function * get<T> (key: string): Generator<Step, T | undefined, unknown> { return (yield { kind: 'get', key }) as T | undefined }

/**
 * Rows whose keys begin with `prefix`, by key.
 * @param after only keys above this one; in reverse, below it
 * @param limit rows at most: whoever reads says how much it can take
 */
export function * range<T> (prefix: string, limit: number, { after = '', reverse = false } = {}): Generator<Step, ReadonlyArray<Entry<T>>, unknown> {
  return (yield { kind: 'range', prefix, limit, after, reverse }) as ReadonlyArray<Entry<T>>
}

export function * put (key: string, value: Value): Generator<Step, void, unknown> { yield { kind: 'put', key, value } }

export function * remove (key: string): Generator<Step, void, unknown> { yield { kind: 'remove', key } }

/**
 * Numbers that sort as text.
 * @example ordered(42) === '0000000000000042'
 */
export const ordered = (number: number): string => String(Math.trunc(number)).padStart(16, '0')
