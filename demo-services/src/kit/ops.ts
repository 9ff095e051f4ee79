// Every service's other face: who it is, whom it knows, and which trouble it is told to make. On a port of its own, named in the registration's meta: customers never come here.

import type { RosterClient } from '@roster/client'
import type { ServiceDefinition } from './definition.js'
import type { FaultKind, Faults, FaultSpec } from './faults.js'
import type { Counts, Http } from './http.js'

export interface OpsParts {
  readonly definition: ServiceDefinition
  readonly label: string
  readonly version: string
  readonly faults: Faults
  readonly roster: RosterClient
  readonly counts: Counts
}

const FAULT = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rate: { type: 'number', minimum: 0, maximum: 1 },
    ms: { type: 'number', minimum: 0, maximum: 60_000 },
    forMs: { type: 'number', minimum: 1, maximum: 600_000 },
  },
} as const

export function addOps (http: Http, { definition, label, version, faults, roster, counts }: OpsParts): void {
  const { name, owner, purpose, deps } = definition
  http.get('/ops/about', async () => ({ name, label, version, owner, purpose, pid: process.pid, deps, faults: definition.faults, active: faults.list() }))

  http.get('/ops/counts', async () => counts)

  /** What is known of those whom it calls, and how old that is. */
  http.get('/ops/known', async () => Object.fromEntries(Object.keys(deps).map(dependency => {
    const { ageMs, source, instances, index } = roster.service(dependency).snapshot()
    return [dependency, { ageMs: Number.isFinite(ageMs) ? ageMs : null, source, index, instances: instances.map(({ id, address, port, health, meta }) => ({ id, address, port, health, label: meta['label'] })) }]
  })))

  http.put<{ Params: { kind: FaultKind }, Body: Omit<FaultSpec, 'kind'> }>('/ops/faults/:kind', {
    schema: { params: { type: 'object', properties: { kind: { enum: Object.keys(definition.faults).concat('none') } } }, body: FAULT },
  }, async ({ params, body }) => faults.set({ kind: params.kind, ...body }))

  http.delete<{ Params: { kind: FaultKind } }>('/ops/faults/:kind', async ({ params }) => {
    faults.clear(params.kind)
    return { active: faults.list() }
  })
  http.delete('/ops/faults', async () => {
    faults.clear()
    return { active: [] }
  })
}
