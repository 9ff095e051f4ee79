// Completion offers what the parser would take next, and a real shell brings it to the line.
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { complete, completionAnswer, completionScript, SHELLS, type CompletedVerb } from '../../src/cli/completion.js'

const verbs: readonly CompletedVerb[] = [
  { words: ['agent'], synopsis: 'Runs an agent', flags: [{ name: 'dev', kind: 'bool', help: 'To try things. More.' }, { name: 'config-file', kind: 'list', values: 'file', help: 'A file.' }, { name: 'log-level', kind: 'string', values: ['debug', 'info'], help: 'Weight.' }] },
  { words: ['kv', 'get'], synopsis: 'Shows a value', flags: [{ name: 'keys', kind: 'bool', help: 'Names only.' }, { name: 'old', kind: 'bool', hidden: true, help: '' }] },
  { words: ['kv', 'put'], synopsis: 'Sets a value', flags: [] },
  { words: ['validate'], synopsis: 'Judges files', flags: [{ name: 'quiet', kind: 'bool', help: 'Says nothing.' }], values: 'file' },
  { words: ['completion'], synopsis: 'Prints a script', flags: [], values: ['bash', 'fish', 'zsh'] },
]

t.test('what could come next', async t => {
  const cases: ReadonlyArray<readonly [line: string, answer: string]> = [
    ['', 'agent\tRuns an agent\ncompletion\tPrints a script\nkv\nvalidate\tJudges files\n'],
    ['k', 'kv\n'],
    ['x', ''],
    ['x ', ''],
    ['kv ', 'get\tShows a value\nput\tSets a value\n'],
    ['kv g', 'get\tShows a value\n'],
    ['kv get -', '-keys\tNames only\n'],
    ['kv get --k', '--keys\tNames only\n'],
    ['kv get x -', ''],
    ['kv get -- -', ''],
    ['agent -d', '-dev\tTo try things\n'],
    ['agent -dev -log-level ', 'debug\ninfo\n'],
    ['agent -log-level=d', '-log-level=debug\n'],
    ['agent -log-level debug -', '-config-file\tA file\n-dev\tTo try things\n-log-level\tWeight\n'],
    ['agent -config-file ', ':file\n'],
    ['agent -config-file=/e', ':file\n'],
    ['agent -log-level -dev -', '-config-file\tA file\n-dev\tTo try things\n-log-level\tWeight\n'],
    ['validate ', ':file\n'],
    ['validate a.hcl b', ':file\n'],
    ['completion f', 'fish\n'],
  ]
  for (const [line, answer] of cases) t.equal(completionAnswer(complete(verbs, line.split(' '))), answer, `roster ${line}`)
})

t.test('bash asks the command and fills the line', async t => {
  const dir = t.testdir({ 'one.hcl': '', 'two.hcl': '' })
  writeFileSync(join(dir, 'roster'), `#!/bin/sh
[ "$1" = __complete ] || exit 1
shift
case "$*" in
  *-file*|*-config-file=*) echo ':file' ;;
  *-log-level=*) echo '-log-level=debug' ;;
  *) printf 'get\\tShows\\nput\\n' ;;
esac
`)
  chmodSync(join(dir, 'roster'), 0o755)
  const ask = (line: string): string[] => execFileSync('bash', ['-c', `
    ${completionScript('bash').replace('compopt -o filenames;', '')}
    COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}
    _roster
    printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', line], { cwd: dir, env: { ...process.env, PATH: `${dir}:${process.env['PATH']}` }, encoding: 'utf8' }).split('\n').filter(word => word !== '')
  t.strictSame(ask('roster kv '), ['get', 'put'])
  t.strictSame(ask('roster agent -config-file t'), ['two.hcl'])
  t.strictSame(ask('roster agent -config-file=').sort(), ['one.hcl', 'roster', 'two.hcl'])
  t.strictSame(ask('roster agent -log-level=d'), ['debug'], 'bash has parted the word at the sign already')
})

t.test('every shell has a script that asks back', async t => {
  for (const shell of SHELLS) t.match(completionScript(shell), /roster __complete/, shell)
  execFileSync('bash', ['-n', '-c', completionScript('bash')])
})
