// How a verb says that it failed: a line for standard error and a code. Whatever else is thrown is a bug, except for the client's own errors, whose texts
// are meant for people.

export class Failure extends Error {
  /** @param message without a line end; '' says nothing, where the code says it all */
  constructor (message: string, readonly code = 1) {
    super(message)
    this.name = 'Failure'
  }
}

/** The verb was used wrongly, and its usage is worth showing below the message. */
export class UsageFailure extends Failure {}

/** @throws Failure unless so many words were given */
export function expectWords (words: readonly string[], count: number): void {
  if (words.length > count) throw new Failure(`Too many arguments (expected ${count}, got ${words.length})`)
}
