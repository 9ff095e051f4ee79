// What a verb is: a page of help, a table of flags, and what it does. A file a verb; the list of all is verbs.ts, what runs one is run-verb.ts.

import type { RosterApi } from '@roster/client/api'
import type { Flag, FlagValues } from './flags.js'
import type { Io } from './io.js'

/** What a verb is given when it runs. */
export interface VerbContext<T extends readonly Flag[]> {
  readonly values: FlagValues<T>
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>
  /** What stands after the flags. */
  readonly words: readonly string[]
  readonly io: Io
  /** The client that flags and environment ask for; made at the first call, closed after the verb. @throws Failure when they cannot be used */
  readonly api: () => RosterApi
  /** Writes lines on standard output, each ended. */
  readonly say: (...lines: readonly string[]) => void
  /** Writes lines on standard error, each ended. */
  readonly complain: (...lines: readonly string[]) => void
  /** `-o json` was given. */
  readonly json: boolean
  /** Writes the result: `value` as JSON where that was asked for, else `text` as it is (its lines ended). */
  readonly show: (value: () => unknown, text: () => string) => void
  /** Colours on a terminal whose user has not said no (https://no-color.org). */
  readonly colours: boolean
}

export interface Verb<T extends readonly Flag[] = readonly Flag[]> {
  /** `roster kv get [options] KEY` */
  readonly usage: string
  /** What it does; see help.ts for how it is broken into lines. */
  readonly text: string
  readonly flags: T
  /** What completion offers after the flags. */
  readonly words?: readonly string[] | 'file' | 'directory'
  /** The words are a command of its own, whose `-h` is its own affair. */
  readonly takesCommand?: boolean
  /** Flags may stand behind words as well: for verbs of Roster's own, which nobody's scripts expect otherwise. */
  readonly mixed?: boolean
  /** Instead of `run`: takes everything after its name as it stands. */
  readonly runRaw?: (args: readonly string[]) => Promise<number>
  /** @returns the exit code @throws Failure, and errors of the client, whose text is shown */
  run (context: VerbContext<T>): Promise<number> | number
}

/** Keeps the types of the verb's own flags inside it. */
export const verb = <const T extends readonly Flag[]>(definition: Verb<T>): Verb => definition as unknown as Verb
