// Completion for bash, zsh and fish. The shells ask back: `roster __complete WORD…` prints what could stand in the place of the last word, from the same
// tables that parsing and help are made of. The scripts below only carry the question.

import type { Flag } from './flags.js'

/** A verb as completion sees it. */
export interface CompletedVerb {
  /** `['kv', 'get']` */
  readonly words: readonly string[]
  readonly synopsis: string
  readonly flags: readonly Flag[]
  /** What stands after the flags. */
  readonly values?: readonly string[] | 'file' | 'directory'
}

export interface Candidate {
  readonly word: string
  /** Shown beside it where the shell can. */
  readonly note: string
}

/** What could come; `files` asks the shell to complete paths by itself. */
export interface Completion {
  readonly candidates: readonly Candidate[]
  readonly files: 'file' | 'directory' | undefined
}

const NOTHING: Completion = { candidates: [], files: undefined }

/**
 * @param words what stands on the line after `roster`, the last of them unfinished and maybe empty
 * @example complete(verbs, ['kv', 'ge']) offers `get`
 */
export function complete (verbs: readonly CompletedVerb[], words: readonly string[]): Completion {
  const last = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const verb = verbs.filter(({ words: own }) => own.every((word, i) => before[i] === word)).sort((a, b) => b.words.length - a.words.length)[0]
  if (verb === undefined) return subcommands(verbs, before, last)
  const rest = before.slice(verb.words.length)
  const ended = flagsEnded(verb, rest)
  const asking = ended ? undefined : askingFlag(verb, rest)
  if (asking !== undefined) return offer(asking.values, last)
  if (!ended && last.startsWith('-')) return flagNames(verb, last)
  return offer(verb.values, last)
}

function subcommands (verbs: readonly CompletedVerb[], before: readonly string[], last: string): Completion {
  const next = new Map<string, string>()
  for (const { words, synopsis } of verbs) {
    const word = words[before.length]
    if (word === undefined || !word.startsWith(last) || !before.every((part, i) => words[i] === part)) continue
    if (!next.has(word)) next.set(word, words.length === before.length + 1 ? synopsis : '')
  }
  return { candidates: [...next].sort(([a], [b]) => a < b ? -1 : 1).map(([word, note]) => ({ word, note })), files: undefined }
}

/** Flags end at the first word: what follows is never one. */
function flagsEnded (verb: CompletedVerb, words: readonly string[]): boolean {
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--' || word[0] !== '-' || word.length < 2) return true
    if (!word.includes('=') && takesValue(flagOf(verb, word))) i++
  }
  return false
}

/** The flag whose value comes next. */
function askingFlag (verb: CompletedVerb, words: readonly string[]): Flag | undefined {
  let asking: Flag | undefined
  for (const word of words) {
    const flag: Flag | undefined = asking === undefined && !word.includes('=') ? flagOf(verb, word) : undefined
    asking = takesValue(flag) ? flag : undefined
  }
  return asking
}

const flagOf = (verb: CompletedVerb, word: string): Flag | undefined => verb.flags.find(flag => flag.name === word.replace(/^--?/, '').split('=')[0])

const takesValue = (flag: Flag | undefined): boolean => flag !== undefined && flag.kind !== 'bool'

function flagNames (verb: CompletedVerb, last: string): Completion {
  const equals = last.indexOf('=')
  if (equals >= 0) {
    const { candidates, files } = offer(flagOf(verb, last)?.values, last.slice(equals + 1))
    return { candidates: candidates.map(({ word, note }) => ({ word: last.slice(0, equals + 1) + word, note })), files }
  }
  const dashes = last.startsWith('--') ? '--' : '-'
  const candidates = verb.flags
    .filter(flag => flag.hidden !== true && flag.name.startsWith(last.slice(dashes.length)))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .map(flag => ({ word: dashes + flag.name, note: flag.help.split('. ')[0]!.replace(/\.$/, '') }))
  return { candidates, files: undefined }
}

function offer (values: Flag['values'], last: string): Completion {
  if (values === undefined) return NOTHING
  if (typeof values === 'string') return { candidates: [], files: values }
  return { candidates: values.filter(value => value.startsWith(last)).map(word => ({ word, note: '' })), files: undefined }
}

/** One line a candidate, word and note apart by a tab; a line `:file` or `:directory` at the end asks for paths. */
export function completionAnswer ({ candidates, files }: Completion): string {
  return [...candidates.map(({ word, note }) => note === '' ? word : `${word}\t${note}`), ...files === undefined ? [] : [`:${files}`]].map(line => `${line}\n`).join('')
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = typeof SHELLS[number]

/** The script that a shell reads, such as by `source <(roster completion bash)`. */
export const completionScript = (shell: Shell): string => SCRIPTS[shell]

const SCRIPTS: Readonly<Record<Shell, string>> = {
  // COMP_WORDS has parted `-flag=value` at the sign, so the line is taken apart at blanks instead.
  bash: `_roster() {
  local line words word current answer
  line="\${COMP_LINE:0:COMP_POINT}"
  read -r -a words <<< "$line"
  [[ "$line" == *[[:blank:]] ]] && words+=("")
  current="\${words[\${#words[@]}-1]}"
  answer="$(roster __complete "\${words[@]:1}" 2>/dev/null)" || return
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    case "$word" in
      "") ;;
      :file) compopt -o filenames; mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "\${current#*=}") ;;
      :directory) compopt -o filenames; mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "\${current#*=}") ;;
      *) [[ "$current" == *=* && "$COMP_WORDBREAKS" == *=* ]] && word="\${word#*=}"; COMPREPLY+=("$word") ;;
    esac
  done <<< "$answer"
}
complete -F _roster roster
`,
  zsh: `#compdef roster
_roster() {
  local -a found
  local line word note
  while IFS= read -r line; do
    word="\${line%%$'\\t'*}"
    note="\${line#*$'\\t'}"
    [[ "$word" == "$line" ]] && note=""
    case "$word" in
      "") ;;
      :file) _files ;;
      :directory) _files -/ ;;
      *) found+=("\${word//:/\\\\:}\${note:+:$note}") ;;
    esac
  done < <(roster __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe roster found
}
compdef _roster roster
`,
  fish: `function __roster_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (roster __complete $words[2..-1] 2>/dev/null)
    switch $line
      case ':file'
        __fish_complete_path (commandline -ct)
      case ':directory'
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c roster -f -a '(__roster_complete)'
`,
}
