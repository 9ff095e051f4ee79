// The policy of a call made ready for use: its limit, breaker and budget are looked up once for each change of the policy, never once a call. They live in the upstream's memory and are
// shared as the SDK shares them.

import type { Clock } from '@roster/client'
import { Breaker, ConcurrencyLimit, RetryBudget, RetryDecision, routePolicy } from '@roster/client/calls'
import type { CompleteCallPolicy } from '@roster/client/calls'
import type { Upstream } from './upstream.js'

export class Rules {
  readonly limit: ConcurrencyLimit | undefined
  readonly breaker: Breaker | undefined
  readonly budget: RetryBudget | undefined
  readonly retry: RetryDecision | undefined
  readonly #methods: ReadonlySet<string>

  constructor (readonly policy: CompleteCallPolicy, readonly upstream: Upstream, clock: Clock, random: () => number) {
    const { memory, balancer } = upstream
    const { concurrency, breaker, retry } = policy
    const now = clock.monotonic()
    this.limit = concurrency === false ? undefined : memory.once('concurrency', concurrency, () => new ConcurrencyLimit(concurrency))
    this.breaker = breaker === false ? undefined : memory.once('breaker', breaker, () => new Breaker(breaker, now))
    this.budget = retry === false ? undefined : memory.once('budget', retry.budget, () => new RetryBudget(retry.budget, now))
    this.retry = retry === false ? undefined : new RetryDecision({ policy: retry, budget: this.budget!, balancer, clock, random })
    this.#methods = new Set(retry === false ? [] : retry.methods)
  }

  /** May be sent again although an instance may have seen it. */
  resendable (method: string): boolean { return this.#methods.has(method) }
}

/** Finds the rules of a request. One a proxy. */
export class RuleBook {
  readonly #made = new WeakMap<CompleteCallPolicy, Rules>()

  constructor (private readonly clock: Clock, private readonly random: () => number) {}

  /** @param policy instead of what the upstream's own says of method and path */
  of (upstream: Upstream, method: string, path: string, policy: CompleteCallPolicy = routePolicy(upstream.policy, method, path)): Rules {
    const known = this.#made.get(policy)
    if (known !== undefined && known.upstream === upstream) return known
    const rules = new Rules(policy, upstream, this.clock, this.random)
    this.#made.set(policy, rules)
    return rules
  }
}
