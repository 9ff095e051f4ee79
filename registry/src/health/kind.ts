// The interface of a check kind: one way to find out whether something lives. Kinds live in kinds/<kind>/ and are listed in kinds.ts.
// They know nothing of schedules, thresholds or who asks: a definition goes in, a result comes out.

import type { Clock } from '../clock.js'
import type { CheckDefinition, CheckType } from './definition.js'
import type { AddressPolicy } from './net/address-policy.js'
import type { Resolver } from './net/resolver.js'
import type { CheckTls } from './net/tls.js'

export type CheckStatus = 'passing' | 'warning' | 'critical'

/** What was learnt. `output` is already within the limit. */
export interface CheckResult {
  readonly status: CheckStatus
  readonly output: string
}

/** What the runs of one check may use. */
export interface CheckContext {
  readonly clock: Clock
  /** How long a run may take, ms; the definition's, else the kind's default. */
  readonly timeoutMs: number
  /** Bytes of output that are kept. */
  readonly outputMaxBytes: number
  /** Which addresses requests may go to. */
  readonly policy: AddressPolicy
  readonly resolver: Resolver
  readonly tls: CheckTls
  /** `unix:///…` or `tcp://host:port`. */
  readonly dockerHost: string
}

/** One run. `undefined`: nothing was learnt, the status stays as it was. A rejection counts as critical, with the error's text. */
export type RunCheck = (signal: AbortSignal) => Promise<CheckResult | undefined>

export interface CheckKind {
  readonly type: CheckType
  /** Limit of a run when the definition names none, ms. */
  readonly defaultTimeoutMs: number
  /** What a run costs while it lasts; the scheduler bounds the two apart. */
  readonly uses: 'socket' | 'process'
  /**
   * What can be made ready once a check, so that a run only runs. Never throws for a bad definition: its runs reject with the reason.
   * A run settles within `ctx.timeoutMs` (and a little), or soon after its signal aborts; by then its sockets and children are gone.
   */
  prepare (definition: CheckDefinition, ctx: CheckContext): RunCheck
}
