// The life of a call: all policies in order, from the caller inwards. A new one is a file and a line here.

import type { Balancer } from '../balance/balancer.js'
import type { Clock } from '../clock.js'
import type { Legs } from '../chain/lanes.js'
import type { ServiceSource } from '../discovery/service-source.js'
import type { CompleteCallPolicy } from '../policy/policy.js'
import { attemptTimeout } from './attempt-timeout.js'
import { balance } from './balance.js'
import { Breaker, breaker } from './breaker.js'
import { concurrency, ConcurrencyLimit } from './concurrency.js'
import { deadline } from './deadline.js'
import { fault } from './fault.js'
import type { Dispatch, InstanceRequest, Interceptor } from './interceptor.js'
import { metrics } from './metrics.js'
import type { CallMetrics } from './metrics.js'
import { Patience } from './patience.js'
import { known, ready } from './ready.js'
import { ResponseTimes } from './response-times.js'
import { RetryBudget } from './retry-budget.js'
import { retry } from './retry.js'
import { tracing } from './tracing.js'
import type { TracingApi } from './tracing.js'

/** What the policies of one service share. */
export interface ServiceParts {
  readonly source: Pick<ServiceSource, 'ready' | 'snapshot'>
  readonly balancer: Balancer
  readonly clock: Clock
  readonly random: () => number
  readonly tracing?: TracingApi
  readonly metrics?: CallMetrics
  /** Name in the `Host` header, when the request does not say. */
  readonly host: string
}

/** What the policies remember of a service: it outlives a change of policy, and is shared by its routes as far as they have the same settings. */
export class ServiceMemory {
  readonly times = new ResponseTimes()
  readonly #byOptions = new Map<string, unknown>()

  /** @param make of the thing that the options describe; equal options, the same thing */
  once<T> (kind: string, options: unknown, make: () => T): T {
    const key = `${kind} ${JSON.stringify(options)}`
    if (!this.#byOptions.has(key)) this.#byOptions.set(key, make())
    return this.#byOptions.get(key) as T
  }
}

/** @param send the innermost side: to the pool of the instance that was taken */
export function pipeline (policy: CompleteCallPolicy, parts: ServiceParts, memory: ServiceMemory, send: Dispatch<InstanceRequest>): Dispatch {
  const { balancer, clock, random, source } = parts
  const { times } = memory
  const { retry: again, breaker: breaking, concurrency: max } = policy
  const now = clock.monotonic()
  const layers: readonly Interceptor[] = [
    // Outermost: what the application sees is what is counted, whatever it took.
    metrics(parts.metrics, clock),
    // Before all that may wait, so that no wait is outside of it.
    deadline({ timeoutMs: policy.timeoutMs, clock }),
    // As if the network were slow, or the service ill: what is inside knows nothing of it.
    fault(policy.fault, clock, random),
    // Before anything is counted as under way: a client that has just started is not overloaded.
    ready({ source, balancer }),
    // Refuses before work is done, and counts a call once, however often it is sent.
    concurrency(max === false ? undefined : memory.once('concurrency', max, () => new ConcurrencyLimit(max))),
    // Judges what is left after retries; inside the limit, so that a refused call says nothing of the service.
    breaker(breaking === false ? undefined : memory.once('breaker', breaking, () => new Breaker(breaking, now)), clock),
    // From here on everything is once an attempt.
    again === false ? dispatch => dispatch : retry({ policy: again, budget: memory.once('budget', again.budget, () => new RetryBudget(again.budget, now)), balancer, clock, random }),
    // Inside the retries, which take over what it gives up.
    attemptTimeout({ policy: policy.attemptTimeout, times, balancer, clock, patience: memory.once('patience', 1, () => new Patience(clock)) }),
    // Around the choice, so that the choice is a span of its own, and inside everything that may send again.
    tracing(parts.tracing),
  ]
  // Innermost: an instance is taken as late as possible, by what is known at that moment.
  return layers.reduceRight<Dispatch>((inner, layer) => layer(inner), balance({ balancer, times, clock, host: parts.host })(send))
}

/** Calls that come before it is known which way they go: they wait within their deadline, and then take it. @param onward to the pipeline of the way */
export const earlyPipeline = (policy: CompleteCallPolicy, legs: Legs, clock: Clock, onward: Dispatch): Dispatch => deadline({ timeoutMs: policy.timeoutMs, clock })(known(legs)(onward))
