// Services with TTL checks as the guard counts them: each is one owner, however many TTL checks it has, and is silent while any of them has expired.
// Counts and not sets, since there may be very many: who adds a check adds it once, and deletes only what was added.

export class TtlOwners {
  /** How many TTL checks each service has. */
  readonly #checks = new Map<string, number>()
  /** Expired checks of the services that have any. */
  readonly #silent = new Map<string, Set<string>>()

  /** Services with at least one TTL check. */
  get size (): number { return this.#checks.size }

  add (serviceId: string): void { this.#checks.set(serviceId, (this.#checks.get(serviceId) ?? 0) + 1) }

  /** @returns true when the service fell silent with it */
  silent (serviceId: string, checkId: string): boolean {
    if (!this.#checks.has(serviceId)) return false
    const silent = this.#silent.get(serviceId)
    if (silent === undefined) this.#silent.set(serviceId, new Set([checkId]))
    else silent.add(checkId)
    return silent === undefined
  }

  /** A sign of life. @returns true when the service is no longer silent with it */
  spoke (serviceId: string, checkId: string): boolean {
    const silent = this.#silent.get(serviceId)
    if (silent?.delete(checkId) !== true || silent.size > 0) return false
    this.#silent.delete(serviceId)
    return true
  }

  /** @returns true when the service was silent and is not any more: the check was the last silent one, or the last of all */
  delete (serviceId: string, checkId: string): boolean {
    const checks = this.#checks.get(serviceId) ?? 0
    if (checks <= 1) this.#checks.delete(serviceId)
    else this.#checks.set(serviceId, checks - 1)
    return this.spoke(serviceId, checkId)
  }
}
