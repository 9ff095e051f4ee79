// Kills a writing process again and again and looks at what is left: shared by the short test and the long one.
import { embeddedEngine } from '../../src/engine/embedded.js'
import { GROUPS, groupOf } from './keeper.js'
import { keeper } from './keeper-process.js'
import { Recorder, jsonCodec } from './recorder.js'
import type { Test } from 'tap'

/** What a process has acknowledged: the newest write to each group, and the last revision. */
export class Acknowledged {
  readonly newest = new Map<number, number>()
  revision = 0

  /** Takes in lines that keeper.ts has said. */
  hear (lines: readonly string[]): void {
    for (const line of lines) {
      const [word, n, revision] = line.split(' ')
      if (word !== 'ok') continue
      this.newest.set(Number(n) % GROUPS, Math.max(Number(n), this.newest.get(Number(n) % GROUPS) ?? 0))
      this.revision = Math.max(this.revision, Number(revision))
    }
  }

  /** Opens what is left and gives what is wrong with it. Writes come in the order of their numbers. */
  async missing (dir: string): Promise<string[]> {
    const wrong: string[] = []
    const engine = embeddedEngine(dir, jsonCodec)
    const fold = new Recorder()
    const revision = await engine.open(fold)
    await engine.close()
    if (revision < this.revision) wrong.push(`law: the revision does not go back (${revision} after ${this.revision})`)
    for (let group = 0; group < GROUPS; group++) {
      const rows = [0, 1, 2].map(i => fold.rows.get(`group/${group}/${i}`))
      const found = rows.map(row => (row?.value as { n: number } | undefined)?.n)
      if (new Set(found).size > 1) wrong.push(`law: a transaction is there whole or not at all (group ${group}: ${found.join()})`)
      if ((found[0] ?? 0) < (this.newest.get(group) ?? 0)) wrong.push(`law: what was acknowledged is there (group ${group}: ${found[0]}, acknowledged ${this.newest.get(group)})`)
      else if (found[0] !== undefined && JSON.stringify(rows.map(row => row!.value)) !== JSON.stringify(groupOf(found[0]).map(([, value]) => value))) wrong.push(`law: as it was written (group ${group})`)
    }
    return wrong
  }
}

/** @param random below 1, seeded */
export async function killRounds (t: Test, script: string, dir: string, rounds: number, random: () => number): Promise<void> {
  const acknowledged = new Acknowledged()
  let n = 1
  for (let round = 1; round <= rounds; round++) {
    const one = keeper(t, script, [dir, '20000'])
    await one.line(/^open /)
    // A few hundred on their way at once, and the end somewhere among them.
    const last = n + 50 + Math.floor(random() * 350)
    const fatal = n + Math.floor(random() * (last - n))
    for (; n < last; n++) one.tell(`put ${n}`)
    await one.line(new RegExp(`^ok ${fatal} `))
    await one.kill('SIGKILL')
    acknowledged.hear(one.lines)
    const wrong = await acknowledged.missing(dir)
    if (wrong.length > 0) t.fail(`round ${round}: ${wrong.join('; ')}`)
  }
  t.ok(acknowledged.revision > rounds, `${acknowledged.revision} revisions over ${rounds} kills`)
}

export function seeded (seed: number): () => number {
  return () => (seed = seed * 48271 % 2147483647) / 2147483647
}
