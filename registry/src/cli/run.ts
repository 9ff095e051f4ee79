// Finds the verb that a command line means, and loads only its file. The manner is that of https://pkg.go.dev/github.com/mitchellh/cli, which users of Consul know:
// flags belong behind the command, a group without a subcommand shows what there is, and what is unknown ends with 127.

import { editDistance } from './flags.js'
import { groupText, helpText } from './help.js'
import { runVerb } from './run-verb.js'
import { isGroup, verbs } from './verbs.js'
import type { Io } from './io.js'
import type { Verb } from './verb.js'
import type { Entry, Group } from './verbs.js'

const UNKNOWN_COMMAND = 127

const isHelp = (word: string): boolean => word === '-h' || word === '-help' || word === '--help'
const isVersion = (word: string): boolean => word === '-v' || word === '-version' || word === '--version'

/** @param argv what stands after `roster` @returns the exit code */
export async function runCommandLine (argv: readonly string[], io: Io): Promise<number> {
  let at = 0
  let early = false
  let help = false
  // `--` ends the search: nothing behind it is a command.
  for (; at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '--'; at++) {
    const word = argv[at]!
    if (isVersion(word)) return await runVerb(await load('version'), [], io)
    if (isHelp(word)) help = true
    else early = true
  }
  const name = argv[at]
  if (name === undefined && help) {
    io.out(usage())
    return 0
  }
  if (name === '__complete') {
    const { answerCompletion } = await import('./complete.js')
    io.out(await answerCompletion(verbs, argv.slice(at + 1)))
    return 0
  }
  const entry = verbs.find(verb => verb.name === name)
  if (entry === undefined) {
    io.err(usage() + hint(name))
    return UNKNOWN_COMMAND
  }
  return await runEntry(entry, argv.slice(at + 1), { early, help }, io)
}

async function runEntry (entry: Entry, args: readonly string[], { early, help }: { readonly early: boolean, readonly help: boolean }, io: Io): Promise<number> {
  if (isGroup(entry)) {
    const below = entry.verbs.find(({ name }) => name === args[0])
    if (below !== undefined) return await runEntry(below, args.slice(1), { early, help }, io)
  }
  const page = async (): Promise<string> => isGroup(entry) ? groupPage(entry) : helpText(await entry.load())
  if (early) {
    io.err(`Invalid flags before the subcommand. If these flags are for\nthe subcommand, please put them after the subcommand.\n\n${await page()}`)
    return 1
  }
  if (help) {
    io.out(await page())
    return 0
  }
  if (!isGroup(entry)) return await runVerb(await entry.load(), args, io)
  const asked = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).some(isHelp)
  if (asked) io.out(groupPage(entry))
  else io.err(groupPage(entry))
  return asked ? 0 : 1
}

async function load (name: string): Promise<Verb> {
  const entry = verbs.find(verb => verb.name === name)
  if (entry === undefined || isGroup(entry)) throw new Error(`no verb ${name}`)
  return await entry.load()
}

const groupPage = ({ usage, text, verbs }: Group): string => groupText({ usage, text, verbs: verbs.map(({ name, summary }) => ({ name, synopsis: summary })) })

function usage (): string {
  const width = Math.max(...verbs.map(({ name }) => name.length))
  const lines = [...verbs].sort((a, b) => a.name < b.name ? -1 : 1).map(({ name, summary }) => `    ${name.padEnd(width)}    ${summary}`)
  return `Usage: roster [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n${lines.join('\n')}\n\n`
}

/** The command that was probably meant. */
function hint (name: string | undefined): string {
  if (name === undefined || name.startsWith('-')) return ''
  const near = verbs.map(verb => ({ name: verb.name, distance: editDistance(name, verb.name) })).sort((a, b) => a.distance - b.distance)[0]!
  return near.distance <= Math.max(1, Math.floor(name.length / 3)) ? `Did you mean "${near.name}"?\n` : ''
}
