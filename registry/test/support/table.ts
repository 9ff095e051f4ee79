// Command lines in a table: what each writes on both streams and its code.
import { commandLine, words, type CommandLineOptions } from './command-line.js'

/** Texts are compared as they are, patterns are searched for; '' is nothing at all. */
export type Line = readonly [line: string, code: number, out: string | RegExp, err?: string | RegExp]

interface Test { equal (a: unknown, b: unknown, message: string): unknown, match (a: string, b: RegExp, message: string): unknown }

/** Runs them one after the other. */
export async function runTable (t: Test, lines: readonly Line[], options: CommandLineOptions): Promise<void> {
  for (const [line, code, out, err = ''] of lines) {
    const ran = await commandLine(words(line), options)
    t.equal(ran.code, code, `code of: ${line} (${ran.err.split('\n', 1)[0]})`)
    for (const [what, found, wanted] of [['output', ran.out, out], ['errors', ran.err, err]] as const) {
      if (typeof wanted === 'string') t.equal(found, wanted, `${what} of: ${line}`)
      else t.match(found, wanted, `${what} of: ${line}`)
    }
  }
}
