// Which verb a command line means, and what is said when it means none: scripts go by codes and streams.
import t from 'tap'
import { isGroup, verbs, type Entry, type Leaf } from '../../src/cli/verbs.js'
import { commandLine, words } from '../support/command-line.js'

/** Every verb with the words that lead to it. */
function leaves (entries: readonly Entry[], before: readonly string[] = []): Array<{ readonly path: readonly string[], readonly leaf: Leaf }> {
  return entries.flatMap(entry => isGroup(entry) ? leaves(entry.verbs, [...before, entry.name]) : [{ path: [...before, entry.name], leaf: entry }])
}

t.test('what is said where, and with which code', async t => {
  const usage = /^Usage: roster \[--version\] \[--help\] <command> \[<args>\]\n\nAvailable commands are:\n {4}agent {4}/
  const kv = /^Usage: roster kv <subcommand> \[options\] \[args\]\n/
  const kvGet = /^Usage: roster kv get \[options\] \[KEY_OR_PREFIX\]\n/
  const version = /^Roster v\d+\.\d+\.\d+\S*\nBuild Date /
  const early = /^Invalid flags before the subcommand\. If these flags are for\nthe subcommand, please put them after the subcommand\.\n\nUsage: roster kv/
  const cases: ReadonlyArray<readonly [line: string, code: number, out: RegExp | '', err: RegExp | '']> = [
    ['', 127, '', usage],
    ['nope', 127, '', usage],
    ['nope -h', 127, '', usage],
    ['memebrs', 127, '', /Did you mean "members"\?\n$/],
    ['-x', 127, '', usage],
    ['-- members', 127, '', usage],
    ['help', 127, '', usage],
    ['-h', 0, usage, ''],
    ['--help', 0, usage, ''],
    ['-v', 0, version, ''],
    ['--version', 0, version, ''],
    ['-v members', 0, version, ''],
    ['version', 0, version, ''],
    ['kv', 1, '', kv],
    ['kv nope', 1, '', kv],
    ['kv -stale get', 1, '', kv],
    ['kv -h', 0, kv, ''],
    ['kv nope -h', 0, kv, ''],
    ['kv nope -- -h', 1, '', kv],
    ['-h kv', 0, kv, ''],
    ['kv get -h', 0, kvGet, ''],
    ['kv get x --help', 0, kvGet, ''],
    ['-h kv get', 0, kvGet, ''],
    ['-stale kv', 1, '', early],
    ['-http-addr=x kv get a', 1, '', early],
    ['-stale nope', 127, '', usage],
    ['kv get -stael x', 1, '', /^flag provided but not defined: -stael\nDid you mean -stale\?\nUsage:\n {2}-base64\n/],
    ['kv get -stale=maybe x', 1, '', /^invalid boolean value "maybe" for -stale: strconv\.ParseBool: parsing "maybe": invalid syntax\nUsage:\n/],
    ['kv get -o xml x', 1, '', /^Invalid value for -o: must be table or json\n/],
    ['kv get -near', 1, '', /^flag provided but not defined: -near\n/],
    ['kv put -flags', 1, '', /^flag needs an argument: -flags\n/],
    ['version -format=xml', 1, '', /^Unknown format: xml\n$/],
  ]
  for (const [line, code, out, err] of cases) {
    const ran = await commandLine(words(line))
    t.equal(ran.code, code, `code of: ${line}`)
    t.match(ran.out, out === '' ? /^$/ : out, `standard output of: ${line}`)
    t.match(ran.err, err === '' ? /^$/ : err, `standard error of: ${line}`)
  }
})

t.test('every verb has a page, and its flags make sense', async t => {
  for (const { path, leaf } of leaves(verbs)) {
    const name = path.join(' ')
    const verb = await leaf.load()
    const { code, out, err } = await commandLine([...path, '-h'])
    t.equal(code, 0, name)
    t.equal(err, '', name)
    t.ok(out.startsWith(`Usage: roster ${name}`), `${name}: the first line is how it is used`)
    t.notMatch(out, /.{81}/, `${name}: nothing is wider than a terminal`)
    const names = verb.flags.map(flag => flag.name)
    t.equal(new Set(names).size, names.length, `${name}: no flag twice`)
    if (name !== 'agent') t.ok(names.includes('o'), `${name}: results can be had as JSON`)
    t.equal((await commandLine([...path, '-no-such-flag'])).code, 1, `${name}: an unknown flag`)
  }
})

t.test('without a server every verb that needs one fails in one line, on standard error alone', async t => {
  const words: Readonly<Record<string, readonly string[]>> = {
    'services deregister': ['-id=x'],
    'services register': ['-name=x'],
    'services maint': ['-enable', 'x'],
    'services show': ['x'],
    'kv get': ['x'],
    'kv put': ['x'],
    'kv delete': ['x'],
    'kv import': ['[{"key":"x"}]'],
    watch: ['-type=nodes'],
    lock: ['x', 'true'],
    event: ['-name=x'],
    rtt: ['x'],
    'force-leave': ['x'],
    'snapshot save': ['/tmp/x'],
    'config read': ['-kind=mesh', '-name=x'],
    'config list': ['-kind=mesh'],
    'config delete': ['-kind=mesh', '-name=x'],
    'intention create': ['a', 'b'],
    'intention check': ['a', 'b'],
    'intention match': ['a'],
    'intention get': ['a', 'b'],
    'intention delete': ['a', 'b'],
    'operator raft remove-peer': ['-id=x'],
    'checks pass': ['x'],
    'checks warn': ['x'],
    'checks fail': ['x'],
    resolve: ['x'],
    'import consul': ['-addr=http://127.0.0.1:1'],
  }
  // They go on until somebody has seen enough, or want more than a word; their own tests look at them.
  const skipped = ['join', 'kv watch', 'services watch', 'config write', 'snapshot restore']
  let asked = 0
  for (const { path, leaf } of leaves(verbs)) {
    const name = path.join(' ')
    if (!(await leaf.load()).flags.some(flag => flag.name === 'http-addr') || skipped.includes(name)) continue
    asked++
    const { code, out, err } = await commandLine([...path, '-http-addr=127.0.0.1:1', ...words[name] ?? []])
    t.equal(code, name === 'intention check' ? 2 : 1, name)
    t.equal(out, '', name)
    t.match(err, /^[^\n]*: \w+ "http:\/\/127\.0\.0\.1:1\/[^"]*": dial tcp 127\.0\.0\.1:1: connect: connection refused\n$|^[^\n]* \w+ "http:\/\/127\.0\.0\.1:1\/[^"]*": dial tcp 127\.0\.0\.1:1: connect: connection refused\n$/, name)
  }
  t.ok(asked > 35, 'most verbs need one')
})

t.test('completion knows every verb and loads the one on the line', async t => {
  const { out } = await commandLine(['__complete', 'kv', 'g'])
  t.equal(out, 'get\tShows values, or lists keys\n')
  t.match((await commandLine(['__complete', 'kv', 'get', '-sep'])).out, /^-separator\t/)
  t.match((await commandLine(['__complete', ''])).out, /^agent\tRuns the registry\n/)
  t.match((await commandLine(['__complete', 'completion', ''])).out, /bash\nzsh\nfish/)
  t.match((await commandLine(['completion', 'bash'])).out, /complete -F _roster roster/)
  t.match(await commandLine(['completion', 'tcsh']), { code: 1, out: '', err: 'Must specify one shell: bash, zsh, fish\n' })
  t.match(JSON.parse((await commandLine(['completion', '-o', 'json', 'fish'])).out), { Shell: 'fish' })
})
