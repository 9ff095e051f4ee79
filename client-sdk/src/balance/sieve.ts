// The way from the list to those who may be called, step by step, with a reason for each who is left behind. Pure; the balancer chooses among the rest.

import type { Instance } from './instance.js'
import { isPanic } from './panic.js'

/** What the steps depend on beside the list. */
export interface SieveRules {
  readonly selected: (instance: Instance) => boolean
  /** When nobody is selected, everybody is. */
  readonly selectAny: boolean
  readonly panicThreshold: number
}

export interface Sieved {
  /** All that passed but the last step, which is told by results: putting aside. */
  readonly left: readonly Instance[]
  /** Too few are healthy, so that health was not looked at. */
  readonly panic: boolean
  /** Why nobody is left; meaningless otherwise. */
  readonly why: string
  /** Why an instance was left behind; `undefined` when it was not. */
  readonly reason: (instance: Instance) => string | undefined
}

/** One step. Who does not pass is out for its reason. */
interface Step {
  readonly reason: string
  readonly passes: (instance: Instance) => boolean
  /** A wish that nobody fulfils is dropped rather than leave nobody. */
  readonly soft?: boolean
}

/**
 * In this order: who is meant, who wants calls, who is well, who has a share. Panic is reckoned over those who are meant and want calls, the sick ones included.
 * @example ten instances, six of them critical, threshold 0.5: panic, all ten are left
 */
export function sieve (instances: readonly Instance[], { selected, selectAny, panicThreshold }: SieveRules): Sieved {
  const all = selectAny && !instances.some(selected)
  const wanting = instances.filter(instance => (all || selected(instance)) && !instance.withdrawn)
  const panic = isPanic(wanting.filter(({ health }) => health !== 'critical').length, wanting.length, panicThreshold)
  const steps: readonly Step[] = [
    { reason: 'not selected by tags, metadata or version', passes: instance => all || selected(instance) },
    { reason: 'in maintenance, draining or not ready', passes: ({ withdrawn }) => !withdrawn },
    { reason: 'critical', passes: ({ health }) => panic || health !== 'critical' },
    { reason: 'of weight 0', passes: ({ weight }) => weight > 0, soft: true },
  ]
  const applied: Step[] = []
  let left = instances
  let why = 'the registry has none'
  for (const step of steps) {
    const passed = left.filter(step.passes)
    if (passed.length === 0 && step.soft === true) continue
    applied.push(step)
    if (passed.length === 0 && left.length > 0) why = left.length === 1 ? `the only one is ${step.reason}` : `all ${left.length} are ${step.reason}`
    left = passed
  }
  return { left, panic, why, reason: instance => applied.find(({ passes }) => !passes(instance))?.reason }
}
