// The process that the sidecar starts and stands beside. Knows how to start, signal and end it; when, is the lifecycle's decision.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { childError } from '../errors.js'

/** How it ended: with a code, or by a signal. */
export type Ending = { readonly code: number, readonly signal?: undefined } | { readonly code?: undefined, readonly signal: NodeJS.Signals }

export interface Child {
  readonly pid: number
  /** `undefined` while it runs. */
  readonly ending: Ending | undefined
  /** Never rejects. */
  readonly ended: Promise<Ending>
  /** Hands a signal on to the child alone; nothing once it has ended. */
  signal (signal: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL for it and all that it has started after `ms`. Resolves when it has ended. */
  stop (ms: number): Promise<Ending>
  /** SIGKILL, for it and all that it has started. */
  kill (): void
}

export interface ChildOptions {
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where its outputs go. Default: ours. */
  readonly stdio?: 'inherit' | 'ignore'
}

/**
 * Resolves when the program runs. It is the leader of a process group of its own, so that a Ctrl-C on the terminal reaches the sidecar alone, which drains first and then ends the child.
 * @throws SidecarError with exit code 126 or 127
 */
export async function startChild ({ command: [program = '', ...args], env, stdio = 'inherit' }: ChildOptions): Promise<Child> {
  let spawned: ChildProcess
  try { spawned = spawn(program, args, { env, stdio, detached: true }) } catch (error) { throw childError(program, error as NodeJS.ErrnoException) }
  await new Promise<void>((resolve, reject) => {
    spawned.once('spawn', resolve)
    spawned.once('error', error => reject(childError(program, error as NodeJS.ErrnoException)))
  })
  // What comes after the start (a signal that cannot be sent) is told by the call that caused it.
  spawned.on('error', () => {})
  return new Running(spawned)
}

class Running implements Child {
  readonly pid: number
  readonly ended: Promise<Ending>
  #ending: Ending | undefined

  constructor (private readonly child: ChildProcess) {
    this.pid = child.pid!
    this.ended = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        this.#ending = signal === null ? { code: code ?? 0 } : { signal }
        resolve(this.#ending)
      })
    })
  }

  get ending (): Ending | undefined { return this.#ending }

  signal (signal: NodeJS.Signals): void {
    if (this.#ending === undefined) this.child.kill(signal)
  }

  async stop (ms: number): Promise<Ending> {
    if (this.#ending !== undefined) return this.#ending
    this.signal('SIGTERM')
    const late = setTimeout(() => this.kill(), ms)
    const ending = await this.ended
    clearTimeout(late)
    return ending
  }

  kill (): void {
    // The group: what a shell or a package manager has started must not hold the ports after it is gone.
    try { process.kill(-this.pid, 'SIGKILL') } catch { /* All of it has ended. */ }
  }
}

/** As shells do it: 128 and the number of the signal. */
export const exitCodeOf = ({ code, signal }: Ending): number => signal === undefined ? code : 128 + constants.signals[signal]

/** @example 'exit code 3', 'signal SIGKILL' */
export const endingText = ({ code, signal }: Ending): string => signal === undefined ? `exit code ${code}` : `signal ${signal}`
