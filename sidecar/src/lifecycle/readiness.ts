// Is it ready? One answer out of all that may stand against it, with the reasons. Pure.

/**
 * - starting => ready (the registry is known and the local service answers) | stopped
 * - ready    => draining
 * - draining => stopped
 */
export type Phase = 'starting' | 'ready' | 'draining' | 'stopped'

export interface Facts {
  readonly phase: Phase
  /** What is wrong with the local service; `undefined`: nothing. */
  readonly service: string | undefined
  /** Upstreams named by flag of which nothing is known. */
  readonly unknown: readonly string[]
}

export interface Readiness {
  readonly ready: boolean
  readonly phase: Phase
  /** Why not; empty when it is. */
  readonly reasons: readonly string[]
}

export function readiness ({ phase, service, unknown }: Facts): Readiness {
  const reasons = [
    ...phase === 'ready' ? [] : [phase],
    ...phase !== 'ready' || service === undefined ? [] : [`the service is not well: ${service}`],
    ...phase !== 'ready' ? [] : unknown.map(name => `nothing is known of the upstream ${name}`),
  ]
  return { ready: reasons.length === 0, phase, reasons }
}
