// Laws of the LMDB file: it is whole after every transaction, and LMDB never writes where no room was taken before.
import t from 'tap'
import { closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { auditPages } from '../../src/engine/audit.js'
import { isReadable, newestRoot } from '../../src/engine/lmdb-root.js'
import { Log } from '../../src/engine/log.js'
import { systemClock } from '../../src/clock.js'
import { seeded } from './crash.js'

/** Writes and removes records at random, over several openings, and checks the file after each step. Gives the number of steps. */
export async function randomLog (path: string, seed: number, openings: number, steps: number, largest: number): Promise<number> {
  const random = seeded(seed)
  const file = join(path, 'data.mdb')
  let first = 1
  let last = 0
  let done = 0
  for (let opening = 0; opening < openings; opening++) {
    const log = await Log.open(path, systemClock)
    if ((log.newest ?? 0) !== last || log.count !== last - first + 1) throw new Error(`law: what was written is there (${log.newest}, ${log.count})`)
    for (let step = 0; step < steps; step++) {
      const records = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => [last + 1 + i, Buffer.alloc(Math.floor(largest ** random()), 'r')] as const)
      last += records.length
      const removed: number[] = []
      const most = random() < 0.05 ? Infinity : 30
      if (random() < 0.4) while (first < last - 20 * random() && removed.length < most) removed.push(first++)
      const longBefore = done === 0 ? 0 : statSync(file).size
      await log.write(records, removed)
      const fd = openSync(file, 'r')
      const { lastPage, pageSize } = newestRoot(fd)
      closeSync(fd)
      const long = statSync(file).size
      if ((lastPage + 1) * pageSize > long) throw new Error('law: LMDB stays within the room that was taken')
      if (long !== longBefore && long % 4096 !== 0) throw new Error(`law: the file grows by whole pages (${long})`)
      auditPages(file)
      done++
    }
    await log.close()
    auditPages(file)
  }
  return done
}

t.test('whole after every step, within its room', { skip: isReadable ? false : 'LMDB has another layout on this machine' }, async t => {
  const dir = t.testdir()
  t.equal(await randomLog(join(dir, 'small'), 1, 3, 60, 3000), 180)
  t.equal(await randomLog(join(dir, 'large'), 2, 3, 40, 70_000), 120)
})
