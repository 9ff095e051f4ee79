// Laws of power loss: before an answer leaves, what it answers for is on the disk; and with everything gone that was not synced, what was answered is still there.
import t from 'tap'
import { cpSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { calls, traced, unsyncedAt, untraceable } from '../support/strace.js'
import { Acknowledged, seeded } from './crash.js'
import { DATA, furnished } from './damage.js'
import { bundle, keeper } from './keeper-process.js'
import type { Call } from '../support/strace.js'
import type { Test } from 'tap'

/** Has a traced process write, and gives what it asked of the system. `start` is the data file as it was before. */
async function writing (t: Test, dir: string, tell: (one: ReturnType<typeof keeper>) => Promise<void>): Promise<{ readonly all: Call[], readonly start: Buffer, readonly file: string }> {
  const data = join(dir, 'data')
  await furnished(data)
  const file = realpathSync(join(data, DATA))
  const start = readFileSync(file)
  const trace = join(dir, 'trace')
  const one = keeper(t, await bundle(dir), [data, '30000'], traced(trace))
  await one.line(/^open /)
  await tell(one)
  await one.end()
  return { all: calls(readFileSync(trace, 'utf8')), start, file }
}

const isAnswer = (call: Call): boolean => call.name === 'write' && call.fd === 1 && call.bytes.toString().startsWith('ok ')

t.test('a sync between the request and the answer', { skip: untraceable }, async t => {
  const { all, file } = await writing(t, realpathSync(t.testdir()), async one => {
    for (let n = 1; n <= 5; n++) {
      one.tell(`put ${n}`)
      await one.line(new RegExp(`^ok ${n} `))
    }
  })
  const answers = all.filter(isAnswer)
  t.equal(answers.length, 5)
  for (const answer of answers) {
    const n = answer.bytes.toString().split(' ')[1]
    const request = all.find(call => call.name === 'read' && call.fd === 0 && call.bytes.toString() === `put ${n}\n`)!
    const between = all.filter(call => call.path === file && call.begun > request.done && call.done < answer.begun)
    t.ok(between.some(call => call.name.includes('write') && call.result > 0), `put ${n}: something is written`)
    t.ok(between.some(call => call.name === 'fdatasync' && call.result === 0), `put ${n}: and synced`)
    t.strictSame(unsyncedAt(answer, all, file), [], `put ${n}: all of it`)
  }
})

/** The file as the disk may have it when the power goes after the call at `cut`: what was synced, and of the rest what `keeps` says. */
function afterCut (start: Buffer, all: readonly Call[], file: string, cut: number, keeps: (write: Call) => boolean): Buffer {
  const place = new Map<number, number>()
  const syncing = new Set<number>()
  let waiting: Array<readonly [number, Call]> = []
  let disk = start
  const put = (at: number, call: Call): void => {
    const end = at + call.result
    if (end > disk.length) disk = Buffer.concat([disk, Buffer.alloc(end - disk.length)])
    disk = Buffer.from(disk)
    call.bytes.copy(disk, at, 0, call.result)
  }
  for (const call of all) {
    if (call.done > cut) break
    if (call.path !== file || call.result < 0) continue
    if (call.name === 'openat') syncing[/O_D?SYNC/.test(call.text) ? 'add' : 'delete'](call.fd)
    if (call.name === 'lseek') place.set(call.fd, call.result)
    if (call.name === 'fdatasync' || call.name === 'fsync') {
      for (const [at, write] of waiting) if (write.done < call.begun) put(at, write)
      waiting = waiting.filter(([, write]) => write.done >= call.begun)
    }
    if (!call.name.includes('write')) continue
    const at = call.name.startsWith('pwrite') ? call.last : place.get(call.fd)!
    if (!call.name.startsWith('pwrite')) place.set(call.fd, at + call.result)
    if (syncing.has(call.fd)) put(at, call)
    else waiting.push([at, call])
  }
  for (const [at, write] of waiting) if (keeps(write)) put(at, write)
  return disk
}

t.test('whatever was not synced is lost', { skip: untraceable }, async t => {
  const dir = realpathSync(t.testdir())
  const random = seeded(3)
  const { all, start, file } = await writing(t, dir, async one => {
    for (let n = 1; n <= 60; n++) {
      one.tell(`put ${n}`)
      if (n % 7 === 0) await one.line(new RegExp(`^ok ${n} `)) // some alone, some together
    }
    await one.line(/^ok 60 /)
  })
  const writes = all.filter(call => call.path === file && call.name.includes('write'))
  t.ok(writes.length > 30, `${writes.length} writes to the data file`)
  t.ok(afterCut(start, all, file, Infinity, () => true).equals(readFileSync(file)), 'the trace tells the whole story')
  const spare = join(dir, 'spare')
  let cuts = 0
  // A cut may come after any call that writes, syncs or answers; every third of them is tried, with all, none and some of the unsynced writes kept.
  for (const [i, { done }] of all.filter(call => call.path === file || isAnswer(call)).entries()) {
    if (i % 3 !== 0) continue
    const acknowledged = new Acknowledged()
    for (const answer of all) if (isAnswer(answer) && answer.done <= done) acknowledged.hear(answer.bytes.toString().split('\n'))
    const ways: ReadonlyArray<readonly [string, (write: Call) => boolean]> = [['none', () => false], ['some', () => random() < 0.5], ['all', () => true]]
    const [way, keeps] = ways[cuts++ % 3]!
    rmSync(spare, { recursive: true, force: true })
    cpSync(join(dir, 'data'), spare, { recursive: true })
    writeFileSync(join(spare, DATA), afterCut(start, all, file, done, keeps))
    const wrong = await acknowledged.missing(spare)
    if (wrong.length > 0) t.fail(`cut after call ${done}, ${way} of the unsynced writes kept: ${wrong.join('; ')}`)
  }
  t.ok(cuts > 30, `${cuts} cuts`)
})
