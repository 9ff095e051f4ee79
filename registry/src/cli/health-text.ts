// Health in words and numbers, as the verbs show it. Pure.

import type { CheckStatus, HealthCheck, HealthEntry } from '@roster/client/api'

/** The worst state; none is passing. */
export function worstOf (checks: ReadonlyArray<Pick<HealthCheck, 'Status'>>): CheckStatus {
  return (['critical', 'warning'] as const).find(status => checks.some(check => check.Status === status)) ?? 'passing'
}

/** Where callers reach an instance: its own address, else the node's. */
export function addressOf ({ Node, Service }: HealthEntry): string {
  const host = Service.Address || Node.Address
  const port = Service.Port ?? 0
  if (port === 0) return host
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The first line, cut where a table would become too wide. */
export function firstLine (text: string, width = 60): string {
  const line = text.split('\n', 1)[0]!.trim()
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

/** How many in each state. */
export function countStates (states: readonly CheckStatus[]): Readonly<Record<CheckStatus, number>> {
  const counts = { passing: 0, warning: 0, critical: 0 }
  for (const state of states) counts[state]++
  return counts
}
