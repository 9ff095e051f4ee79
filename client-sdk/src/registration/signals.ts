// SIGTERM and SIGINT for the whole process: all that has to be drained is drained at once, then the process ends. One handler, however many clients there are; none while nobody asked.

/** Drains; resolves with whether the process may be ended then. Must not reject. */
export type AtSignal = () => Promise<boolean>

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
/** Exit code of a process that a signal ended is this and the signal's number (POSIX shells). */
const SIGNAL_BASE = 128
const NUMBERS: Readonly<Record<string, number>> = { SIGTERM: 15, SIGINT: 2 }

const drains = new Set<AtSignal>()
let draining = false

function handle (signal: NodeJS.Signals): void {
  // Whoever asks twice does not want to wait.
  if (draining) process.exit(SIGNAL_BASE + (NUMBERS[signal] ?? 0))
  draining = true
  void Promise.all([...drains].map(drain => drain())).then(mayExit => {
    if (mayExit.every(Boolean)) process.exit(0)
    draining = false
  })
}

/** @returns a function that takes it back; with the last one the process has Node's own behaviour again */
export function onSignal (drain: AtSignal): () => void {
  if (drains.size === 0) for (const signal of SIGNALS) process.on(signal, handle)
  drains.add(drain)
  return () => {
    if (!drains.delete(drain) || drains.size > 0) return
    for (const signal of SIGNALS) process.off(signal, handle)
  }
}
