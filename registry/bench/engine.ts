// How many durable commits a second the engine takes, against a bare group-committed append (write + fdatasync of the same bytes) in the same run,
// in a small registry and in a large one; and how long the large one takes to load.
//
//   node --import=tsx registry/bench/engine.ts [--seconds 2] [--rounds 3] [--dir /tmp]
//
// A commit writes three rows of about 400 bytes, as the registration of an instance with a check does. The disk decides; give --dir to choose it.
// Rounds are interleaved, the median counts.

import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, statSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { embeddedEngine } from '../src/engine/embedded.js'
import type { Codec, Fold } from '../src/engine/engine.js'
import type { LocalEngine } from '../src/engine/local.js'

/** Of a registration through HTTP with 64 writers; the engine alone must do better, since HTTP comes on top. */
const BAR = 0.5
const WRITERS = [1, 64, 256]
const ROWS = [3_000, 300_000]

interface Measured { readonly perSecond: number, readonly p50Ms: number, readonly p99Ms: number, readonly cpuUs: number }

const { values: options } = parseArgs({ options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' }, dir: { type: 'string', default: tmpdir() } } })
const seconds = Number(options.seconds)
const dir = mkdtempSync(join(options.dir, 'engine-bench-'))

const codec: Codec = { encode: (_, value) => JSON.stringify(value), decode: (_, text) => JSON.parse(text) as unknown }
const fold: Fold = { row () {}, event () {} }
const keyOf = (i: number): string => `node/n${i % 1000}/service/web-${i}-10-0-0-${i % 250}-8080`
const valueOf = (i: number): object => ({ node: `n${i % 1000}`, id: `web-${i}`, name: 'web', address: '198.51.100.7', port: 8080, tags: ['primary', 'v1'], meta: { version: '1.2.3', text: 'x'.repeat(200) }, at: Math.random() })

/** Has `writers` commit one after another for a while. */
async function measure (writers: number, commit: () => Promise<unknown>): Promise<Measured> {
  const times: number[] = []
  const cpu = process.cpuUsage()
  const began = performance.now()
  await Promise.all(Array.from({ length: writers }, async () => {
    while (performance.now() - began < seconds * 1000) {
      const start = performance.now()
      await commit()
      times.push(performance.now() - start)
    }
  }))
  const { user, system } = process.cpuUsage(cpu)
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(times.length * share)]!
  return { perSecond: times.length / (performance.now() - began) * 1000, p50Ms: at(0.5), p99Ms: at(0.99), cpuUs: (user + system) / times.length }
}

/** A file that many append to: whoever comes during a sync goes with the next one. */
class Append {
  readonly #fd = openSync(join(dir, 'append'), 'w')
  #waiting: Array<{ readonly bytes: Uint8Array, readonly done: () => void }> = []
  #busy = false

  write (bytes: Uint8Array): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push({ bytes, done: resolve })
      if (!this.#busy) this.#flush()
    })
  }

  #flush (): void {
    const batch = this.#waiting
    this.#waiting = []
    this.#busy = batch.length > 0
    if (!this.#busy) return
    const failed = (error: Error | null): void => { if (error !== null) throw error }
    write(this.#fd, Buffer.concat(batch.map(b => b.bytes)), error => {
      failed(error)
      fdatasync(this.#fd, error => {
        failed(error)
        for (const { done } of batch) done()
        this.#flush()
      })
    })
  }

  close (): void { closeSync(this.#fd) }
}

async function filled (path: string, rows: number): Promise<LocalEngine> {
  const engine = embeddedEngine(path, codec)
  await engine.open(fold)
  for (let i = 0; i < rows; i += 5000) {
    await engine.commit(() => ({ tx: { puts: Array.from({ length: Math.min(5000, rows - i) }, (_, j) => [keyOf(i + j), valueOf(i + j)] as const) }, result: undefined }))
  }
  return engine
}

function show (label: string, runs: readonly Measured[], bare: readonly Measured[]): void {
  const median = (list: readonly Measured[], of: keyof Measured): number => list.map(m => m[of]).sort((a, b) => a - b)[list.length >> 1]!
  const ratio = median(runs, 'perSecond') / median(bare, 'perSecond')
  console.log(`${label.padEnd(38)} ${median(runs, 'perSecond').toFixed(0).padStart(7)}/s  p50 ${median(runs, 'p50Ms').toFixed(2).padStart(6)} ms  p99 ${median(runs, 'p99Ms').toFixed(2).padStart(6)} ms  ` +
    `cpu ${median(runs, 'cpuUs').toFixed(0).padStart(4)} us  ${runs === bare ? '' : `${(100 * ratio).toFixed(0)} % of the append`}`)
}

try {
  const engines = new Map<number, LocalEngine>()
  for (const rows of ROWS) engines.set(rows, await filled(join(dir, String(rows)), rows))
  const append = new Append()
  for (const writers of WRITERS) {
    const bare: Measured[] = []
    const runs = new Map<number, Measured[]>(ROWS.map(rows => [rows, []]))
    for (let round = 0; round < Number(options.rounds); round++) {
      bare.push(await measure(writers, () => append.write(Buffer.from([0, 1, 2].map(i => codec.encode('', valueOf(i))).join('')))))
      for (const [rows, engine] of engines) {
        runs.get(rows)!.push(await measure(writers, () => {
          const i = Math.floor(Math.random() * rows)
          return engine.commit(() => ({ tx: { puts: [i, i + 1, i + 2].map(j => [keyOf(j % rows), valueOf(j)] as const) }, result: undefined }))
        }))
      }
    }
    show(`append, ${writers} writers`, bare, bare)
    for (const rows of ROWS) show(`engine of ${rows} rows, ${writers} writers`, runs.get(rows)!, bare)
  }
  append.close()
  for (const rows of ROWS) {
    const path = join(dir, String(rows))
    await engines.get(rows)!.close()
    const cpu = process.cpuUsage()
    const began = performance.now()
    const engine = embeddedEngine(path, codec)
    await engine.open(fold)
    const { user, system } = process.cpuUsage(cpu)
    console.log(`load of ${rows} rows: ${(performance.now() - began).toFixed(0)} ms, cpu ${((user + system) / 1000).toFixed(0)} ms; the log has ${(statSync(join(path, 'roster/log/data.mdb')).size / 1e6).toFixed(0)} MB`)
    await engine.close()
  }
  console.log(`bar: a registration with 64 writers at ${100 * BAR} % of the append, HTTP included`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
