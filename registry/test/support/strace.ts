// What a process asked of the system and in which order, by strace: for laws about what is on the disk before an answer leaves.
import { spawnSync } from 'node:child_process'

/** Why there is no tracing here, or `false` when there is; made for tap's `skip`. */
export const untraceable: string | false = (() => {
  const { error, status, stderr } = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' })
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? false : `strace may not trace here: ${stderr.trim()}`
})()

/** The command in front of a command to trace, threads and children included; what it saw is in `file` when the process has ended. */
export const traced = (file: string): string[] => ['strace', '-f', '-y', '-xx', '-s', '10000000',
  '-e', 'trace=openat,read,readv,recvfrom,recvmsg,write,writev,pwrite64,pwritev,sendto,sendmsg,lseek,fdatasync,fsync,ftruncate', '-o', file]

export interface Call {
  readonly name: string
  readonly fd: number
  /** What the descriptor stands for: a path, `pipe:[…]`, `socket:[…]`. For `openat` the path that was opened. */
  readonly path: string
  /** What was read or written. */
  readonly bytes: Buffer
  /** The last argument where it is a number: an offset for `pwrite64` and `pwritev`, a length for others. */
  readonly last: number
  /** Flags of `openat`, the arguments as text for all others. */
  readonly text: string
  readonly result: number
  /** Positions in the trace. Another call was surely earlier if its `done` is below this `begun`. */
  readonly begun: number
  readonly done: number
}

/** Finished calls, by the order in which they were done. */
export function calls (trace: string): Call[] {
  const found: Call[] = []
  const begun = new Map<string, { readonly text: string, readonly at: number }>()
  for (const [at, line] of trace.split('\n').entries()) {
    const [, pid, text] = /^(\d+) +(.*)$/.exec(line) ?? []
    if (pid === undefined || text === undefined) continue
    if (text.endsWith('<unfinished ...>')) {
      begun.set(pid, { text: text.slice(0, -'<unfinished ...>'.length), at })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)
    const whole = resumed === null ? text : (begun.get(pid)?.text ?? '') + resumed[1]
    const call = /^(\w+)\((.*)\) += (-?\d+)/.exec(whole)
    if (call === null) continue
    const [, name, args, result] = call as unknown as [string, string, string, string]
    const place = /^(\d+)<([^>]*)>/.exec(name === 'openat' ? whole.slice(whole.lastIndexOf(' = ') + 3) : args)
    found.push({
      name,
      fd: Number(place?.[1] ?? -1),
      path: unhex(place?.[2] ?? '').toString(),
      bytes: name === 'openat' ? Buffer.alloc(0) : Buffer.concat([...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(m => unhex(m[1]!))),
      last: Number(/(-?\d+)\s*$/.exec(args)?.[1] ?? NaN),
      text: args.replaceAll(/"[^"]*"/g, '""'),
      result: Number(result),
      begun: resumed === null ? at : begun.get(pid)?.at ?? at,
      done: at,
    })
  }
  return found
}

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex')

/** Whether everything written to `path` before `reply` began was on the disk by then: by a later sync, or because its descriptor syncs each write. */
export function unsyncedAt (reply: Call, all: readonly Call[], path: string): Call[] {
  const syncing = new Set<number>()
  let waiting: Call[] = []
  for (const call of all) {
    if (call.done >= reply.begun) break
    if (call.path !== path || call.result < 0) continue
    if (call.name === 'openat') {
      if (/O_D?SYNC/.test(call.text)) syncing.add(call.fd)
      else syncing.delete(call.fd)
    } else if (call.name === 'fdatasync' || call.name === 'fsync') waiting = waiting.filter(write => write.done >= call.begun)
    else if (/^p?writev?(64)?$/.test(call.name) && !syncing.has(call.fd)) waiting.push(call)
  }
  return waiting
}
