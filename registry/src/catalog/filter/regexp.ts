// Regular expressions from outside, run in time linear in the text (RE2 syntax; Cox, "Regular Expression Matching in the Wild", 2010).
// The engine is loaded when the first one is compiled: a server that is never asked with one never pays for it.

import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

/** Most instructions a compiled expression may have: matching costs up to this many steps a character, on the thread that serves everybody. */
const MAX_INSTRUCTIONS = 10_000
/** Upper bound of the memory of one compiled expression, in bytes: its program, and the states that the engine keeps. */
export const REGEXP_BYTES = 8 * 1024 * 1024

/** Counted repetitions are copied by the compiler; this bound (sum of the counts × length of the text) is checked before it begins. */
const MAX_COPIES = 200_000

// `require`, as an `import()` would make every caller asynchronous for the sake of the first.
const require = createRequire(import.meta.url)
let engine: typeof RE2JS | undefined

/**
 * A test whether `pattern` matches somewhere in a text.
 *
 * @throws {Error} with Go's words (`error parsing regexp: missing closing ]: …`), also `expression too large`, which comes earlier here than there
 */
export function compileRegexp (pattern: string): (text: string) => boolean {
  const compiled = compile(pattern)
  return text => compiled.matcher(text).find()
}

/**
 * What the first match of `pattern` in a text is: the whole of it, then its groups, '' for one that took no part. `undefined` where there is none.
 *
 * @throws {Error} as {@link compileRegexp}
 */
export function compileGroups (pattern: string): (text: string) => readonly string[] | undefined {
  const compiled = compile(pattern)
  return text => {
    const matcher = compiled.matcher(text)
    return matcher.find() ? Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '') : undefined
  }
}

function compile (pattern: string): RE2JS {
  engine ??= (require('re2js') as { RE2JS: typeof RE2JS }).RE2JS
  const copies = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce((sum, [, min, max]) => sum + Math.max(Number(min), Number(max ?? 0)), 0)
  if (copies * pattern.length > MAX_COPIES) throw tooLarge(pattern)
  const compiled = parseRegexp(engine, pattern)
  if (compiled.programSize() > MAX_INSTRUCTIONS) throw tooLarge(pattern)
  return compiled
}

/** The engine leaves out what a mistake is about where that is nothing or everything; Go never does. */
function parseRegexp (engine: typeof RE2JS, pattern: string): RE2JS {
  try {
    return engine.compile(pattern)
  } catch (err) {
    const { message } = err as Error
    if (message.includes('`')) throw err
    throw new Error(`${message}: \`${message.includes('trailing backslash') ? '' : pattern}\``, { cause: err })
  }
}

const tooLarge = (pattern: string): Error => new Error(`error parsing regexp: expression too large: \`${pattern}\``)
