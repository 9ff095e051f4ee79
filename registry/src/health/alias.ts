// Alias checks mirror the worst of another service's checks. `aliasResult` decides, `Aliases` watches; what there is to see, and when it changes, an
// `AliasSource` knows, given by whoever knows the state.

import { goQuote } from '../http/decode/go-text.js'
import type { Clock, CancelTimer } from '../clock.js'
import type { CheckResult, CheckStatus } from './kind.js'

export interface AliasTarget {
  /** '' is the agent's own node. */
  readonly node: string
  /** Id of the service; '' mirrors the node alone. */
  readonly service: string
}

/** What an alias sees of a check of its target. */
export interface AliasedCheck {
  readonly name: string
  /** Usually a CheckStatus; a catalog registration may store any word, which counts as passing. */
  readonly status: string
  readonly output: string
}

export interface AliasView {
  /** Whether the service is there, with or without checks. */
  readonly exists: boolean
  /** The service's checks and, when the target names a node, that node's own; in a stable order. */
  readonly checks: readonly AliasedCheck[]
}

/** The state's side. */
export interface AliasSource {
  view (target: AliasTarget): AliasView
  /** Calls `changed` after anything that `view` would show differently; more often does no harm. Gives what ends that. */
  subscribe (target: AliasTarget, changed: () => void): () => void
}

/** The worst check's status and words: the first critical one, else the last that warns. */
export function aliasResult (target: AliasTarget, view: AliasView): CheckResult {
  if (!view.exists) return { status: 'critical', output: `Service ${target.service} could not be found on node ${target.node}` }
  const worst = view.checks.find(c => c.status === 'critical') ?? view.checks.findLast(c => c.status === 'warning')
  if (worst === undefined) return { status: 'passing', output: view.checks.length === 0 ? 'No checks found.' : 'All checks passing.' }
  return { status: worst.status as CheckStatus, output: `Aliased check ${goQuote(worst.name)} failing: ${worst.output}` }
}

interface Alias {
  readonly target: AliasTarget
  readonly unsubscribe: () => void
  cancel: CancelTimer | undefined
}

/** Alias checks that are watched: each is looked at once when it is added, and once after any number of changes in one turn of the event loop. */
export class Aliases {
  readonly #aliases = new Map<string, Alias>()
  readonly #clock: Clock
  readonly #source: AliasSource
  readonly #report: (id: string, result: CheckResult) => void

  /** @param report must not throw */
  constructor (clock: Clock, source: AliasSource, report: (id: string, result: CheckResult) => void) {
    this.#clock = clock
    this.#source = source
    this.#report = report
  }

  get size (): number { return this.#aliases.size }

  /** Watches `target` for `id`, in place of what it watched before. */
  set (id: string, target: AliasTarget): void {
    this.delete(id)
    const alias: Alias = { target, cancel: undefined, unsubscribe: this.#source.subscribe(target, () => this.#changed(id)) }
    this.#aliases.set(id, alias)
    this.#changed(id)
  }

  delete (id: string): void {
    const alias = this.#aliases.get(id)
    if (alias === undefined) return
    this.#aliases.delete(id)
    alias.unsubscribe()
    alias.cancel?.()
  }

  /** Idempotent. */
  stop (): void {
    for (const id of [...this.#aliases.keys()]) this.delete(id)
  }

  /** Not at once: a change is heard of while the state is being changed, and a report may change it again (an alias of an alias). */
  #changed (id: string): void {
    const alias = this.#aliases.get(id)
    if (alias === undefined || alias.cancel !== undefined) return
    alias.cancel = this.#clock.after(0, () => {
      alias.cancel = undefined
      this.#report(id, aliasResult(alias.target, this.#source.view(alias.target)))
    })
  }
}
