// How well a service is at this agent: the worst of its own checks and the node's, in one word. Pure.

import { isMaintenance } from './maintenance.js'
import type { CheckRecord } from '../state/checks.js'

export type AggregatedStatus = 'passing' | 'warning' | 'critical' | 'maintenance'

/** From best to worst. */
const ORDER: readonly AggregatedStatus[] = ['passing', 'warning', 'critical', 'maintenance']

export const HTTP_STATUS: Readonly<Record<AggregatedStatus, number>> = { passing: 200, warning: 429, critical: 503, maintenance: 503 }

/** No checks is passing. */
export const aggregate = (checks: readonly CheckRecord[]): AggregatedStatus => worstOf(checks.map(statusOf))

/** The worst of several; none is passing. */
export const worstOf = (found: readonly AggregatedStatus[]): AggregatedStatus =>
  found.reduce((worst, status) => ORDER.indexOf(status) > ORDER.indexOf(worst) ? status : worst, 'passing')

const statusOf = ({ checkId, status }: CheckRecord): AggregatedStatus =>
  isMaintenance(checkId) ? 'maintenance' : status === 'passing' || status === 'warning' ? status : 'critical'
