// The page about the command line names every command there is, and no other.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isGroup, verbs, type Entry } from '../../src/cli/verbs.js'

const names = (entries: readonly Entry[], before = ''): readonly string[] => entries.flatMap(entry => isGroup(entry) ? names(entry.verbs, `${before}${entry.name} `) : [before + entry.name])

t.test('every command, and no other', t => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/command-line.md'), 'utf8')
  const table = page.slice(page.indexOf('| command |'), page.indexOf('## What is different'))
  const told = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(match => match[1]!))
  t.strictSame([...told].sort(), [...names(verbs)].sort())
  t.end()
})
