// Proportional memory of processes: what they share is counted once. `/proc/<pid>/smaps_rollup`, Linux only. https://docs.kernel.org/filesystems/proc.html

import { readFileSync } from 'node:fs'

/** MB, or `undefined` where the system does not tell. */
export function proportionalMb (pids: readonly number[]): number | undefined {
  let kb = 0
  for (const pid of pids) {
    try { kb += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) } catch { /* It has ended meanwhile, or this is no Linux. */ }
  }
  return kb === 0 ? undefined : kb / 1024
}
