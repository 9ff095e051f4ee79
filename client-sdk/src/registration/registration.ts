// What an application holds of a registration. The work behind it is registrar.ts's.

import type { Word } from './keeper.js'

export interface Registration {
  readonly id: string
  readonly name: string
  readonly port: number
  /** What others reach it by; `undefined` while the registry could not be asked and nobody said it. */
  readonly address: string | undefined
  /** The registry has it, as far as is known. `false` while it is away at the start, or while it is not ready. */
  readonly registered: boolean
  readonly status: Word['status'] | 'deregistered'
  /** Calls may come. */
  ready (): Promise<void>
  /** No calls for now; the callers know at once. @param why for people */
  notReady (why?: string): Promise<void>
  /** How the process feels, by its own word. Never rejects for a registry that is away: it hears of it as soon as it is back. */
  say (status: 'passing' | 'warning' | 'critical', output?: string): Promise<void>
  /** Called when calls have ceased, before the instance is taken out: to end what calls needed. In the order of adding. @returns a function that takes it back */
  onDrain (hook: () => unknown): () => void
  /** The whole farewell, as at SIGTERM, without the end of the process: draining → seen by the watchers → server closed → hooks → deregistered. Never rejects. Idempotent. */
  drain (): Promise<void>
  /** Takes it out at once. Never rejects for a registry that is away: the TTL does it then. Idempotent. */
  deregister (): Promise<void>
  [Symbol.asyncDispose] (): Promise<void>
}
