// Signals of the process: two end it, the others are the child's. With handlers of our own a process with id 1 gets them too, for which the kernel has no defaults.

export interface SignalHandlers {
  /** @param again somebody asked before and does not want to wait */
  readonly end: (signal: 'SIGTERM' | 'SIGINT', again: boolean) => void
  readonly forward: (signal: NodeJS.Signals) => void
}

const ENDS = ['SIGTERM', 'SIGINT'] as const
/** What services use for their own purposes: reload, reopen logs, dump. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT', 'SIGWINCH', 'SIGCONT']

export function onSignals ({ end, forward }: SignalHandlers): void {
  let asked = false
  for (const signal of ENDS) process.on(signal, () => { end(signal, asked); asked = true })
  for (const signal of FORWARDED) process.on(signal, () => forward(signal))
}
