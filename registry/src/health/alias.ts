// Alias checks mirror the worst of another service's checks. Pure: checks in, result out; who is watched and how changes are heard of is an
// `AliasSource`, given by whoever knows the state.

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

/** The worst check's status and words; the first of several that are equally bad. */
export function aliasResult (target: AliasTarget, view: AliasView): CheckResult {
  if (!view.exists) return { status: 'critical', output: `Service ${target.service} could not be found on node ${target.node}` }
  const worst = view.checks.find(c => c.status === 'critical') ?? view.checks.find(c => c.status === 'warning')
  if (worst === undefined) return { status: 'passing', output: view.checks.length === 0 ? 'No checks found.' : 'All checks passing.' }
  return { status: worst.status as CheckStatus, output: `Aliased check ${JSON.stringify(worst.name)} failing: ${worst.output}` }
}
