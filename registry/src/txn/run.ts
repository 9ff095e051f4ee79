// A transaction: every operation is tried, each on what those before it have done, and either all of it is kept or nothing. One revision for all.
//
//   malformed operation somewhere    => those alone are told, nothing is tried
//   refused operation somewhere      => all refusals are told, nothing is kept
//   else                             => one transaction of the engine, or none when nothing changes

import { Draft } from '../engine/draft.js'
import { RosterError } from '../errors.js'
import { goQuote } from '../http/decode/go-text.js'
import { goneOf } from '../state/tables.js'
import { changeCheck, checkProblem, readCheck } from './on-checks.js'
import { changeKv, kvProblem, readKv } from './on-keys.js'
import { changeNode, nodeProblem, readNode } from './on-nodes.js'
import { changeService, readService, serviceProblem } from './on-services.js'
import { draftView, stateView } from './view.js'
import type { Json } from '../catalog/wire.js'
import type { Command } from '../engine/engine.js'
import type { State } from '../state/state.js'
import type { Operation } from './operation.js'

/** Why one operation stands in the way. */
export interface TxnError {
  /** Place among the operations. */
  readonly op: number
  readonly what: string
}

export type TxnOutcome =
  | { readonly results: readonly Json[], readonly errors: null }
  /** `malformed`: nothing was read to find this out. */
  | { readonly results: null, readonly errors: readonly TxnError[], readonly malformed: boolean }

export interface TxnSurroundings {
  readonly base: number
  readonly datacenter: string
  /** Whether a lock-delay keeps everybody from taking a key. */
  readonly isDelayed: (draft: Draft, key: string) => boolean
}

function problemOf (op: Operation): string | undefined {
  switch (op.kind) {
    case 'kv': return kvProblem(op)
    case 'node': return nodeProblem(op)
    case 'service': return serviceProblem(op)
    case 'check': return checkProblem(op)
  }
}

function malformed (operations: readonly Operation[], problem: (op: Operation) => string | undefined): TxnOutcome | undefined {
  const errors = operations.flatMap((op, i) => {
    const what = problem(op)
    return what === undefined ? [] : [{ op: i, what }]
  })
  return errors.length === 0 ? undefined : { results: null, errors, malformed: true }
}

function tryAll (operations: readonly Operation[], perform: (op: Operation) => readonly Json[]): TxnOutcome {
  const results: Json[] = []
  const errors: TxnError[] = []
  operations.forEach((op, i) => {
    try {
      for (const result of perform(op)) results.push(result)
    } catch (error) {
      if (!(error instanceof RosterError)) throw error
      errors.push({ op: i, what: error.message })
    }
  })
  return errors.length === 0 ? { results, errors: null } : { results: null, errors, malformed: false }
}

/** Operations that only read, on the folded state. */
export function readAll (operations: readonly Operation[], state: State): TxnOutcome {
  const view = stateView(state)
  return malformed(operations, problemOf) ?? tryAll(operations, op => {
    switch (op.kind) {
      case 'kv': return readKv(op, view)
      case 'node': return readNode(op, view)
      case 'service': return readService(op, view)
      case 'check': return readCheck(op, view)
    }
  })
}

export const changeAll = (operations: readonly Operation[], { base, datacenter, isDelayed }: TxnSurroundings): Command<TxnOutcome> => head => {
  const draft = new Draft(head, goneOf)
  const view = draftView(draft, base)
  // A delay is looked at before anything is tried: a session that this very transaction loses starts none for it.
  const outcome = malformed(operations, op => problemOf(op) ??
    (op.kind === 'kv' && op.verb === 'lock' && isDelayed(draft, op.key) ? `failed to lock key ${goQuote(op.key)} due to lock delay` : undefined)) ??
    tryAll(operations, op => {
      switch (op.kind) {
        case 'kv': return changeKv(op, view, draft, base)
        case 'node': return changeNode(op, view, draft, datacenter)
        case 'service': return changeService(op, view, draft)
        case 'check': return changeCheck(op, view, draft)
      }
    })
  return { tx: outcome.errors === null ? draft.tx() : undefined, result: outcome }
}
