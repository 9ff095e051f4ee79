// Law: what was acknowledged survives kill -9, nothing half-done is seen, the index never goes back, and there is a sync between a request and its answer.
import t from 'tap'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { noBuild, startAgent } from '../support/agent-process.js'
import { killRounds } from '../support/kill-rounds.js'

const strace = (() => { try { execFileSync('strace', ['-V'], { stdio: 'ignore' }); return true } catch { return false } })()

t.test('kill -9 under writers, three rounds', { skip: noBuild, timeout: 120_000 }, async t => { await killRounds(t, 3, 17) })

t.test('the disk has it before the caller hears of it', { skip: noBuild || (strace ? false : 'strace is not installed'), timeout: 60_000 }, async t => {
  const dir = t.testdir({ data: {} })
  const trace = join(dir, 'trace')
  const agent = await startAgent({ dir, dataDir: join(dir, 'data'), wrap: ['strace', '-f', '-qq', '-s', '256', '-e', 'trace=read,write,writev,fdatasync,fsync,msync,sync_file_range', '-o', trace] })
  t.equal((await agent.call('PUT', '/v1/kv/needle-in-the-trace', 'x')).status, 200)
  await agent.stop()
  const lines = readFileSync(trace, 'utf8').split('\n')
  const asked = lines.findIndex(line => /read\(.*PUT \/v1\/kv\/needle-in-the-trace/.test(line))
  const answered = lines.findIndex((line, i) => i > asked && /writev?\(.*HTTP\/1\.1 200 OK/.test(line))
  t.ok(asked >= 0 && answered > asked, 'the request and its answer are in the trace')
  const between = lines.slice(asked, answered)
  t.ok(between.some(line => /(fdatasync|fsync|msync)\(.*= 0|<\.\.\. (fdatasync|fsync|msync) resumed>.*= 0/.test(line)), 'a sync ended in between')
})
