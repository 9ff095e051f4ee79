// Runs one verb: reads its flags, hands it what it needs, turns what it throws into a line and a code, and ends what it opened.

import { Failure, UsageFailure } from './failure.js'
import { FlagError, HelpWanted, parseFlags } from './flags.js'
import { goJson } from './go-json.js'
import { flagList, helpText } from './help.js'
import type { RosterApi } from '@roster/client/api'
import type { Flag, ParsedFlags } from './flags.js'
import type { Io } from './io.js'
import type { Verb } from './verb.js'

/** @param args what stands after the verb's name @returns the exit code */
export async function runVerb (verb: Verb, args: readonly string[], io: Io): Promise<number> {
  if (wantsHelp(verb, args)) return help(verb, io)
  if (verb.runRaw !== undefined) return await verb.runRaw(args)
  let parsed: ParsedFlags<readonly Flag[]>
  try {
    parsed = parseFlags(verb.flags, verb.mixed === true ? flagsFirst(verb.flags, args) : args)
  } catch (error) {
    if (error instanceof HelpWanted) return help(verb, io)
    if (!(error instanceof FlagError)) throw error
    io.err(`${error.lines}\n${flagList(verb.flags)}`)
    return 1
  }
  const values = parsed.values as Readonly<Record<string, unknown>>
  const output = values['o'] ?? 'table'
  if (output !== 'table' && output !== 'json') {
    io.err(`Invalid value for -o: must be table or json\n${flagList(verb.flags)}`)
    return 1
  }
  const client = verb.flags.some(({ name }) => name === 'http-addr') ? await import('./connection.js') : undefined
  let api: RosterApi | undefined
  try {
    return await verb.run({
      ...parsed,
      io,
      api () {
        api ??= client!.connect(values, io.env)
        return api
      },
      say: (...lines) => io.out(lines.map(line => `${line}\n`).join('')),
      complain: (...lines) => io.err(lines.map(line => `${line}\n`).join('')),
      json: output === 'json',
      show: (value, text) => io.out(output === 'json' ? goJson(value(), '    ') + '\n' : text()),
      colours: io.terminal.out && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb',
    })
  } catch (error) {
    if (error instanceof UsageFailure) {
      io.err(`${error.message}\n\n${helpText(verb)}`)
      return error.code
    }
    if (!(error instanceof Failure) && client?.isRosterClientError(error) !== true) throw error
    const { message } = error as Error
    if (message !== '') io.err(`${message}\n`)
    return error instanceof Failure ? error.code : 1
  } finally {
    await api?.close()
  }
}

/** `-h` anywhere, except in the words of a command that a verb runs. */
function wantsHelp (verb: Verb, args: readonly string[]): boolean {
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '--') return false
    if (word === '-h' || word === '-help' || word === '--help') return true
    if (verb.takesCommand === true && (word === '-' || !word.startsWith('-'))) {
      const flag = flagBefore(verb.flags, args[i - 1])
      if (flag === undefined || flag.kind === 'bool') return false
    }
  }
  return false
}

/** Words behind all flags, as if they had been given so; what follows `--` stays last. */
function flagsFirst (flags: readonly Flag[], args: readonly string[]): readonly string[] {
  const ahead: string[] = []
  const words: string[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '--') return [...ahead, '--', ...words, ...args.slice(i + 1)]
    if (word === '-' || !word.startsWith('-')) {
      words.push(word)
      continue
    }
    ahead.push(word)
    const flag = flagBefore(flags, word)
    if (flag === undefined || flag.kind === 'bool') continue
    // Without a value it stays last, so that it is missed.
    if (i + 1 === args.length) return ahead
    ahead.push(args[++i]!)
  }
  return [...ahead, ...words]
}

/** The flag whose value the next word is, if any. */
const flagBefore = (flags: readonly Flag[], word: string | undefined): Flag | undefined =>
  word?.startsWith('-') === true && !word.includes('=') ? flags.find(flag => flag.name === word.replace(/^--?/, '')) : undefined

function help (verb: Verb, io: Io): number {
  io.out(helpText(verb))
  return 0
}
