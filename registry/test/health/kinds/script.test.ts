// Laws of script checks: the exit code is the status, both streams are the output, its tail is kept, and when the time is up the whole group is gone.
import t from 'tap'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { outcome, runCheck } from '../../support/check-run.js'

const sh = (text: string) => ({ args: ['/bin/sh', '-c', text] })

for (const [script, result] of [
  ['echo fine', 'passing: fine\n'],
  ['echo hm; exit 1', 'warning: hm\n'],
  ['echo bad >&2; exit 2', 'critical: bad\n'],
  ['exit 7', 'critical: '],
  ['printf out; printf err >&2', 'passing: outerr'],
  ['echo dying; kill -9 $$', 'critical: dying\n'],
  ['cat; echo read', 'passing: read\n'],
  ['i=0; while [ $i -lt 600 ]; do printf 0123456789; i=$((i+1)); done; printf END', `passing: Captured 4096 of 6003 bytes\n...\n${'0123456789'.repeat(600).slice(-4093)}END`],
] as const) t.test(script, async t => t.equal(await outcome(sh(script)), result))

t.test('a limit of its own', async t => {
  t.equal(await outcome(sh('printf 0123456789'), { outputMaxBytes: 4 }), 'passing: Captured 4 of 10 bytes\n...\n6789')
})

t.test('programs that cannot be started', async t => {
  const dir = t.testdir({ plain: 'not a program' })
  chmodSync(join(dir, 'plain'), 0o644)
  t.equal(await outcome({ args: ['/no/such/program'] }), 'critical: fork/exec /no/such/program: no such file or directory')
  t.equal(await outcome({ args: ['no-such-program-anywhere'] }), 'critical: exec: "no-such-program-anywhere": executable file not found in $PATH')
  t.equal(await outcome({ args: [join(dir, 'plain')] }), `critical: fork/exec ${join(dir, 'plain')}: permission denied`)
  t.equal(await outcome({ args: [dir] }), `critical: fork/exec ${dir}: permission denied`)
  t.equal(await outcome({ args: [''] }), 'critical: exec: no command')
  t.equal(await outcome({ args: ['/bin/echo', 'a\0b'] }), 'critical: fork/exec /bin/echo: invalid argument')
})

t.test('out of time: the text says so, with what was printed, and no child is left', async t => {
  const dir = t.testdir({})
  const pids = join(dir, 'pids')
  t.equal(await outcome(sh(`sleep 60 & echo $! $$ > ${pids}; echo before; wait`), { timeoutMs: 300 }), 'critical: Timed out (300ms) running check\n\nbefore\n')
  const gone = (pid: number): boolean => {
    // Killed and not yet collected by its parent is gone too.
    const stat = `/proc/${pid}/stat`
    if (existsSync('/proc/self/stat')) return !existsSync(stat) || /\) Z/.test(readFileSync(stat, 'utf8'))
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  }
  for (const pid of readFileSync(pids, 'utf8').trim().split(' ').map(Number)) {
    while (!gone(pid)) await new Promise(resolve => setImmediate(resolve))
  }
})

t.test('a child in the background that holds the output belongs to the run', async t => {
  t.equal(await outcome(sh('(sleep 60; echo late) & echo early'), { timeoutMs: 300 }), 'critical: Timed out (300ms) running check\n\nearly\n')
})

t.test('a run that is cut short kills its program', async t => {
  const dir = t.testdir({})
  const [started, survived] = [join(dir, 'started'), join(dir, 'survived')]
  const abort = new AbortController()
  const run = runCheck(sh(`touch ${started}; sleep 0.4; touch ${survived}`), {}, abort.signal)
  while (!existsSync(started)) await new Promise(resolve => setImmediate(resolve))
  abort.abort()
  t.match(await run, { output: 'context canceled' })
  await outcome(sh('sleep 0.6')) // longer than the program would have needed
  t.notOk(existsSync(survived))
})

t.test('the program sees the environment and the folder of the server', async t => {
  process.env.ROSTER_TEST_WORD = 'handed down'
  writeFileSync(join(t.testdir({}), 'x'), '')
  t.equal(await outcome(sh('echo "$ROSTER_TEST_WORD"; pwd')), `passing: handed down\n${process.cwd()}\n`)
})
