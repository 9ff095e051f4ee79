// Is a list that the registry gives the truth, or an accident? Pure. Emptying a list by mistake stops every caller at once; keeping a dead one for half a minute costs some repeated
// calls. So what a registry could say that has just lost its data is doubted for a while. Who acts on it is held-list.ts.

/** What is known so far. */
export interface Before {
  readonly count: number
  readonly index: number
}

/** What the registry says now. */
export interface Statement {
  readonly count: number
  /** 0: it gave none. */
  readonly index: number
  /** Said on a watch (or by a blocking query) that goes on from `before` without a gap. */
  readonly continued: boolean
}

/**
 * `obey`: the list is the list. `hold`: what is missing in it is kept until a live watch has confirmed it, or the time is over.
 *
 * - Nothing known: nothing to lose. => obey
 * - The index went back, or there is none: another history, or no registry at all. What is there is taken, what is missing is kept, so that a registry that fills up again
 *   does not send everybody to its first instance. => hold
 * - Somebody is in the list. => obey
 * - Empty on a live watch whose index grew: the last one went. => obey
 * - Empty after a gap. => hold
 */
export function verdict (before: Before, now: Statement): 'obey' | 'hold' {
  if (before.count === 0) return 'obey'
  if (now.index < 1 || now.index < before.index) return 'hold'
  if (now.count > 0) return 'obey'
  return now.continued && now.index > before.index ? 'obey' : 'hold'
}

/**
 * Whether a later word on the live watch confirms what is held. Not before half the time is over: owners that lost their registration need that long to notice and come back,
 * and a registry that fills up again is at its busiest just then.
 */
export const confirms = (heldForMs: number, holdMs: number): boolean => heldForMs >= holdMs / 2
