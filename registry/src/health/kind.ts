// The interface of a check kind: one way to find out whether something lives. Kinds live in kinds/<kind>/ and are listed in kinds.ts.
// They know nothing of schedules, thresholds or who asks: a definition goes in, a result comes out.

import type { Clock } from '../clock.js'
import type { CheckDefinition, CheckType } from './definition.js'
import type { AddressPolicy } from './net/address-policy.js'
import type { Resolver } from './net/resolver.js'
import type { TlsOptions } from './net/tls-options.js'

export type CheckStatus = 'passing' | 'warning' | 'critical'

/** What was learnt. `output` is already within the limit. */
export interface CheckResult {
  readonly status: CheckStatus
  readonly output: string
}

/** What a run may use. One object serves all runs of one check; what differs a run is an argument of its own. */
export interface CheckContext {
  readonly clock: Clock
  /** How long the run may take, ms; the definition's, else the kind's default. */
  readonly timeoutMs: number
  /** Bytes of output that are kept. */
  readonly outputMaxBytes: number
  /** Which addresses requests may go to. */
  readonly policy: AddressPolicy
  readonly resolver: Resolver
  readonly tls: TlsOptions
  /** `unix:///…` or `tcp://host:port`. */
  readonly dockerHost: string
}

export interface CheckKind {
  readonly type: CheckType
  /** Limit of a run when the definition names none, ms. */
  readonly defaultTimeoutMs: number
  /** What a run costs at most while it lasts; the scheduler bounds both apart. */
  readonly uses: 'socket' | 'process'
  /**
   * Finds out. Settles within `ctx.timeoutMs` (and a little), or soon after `signal` aborts; by then sockets and children are gone.
   * `undefined`: nothing was learnt, the status stays as it was. A rejection counts as critical, with the error's text.
   */
  run (definition: CheckDefinition, ctx: CheckContext, signal: AbortSignal): Promise<CheckResult | undefined>
}
