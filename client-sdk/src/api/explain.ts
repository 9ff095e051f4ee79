// Why a resolution gives what it gives (`/v1/explain/:service`, Roster only): every candidate, kept or dropped, and by what.

import type { CheckStatus } from './health.js'
import type { HealthServiceOptions } from './health.js'
import { json, list, record, shaped } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { Transport } from './transport.js'

export interface ExplainedCandidate {
  readonly Node: string
  readonly ServiceID: string
  readonly Address: string
  readonly Port: number
  readonly Status: CheckStatus
  /** By its status, as the registry has it. */
  readonly Weight: number
  readonly Kept: boolean
  /** The step that dropped it, or what holds it in its place; for people. */
  readonly Reason: string
}

/** One step of the resolution, in order. */
export interface ExplainedStep { readonly Step: string, readonly Kept: number, readonly Dropped: number, readonly Note?: string }

export interface Explanation {
  readonly Service: string
  readonly Index: number
  readonly Steps: readonly ExplainedStep[]
  readonly Candidates: readonly ExplainedCandidate[]
}

export const explainApi = (http: Transport) => ({
  /** The parameters are those of `health.service`, so that the same question is explained. */
  service: (name: string, options: HealthServiceOptions = {}): Promise<Answer<Explanation>> =>
    http.call({ method: 'GET', path: path`/v1/explain/${name}`, decode: json(shaped<Explanation>({ Steps: list(record<ExplainedStep>()), Candidates: list(record<ExplainedCandidate>()) })) }, options),
})
