// Help texts from the tables of flags: the usage line, what the verb does, its flags by group. On standard output, with code 0, as people expect of `-h`.

import type { Flag } from './flags.js'

/** What the help needs to know of a verb. */
export interface HelpPage {
  /** `roster kv get [options] KEY` */
  readonly usage: string
  /** What the verb does: paragraphs, which are broken into lines here, and examples, which are indented and stay as they are. */
  readonly text: string
  readonly flags: readonly Flag[]
}

/** A group of verbs, such as `kv`. */
export interface GroupPage {
  /** `roster kv <subcommand> [options] [args]` */
  readonly usage: string
  readonly text: string
  readonly verbs: ReadonlyArray<{ readonly name: string, readonly synopsis: string }>
}

const WIDTH = 72
/** Behind the indent of two it fits a terminal of 80. */
const PAGE_WIDTH = 78
const OWN_GROUP = 'Command Options'

/** The whole page, its last line ended. */
export function helpText ({ usage, text, flags }: HelpPage): string {
  return `Usage: ${usage}\n${text === '' ? '' : `\n${indented(prose(text), '  ')}\n`}${flagGroups(flags)}`
}

/** Page of a group; on standard error with code 1 where a subcommand is missing. */
export function groupText ({ usage, text, verbs }: GroupPage): string {
  const width = Math.max(0, ...verbs.map(verb => verb.name.length))
  const lines = [...verbs].sort((a, b) => a.name < b.name ? -1 : 1).map(({ name, synopsis }) => `    ${name.padEnd(width)}    ${synopsis}`)
  return `Usage: ${usage}\n${text === '' ? '' : `\n${indented(prose(text), '  ')}\n`}\nSubcommands:\n${lines.join('\n')}\n`
}

/** All flags in one list, as Go prints it after a flag that it cannot read. */
export function flagList (flags: readonly Flag[]): string {
  const lines = shown(flags).map(flag => `  -${flag.name}${flag.kind === 'bool' ? '' : ` ${VALUE[flag.kind]}`}\n    \t${flag.help}\n`)
  return `Usage:\n${lines.join('')}`
}

const VALUE: Readonly<Record<Exclude<Flag['kind'], 'bool'>, string>> = { string: 'string', int: 'int', uint: 'uint', port: 'int', float: 'float', duration: 'duration', list: 'value', map: 'key=value', pairs: 'key=value' }

const shown = (flags: readonly Flag[]): Flag[] => flags.filter(flag => flag.hidden !== true).sort((a, b) => a.name < b.name ? -1 : 1)

/** Groups by name, the verb's own last. */
function flagGroups (flags: readonly Flag[]): string {
  const groups = new Map<string, Flag[]>()
  for (const flag of shown(flags)) {
    const name = flag.group ?? OWN_GROUP
    groups.set(name, [...groups.get(name) ?? [], flag])
  }
  const names = [...groups.keys()].sort((a, b) => a === OWN_GROUP ? 1 : b === OWN_GROUP ? -1 : a < b ? -1 : 1)
  return names.map(name => `\n${name}\n${groups.get(name)!.map(entry).join('')}`).join('')
}

const entry = (flag: Flag): string => `\n  -${flag.name}${flag.kind === 'bool' ? '' : `=<${VALUE[flag.kind]}>`}\n${indented(wrap(flag.help, WIDTH - 5), '     ')}\n`

const indented = (text: string, indent: string): string => text.split('\n').map(line => line === '' ? '' : indent + line).join('\n')

/** Paragraphs in lines of the page's width; indented ones stand as they are. */
const prose = (text: string): string => text.split('\n\n').map(part => part.startsWith(' ') ? part : wrap(part.replaceAll('\n', ' '), PAGE_WIDTH)).join('\n\n')

/** Lines of at most `width` letters, broken at blanks. */
function wrap (text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
