// The text of --help, made of the list of settings.

import { flagOf, optionNames, options, variableOf } from '../config/options.js'
import type { Option } from '../config/options.js'

const WIDTH = 34

export function helpText (): string {
  const lines = [
    'Usage: roster-sidecar --service NAME --port PORT [options] -- PROGRAM [ARGUMENT...]',
    '       roster-sidecar --service NAME --port PORT [options]      (beside a process that somebody else starts)',
    '       roster-sidecar [--upstream NAME:PORT] [options]          (outbound only)',
    '',
    'Runs beside one service in any language: starts it, registers it, and gives it discovery, balancing and retries.',
  ]
  for (const [group, names] of groups()) {
    lines.push('', `${group}:`)
    for (const name of names) {
      const { kind, help, many, default: fallback } = options[name] as Option
      const left = `  ${[flagOf(name), kind.placeholder].join(' ').trim()}${many === true ? ' ...' : ''}`
      const note = fallback === undefined || fallback === false ? '' : ` (default ${shown(name, fallback)})`
      lines.push(left.length >= WIDTH ? left : left.padEnd(WIDTH) + help + note)
      if (left.length >= WIDTH) lines.push(' '.repeat(WIDTH) + help + note)
    }
  }
  lines.push(
    '',
    '  --config FILE'.padEnd(WIDTH) + 'All of these as JSON: {"service": "orders", "publicPort": 0, "upstream": ["payments:9001"], "command": ["node", "orders.js"]}',
    '',
    `Each is also a variable: ${variableOf('publicPort')}, ${variableOf('upstream')} (several by comma). Flags win over variables, variables over the file.`,
    '',
    'Exit codes: the child\'s own (128 and the signal\'s number when a signal ended it), 0 after a drain without a child;',
    '  64 usage, 69 registry unreachable and nothing on disk, 71 port taken, 75 the child did not answer in time,',
    '  78 policy or configuration file, 126 program cannot be run, 127 no such program.',
    ''
  )
  return lines.join('\n')
}

/** As one would write it. */
function shown (name: string, value: unknown): string {
  if (typeof value !== 'number') return String(value)
  if (/(Timeout|Interval)$/.test(name)) return `${value / 1000}s`
  return /Bytes$/.test(name) ? `${value / 1024}k` : String(value)
}

function groups (): Map<string, Array<(typeof optionNames)[number]>> {
  const found = new Map<string, Array<(typeof optionNames)[number]>>()
  for (const name of optionNames) {
    const { group } = options[name]
    const known = found.get(group)
    if (known === undefined) found.set(group, [name])
    else known.push(name)
  }
  return found
}
