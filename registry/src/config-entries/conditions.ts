// The conditions of an entry's status, as they are now beside as they were: one that stays keeps the time of its last change.

import { sameReference } from './parts/references.js'
import type { Condition, Reference, Status } from './parts/references.js'

export class Conditions {
  readonly #before: readonly Condition[]
  readonly #now: string
  readonly #list: Condition[] = []

  /** @param now of the wall clock, ms */
  constructor (before: Status, now: number) {
    this.#before = before.Conditions ?? []
    this.#now = new Date(now).toISOString()
  }

  set (type: string, status: 'True' | 'False', reason: string, message: string, resource: Reference): void {
    const old = this.#before.find(of => of.Type === type && of.Resource !== null && sameReference(of.Resource, resource))
    const stays = old !== undefined && old.Status === status && old.Reason === reason && old.Message === message
    this.#list.push(stays ? old : { Type: type, Status: status, Reason: reason, Message: message, Resource: resource, LastTransitionTime: this.#now })
  }

  get changed (): boolean {
    return this.#list.length !== this.#before.length || this.#list.some(of => !this.#before.includes(of))
  }

  /** By type, then by what they are about. */
  status (): Status {
    return { Conditions: this.#list.toSorted((a, b) => compare(placeOf(a), placeOf(b))) }
  }
}

const placeOf = ({ Type, Resource }: Condition): string => [Type, Resource?.Kind, Resource?.Name, Resource?.SectionName].join('\0')
const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0
