// Damages copies of a data directory and says what became of each: shared by the short test and the long one.
import { closeSync, cpSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../src/engine/engine.js'
import { embeddedEngine } from '../../src/engine/embedded.js'
import { newestRoot } from '../../src/engine/lmdb-root.js'
import { Recorder, jsonCodec, write } from './recorder.js'
import type { View } from './recorder.js'

export const DATA = 'roster/log/data.mdb'

/** A directory with small and large rows, tombstones, moved records and free pages; gives what is in it. */
export async function furnished (dir: string): Promise<View> {
  const engine = embeddedEngine(dir, jsonCodec, { slackBytes: 40_000 })
  const fold = new Recorder()
  await engine.open(fold)
  await engine.commit(write({ puts: Array.from({ length: 60 }, (_, i) => [`still/${i}`, 's'.repeat(i * 13)] as const) }))
  for (let i = 0; i < 120; i++) await engine.commit(write({ puts: [[`busy/${i % 9}`, { i, text: 'b'.repeat(i * 61 % 2500) }]] }))
  await engine.commit(write({ deletes: [['still/3', { was: 3 }], ['busy/2']], puts: [['large', 'l'.repeat(30_000)]] }))
  await engine.commit(write({ purges: ['busy/2'] }))
  await engine.close()
  return fold.view
}

/** Bytes of an LMDB file up to the end of the last page in use. */
export function usedBytes (file: string): number {
  const fd = openSync(file, 'r')
  try {
    const { lastPage, pageSize } = newestRoot(fd)
    return (lastPage + 1) * pageSize
  } finally {
    closeSync(fd)
  }
}

/**
 * Opens a copy of `dir` whose data file `bend` has changed: `whole` (all of `view` is there), `DAMAGED`, or what must not be.
 * @param spare a path for the copy
 */
export async function opened (dir: string, spare: string, view: View, bend: (bytes: Buffer) => Buffer): Promise<string> {
  if (!existsSync(spare)) cpSync(dir, spare, { recursive: true })
  writeFileSync(join(spare, DATA), bend(readFileSync(join(dir, DATA)).subarray(0, usedBytes(join(dir, DATA)))))
  const engine = embeddedEngine(spare, jsonCodec)
  const fold = new Recorder()
  try {
    await engine.open(fold)
    return JSON.stringify(fold.view) === JSON.stringify(view) ? 'whole' : 'opened with other contents'
  } catch (error) {
    if (fold.started.length > 0) return 'half loaded'
    return error instanceof EngineError && error.message.startsWith(`${spare} is damaged and was not loaded`) ? error.code : `no proper refusal: ${String(error)}`
  } finally {
    await engine.close()
  }
}

export const flip = (at: number, bit: number) => (bytes: Buffer): Buffer => {
  bytes[at]! ^= 1 << bit
  return bytes
}
