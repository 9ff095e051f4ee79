// Help says how a verb is used and shows its flags by group, from the same table that is parsed.
import t from 'tap'
import { flagList, groupText, helpText } from '../../src/cli/help.js'
import { agentFlags } from '../../src/config/agent-flags.js'
import type { Flag } from '../../src/cli/flags.js'

const table: readonly Flag[] = [
  { name: 'stale', kind: 'bool', group: 'HTTP API Options', help: 'Any server may answer.' },
  { name: 'separator', kind: 'string', help: 'String to use as a separator between keys. The default value is "/", but this option is only taken into account when paired with the -keys flag.' },
  { name: 'keys', kind: 'bool', help: 'Names only.' },
  { name: 'meta', kind: 'map', help: 'A fact.' },
  { name: 'old', kind: 'bool', hidden: true, help: 'Not shown.' },
]

t.test('a verb', async t => {
  t.equal(helpText({ usage: 'roster kv get [options] KEY', text: 'Shows a value.\n\n    $ roster kv get a', flags: table }), `Usage: roster kv get [options] KEY

  Shows a value.

      $ roster kv get a

HTTP API Options

  -stale
     Any server may answer.

Command Options

  -keys
     Names only.

  -meta=<key=value>
     A fact.

  -separator=<string>
     String to use as a separator between keys. The default value is
     "/", but this option is only taken into account when paired with
     the -keys flag.
`)
  t.equal(helpText({ usage: 'roster leave', text: '', flags: [] }), 'Usage: roster leave\n')
})

t.test('a group', async t => {
  t.equal(groupText({ usage: 'roster kv <subcommand> [options] [args]', text: 'Keys and values.', verbs: [{ name: 'put', synopsis: 'Sets' }, { name: 'delete', synopsis: 'Removes' }] }), `Usage: roster kv <subcommand> [options] [args]

  Keys and values.

Subcommands:
    delete    Removes
    put       Sets
`)
})

t.test('the list after a wrong flag', async t => {
  t.equal(flagList(table.slice(2)), 'Usage:\n  -keys\n    \tNames only.\n  -meta key=value\n    \tA fact.\n')
})

t.test('every flag of the agent has words, and fits on a line of 80', async t => {
  for (const flag of agentFlags) t.match(flag.help, /^[A-Za-z].*\.$/s, flag.name)
  for (const line of helpText({ usage: 'roster agent [options]', text: '', flags: agentFlags }).split('\n')) t.ok(line.length <= 80, line)
})
