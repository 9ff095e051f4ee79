// What it takes to choose one instance out of many. A choice knows weights and a load that it is told; how load is measured is load/, who may be chosen at all is balancer.ts.
// The choices stand in choices/, their list in policies.ts.

/** An instance that may be called, with its weight (above 0; the registry's, after slow start). */
export interface Candidate {
  readonly id: string
  readonly weight: number
  /** Where it runs, if it says so. */
  readonly zone?: string
}

/** What one decision has to go by. */
export interface Draw<C extends Candidate> {
  /** Cost of sending one more call there, any unit, lower is better. */
  readonly load: (candidate: C) => number
  /** Uniform in [0, 1), passed in so that a test can play both sides of the coin. */
  readonly random: () => number
  /** What the call is about, where the same should go to the same instance. */
  readonly key?: string | undefined
  /** Not these, such as those that failed this call before. */
  readonly skip?: ((candidate: C) => boolean) | undefined
}

/** One decision over a prepared list; `undefined` when nobody may be taken: what to do then is the caller's policy. */
export type Pick<C extends Candidate> = (draw: Draw<C>) => C | undefined

/**
 * A way to choose, prepared for a list: all work that depends on the list alone is done here, once a change, none of it once a call.
 * Pure but for the turn that a rotating choice keeps: same list, loads and random numbers, same answer.
 */
export type Choice = <C extends Candidate>(candidates: readonly C[]) => Pick<C>

/** Those that may still be taken; the list itself when nothing is to be skipped, which is nearly always. */
export const open = <C extends Candidate>(candidates: readonly C[], skip: Draw<C>['skip']): readonly C[] => skip === undefined ? candidates : candidates.filter(candidate => !skip(candidate))
