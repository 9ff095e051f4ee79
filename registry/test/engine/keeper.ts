// A process that keeps a data directory and does as it is told, a line at a time; started by keeper-process.ts, and killed, traced and starved by tests.
//   in:  `put N`   writes group/N%50, three rows with the same N, in one transaction       out: `ok N REVISION` or `no N CODE`
//        `reject`  leaves a rejected promise behind that has nothing to do with the engine
//   The first line out is `open REVISION`, or `refused CODE message` with exit code 1. The end of the input is the end of the process.
import { createInterface } from 'node:readline'
import { EngineError } from '../../src/engine/engine.js'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { jsonCodec, write } from './recorder.js'

/** Groups of rows that are written whole or not at all. */
export const GROUPS = 50
export const groupOf = (n: number): ReadonlyArray<readonly [key: string, value: unknown]> => [0, 1, 2].map(i => [`group/${n % GROUPS}/${i}`, { n, text: 'x'.repeat(n * 37 % 900) }] as const)

if (process.argv[2] !== undefined && process.argv[1]?.endsWith('keeper.mjs') === true) await keep(process.argv[2], Number(process.argv[3] ?? 8 * 1024 * 1024))

async function keep (dir: string, slackBytes: number): Promise<void> {
  const say = (line: string): void => { process.stdout.write(line + '\n') }
  const engine = embeddedEngine(dir, jsonCodec, { slackBytes, madeBy: '0.1.0' })
  try {
    say(`open ${await engine.open({ row () {}, event () {} })}`)
  } catch (error) {
    say(error instanceof EngineError ? `refused ${error.code} ${error.message}` : `crashed ${String(error)}`)
    process.exitCode = 1
    return
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, n] = line.split(' ')
    if (word === 'reject') void Promise.reject(new Error('nothing to do with the engine'))
    else {
      engine.commit(write({ puts: groupOf(Number(n)) })).then(({ revision }) => say(`ok ${n} ${revision}`), (error: unknown) => say(`no ${n} ${error instanceof EngineError ? error.code : String(error)}`))
    }
  }
  await engine.close()
}
