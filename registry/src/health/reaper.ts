// Removes services that have been critical for too long (`DeregisterCriticalServiceAfter`). `reapable` decides, `Reaper` looks every 30 s.
// Service checks only; what a lease owns goes by the lease's own time (../leases/).

import type { CancelTimer, Clock } from '../clock.js'

/** A critical check of a service that asks for removal. */
export interface ReapCandidate {
  readonly checkId: string
  readonly serviceId: string
  /** As registered, ms; raised to the minimum here. */
  readonly deregisterAfterMs: number
  /** Monotonic, ms: since when it has been critical without a break. */
  readonly criticalSince: number
}

export interface Reapable { readonly serviceId: string, readonly checkId: string, readonly criticalForMs: number }

/** The services whose time is over at `now`, each once, with the check that says so. */
export function reapable (candidates: Iterable<ReapCandidate>, now: number, minAfterMs: number): readonly Reapable[] {
  const services = new Map<string, Reapable>()
  for (const { checkId, serviceId, deregisterAfterMs, criticalSince } of candidates) {
    const criticalForMs = now - criticalSince
    if (serviceId === '' || deregisterAfterMs <= 0 || criticalForMs <= Math.max(deregisterAfterMs, minAfterMs)) continue
    if (!services.has(serviceId)) services.set(serviceId, { serviceId, checkId, criticalForMs })
  }
  return [...services.values()]
}

export interface ReaperOptions {
  readonly clock: Clock
  /** How often it looks, ms. Less: removal is more punctual. */
  readonly intervalMs: number
  /** Shorter times are raised to this, silently, ms. */
  readonly minAfterMs: number
  readonly candidates: () => Iterable<ReapCandidate>
  /** True: removal waits (guard.ts). */
  readonly held: () => boolean
  /** Deregisters a service and its checks. A rejection is logged; the next look tries again. */
  readonly remove: (service: Reapable) => Promise<void>
  readonly log: { warn (fields: object, message: string): void }
}

export class Reaper {
  readonly #options: ReaperOptions
  #cancel: CancelTimer | undefined
  #removing = new Set<string>()
  /** Services removed so far; for metrics. */
  removed = 0

  constructor (options: ReaperOptions) { this.#options = options }

  /** Idempotent. */
  start (): void {
    if (this.#cancel === undefined) this.#arm()
  }

  /** Idempotent; removals under way finish on their own. */
  stop (): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #arm (): void {
    this.#cancel = this.#options.clock.after(this.#options.intervalMs, () => {
      this.#arm()
      this.#look()
    })
  }

  #look (): void {
    if (this.#options.held()) return
    for (const service of reapable(this.#options.candidates(), this.#options.clock.monotonic(), this.#options.minAfterMs)) {
      if (!this.#removing.has(service.serviceId)) void this.#remove(service)
    }
  }

  async #remove (service: Reapable): Promise<void> {
    this.#removing.add(service.serviceId)
    try {
      await this.#options.remove(service)
      this.removed++
    } catch (error) {
      this.#options.log.warn({ err: error, service: service.serviceId }, 'agent: unable to deregister a service that is critical for too long')
    } finally {
      this.#removing.delete(service.serviceId)
    }
  }
}
