// Services with TTL checks as the guard counts them: each is one owner, however many TTL checks it has, and is silent while any of them has expired.

export class TtlOwners {
  readonly #services = new Map<string, { readonly checks: Set<string>, readonly silent: Set<string> }>()

  /** Services with at least one TTL check. */
  get size (): number { return this.#services.size }

  add (serviceId: string, checkId: string): void {
    const owner = this.#services.get(serviceId)
    if (owner === undefined) this.#services.set(serviceId, { checks: new Set([checkId]), silent: new Set() })
    else owner.checks.add(checkId)
  }

  /** @returns true when the service fell silent with it */
  silent (serviceId: string, checkId: string): boolean {
    const owner = this.#services.get(serviceId)
    if (owner === undefined) return false
    owner.silent.add(checkId)
    return owner.silent.size === 1
  }

  /** A sign of life. @returns true when the service is no longer silent with it */
  spoke (serviceId: string, checkId: string): boolean {
    const owner = this.#services.get(serviceId)
    return owner !== undefined && owner.silent.delete(checkId) && owner.silent.size === 0
  }

  /** @returns true when the service was silent and is not any more: the check was the last silent one, or the last of all */
  delete (serviceId: string, checkId: string): boolean {
    const owner = this.#services.get(serviceId)
    if (owner === undefined || !owner.checks.delete(checkId)) return false
    if (owner.checks.size === 0) this.#services.delete(serviceId)
    return owner.silent.delete(checkId) && owner.silent.size === 0
  }
}
