// The KEY argument of the kv verbs.

import { Failure } from '../failure.js'

/** One slash in front is dropped: people write keys like paths. */
export const barePrefix = (word: string): string => word.startsWith('/') ? word.slice(1) : word

/** @throws Failure when there is none, or it is empty */
export function keyOf (words: readonly string[]): string {
  const key = barePrefix(words[0] ?? '')
  if (key === '') throw new Failure('Error! Missing KEY argument')
  return key
}

/** @throws Failure beyond one word */
export function expectOne (words: readonly string[]): void {
  if (words.length > 1) throw new Failure(`Too many arguments (expected 1, got ${words.length})`)
}
