// Why a question about instances is answered as it is: every candidate, what became of it, and by which step. The steps are those that the answer itself goes
// through (instance-selection.ts); here they only leave words behind. Pure.

import { candidates, narrow, SELECTION } from './instance-selection.js'
import { worst } from './select.js'
import { instanceJson } from './wire.js'
import type { InstanceQuestion } from './instance-selection.js'
import type { Health, Instance } from './select.js'
import type { Json } from './wire.js'
import type { CheckEntry, CheckRecord } from '../state/checks.js'
import type { State } from '../state/state.js'

export interface ExplainOptions {
  /** The filter expression, compiled; `undefined` when there is none. */
  readonly filter?: { readonly text: string, readonly keeps: (row: Json) => boolean }
  /** The sort that `near` asks for. */
  readonly near?: { readonly node: string, readonly sort: (list: readonly Instance[]) => readonly Instance[] }
  /** What the registry holds back because it suspects itself. */
  readonly guard?: { readonly kept: number, readonly reason: string }
}

/** In JSON's shape: field names are those of the answer. */
export interface Explanation {
  readonly Service: string
  readonly Steps: ReadonlyArray<{ readonly Step: string, readonly Kept: number, readonly Dropped: number, readonly Note: string }>
  /** Those that are kept in the order of the answer, then the others in the order in which they were left out. */
  readonly Candidates: ReadonlyArray<{
    readonly Node: string
    readonly ServiceID: string
    readonly Address: string
    readonly Port: number
    readonly Status: Health
    readonly Weight: number
    readonly Kept: boolean
    readonly Reason: string
  }>
}

/** Longest piece of a check's output that a reason quotes, characters. */
const QUOTE_LENGTH = 120

export function explain (state: State, question: InstanceQuestion, { filter, near, guard }: ExplainOptions = {}): Explanation {
  const list = candidates(state, question)
  const dropped: Array<readonly [Instance, string]> = []
  const steps: Array<Explanation['Steps'][number]> = [{ Step: 'candidates', Kept: list.length, Dropped: 0, Note: list.length === 0 ? `nobody is registered as ${JSON.stringify(question.name)}` : '' }]
  const record = (Step: string, before: number, left: number, Note: string): void => { steps.push({ Step, Kept: left, Dropped: before - left, Note }) }
  for (const step of SELECTION) {
    if (!step.asked(question)) continue
    const before = list.length
    narrow(list, step, question, instance => dropped.push([instance, WHY[step.name]!(instance, question)]))
    record(step.name, before, list.length, NOTES[step.name]!(question))
  }
  let kept: readonly Instance[] = list
  if (near !== undefined) {
    kept = near.sort(kept)
    record('near', kept.length, kept.length, `nearest to ${JSON.stringify(near.node)} first, where coordinates are known`)
  }
  if (filter !== undefined) {
    const before = kept.length
    kept = kept.filter(instance => {
      const keeps = filter.keeps(instanceJson(instance))
      if (!keeps) dropped.push([instance, `does not match the filter ${filter.text}`])
      return keeps
    })
    record('filter', before, kept.length, filter.text)
  }
  if (guard !== undefined) record('guard', kept.length, kept.length, `the registry holds ${guard.kept} removals back: ${guard.reason}`)
  return {
    Service: question.name,
    Steps: steps,
    Candidates: [...kept.map(instance => candidate(instance, true, whyKept(instance))), ...dropped.map(([instance, why]) => candidate(instance, false, why))],
  }
}

const NOTES: Readonly<Record<string, (question: InstanceQuestion) => string>> = {
  tag: ({ tags }) => `all of: ${tags.join(', ')}`,
  'node-meta': ({ meta }) => [...meta].map(([key, value]) => `${key}=${value}`).join(', '),
  passing: () => 'every check of instance and node passes',
}

const WHY: Readonly<Record<string, (instance: Instance, question: InstanceQuestion) => string>> = {
  tag: ({ service }) => service.value.tags.length === 0 ? 'has no tags' : `has only the tags ${service.value.tags.join(', ')}`,
  'node-meta': ({ node }, { meta }) => {
    const [key, value] = [...meta].find(([key, value]) => !Object.hasOwn(node.value.meta ?? {}, key) || node.value.meta![key] !== value)!
    return `node ${node.value.name} has not ${key}=${value}`
  },
  passing: ({ checks }) => whatFails(checks),
}

/** The check that makes the health what it is. */
function whatFails (checks: readonly CheckEntry[]): string {
  const health = worst(checks)
  return told(checks.find(({ value: { status } }) => health === 'warning' ? status === 'warning' : status !== 'passing' && status !== 'warning')!.value)
}

function whyKept ({ checks }: Instance): string {
  const health = worst(checks)
  if (health === 'passing') return checks.length === 0 ? 'has no checks, which counts as passing' : checks.length === 1 ? 'its check passes' : `all ${checks.length} checks pass`
  return `kept whatever its health, which was not asked for; ${whatFails(checks)}`
}

/** What a check that does not pass says, and on whose behalf. */
function told ({ checkId, status, output, notes, serviceId }: CheckRecord): string {
  const maintenance = checkId === '_node_maintenance' || checkId.startsWith('_service_maintenance:')
  const words = (maintenance ? notes : output).trim().split('\n', 1)[0]!
  const said = words === '' ? '' : `: ${words.length > QUOTE_LENGTH ? `${words.slice(0, QUOTE_LENGTH - 1)}…` : words}`
  if (maintenance) return `${serviceId === '' ? 'its node' : 'it'} is under maintenance${said}`
  return `${serviceId === '' ? 'node check' : 'check'} ${JSON.stringify(checkId)} is ${status}${said}`
}

function candidate (instance: Instance, kept: boolean, reason: string): Explanation['Candidates'][number] {
  const { node: { value: node }, service: { value: service }, checks } = instance
  const status = worst(checks)
  return {
    Node: node.name,
    ServiceID: service.id,
    Address: service.address || node.address,
    Port: service.ports?.find(port => port.default)?.port ?? service.port,
    Status: status,
    Weight: status === 'passing' ? service.weights.passing : status === 'warning' ? service.weights.warning : 0,
    Kept: kept,
    Reason: reason,
  }
}
