// What lies beside the rows for the servers themselves: a record that lives as long as its server renews one lease, and small notes. Nothing of it counts as
// a write of rows. Those who want to know hear of it through the engine's feed (`onNote`).

import { EtcdError } from './client.js'
import type { CancelTimer, Clock } from '../../clock.js'
import type { EtcdClient } from './client.js'
import type { Names } from './names.js'

export interface PresenceOptions {
  readonly client: EtcdClient
  readonly names: Names
  readonly clock: Clock
}

const PAUSE_MS = 200
const LEAVE_MS = 1000

export class Presence {
  readonly #options: PresenceOptions
  #held: { readonly key: Buffer, readonly value: Buffer, readonly ttlSeconds: number } | undefined
  #lease = '0'
  #timer: CancelTimer | undefined
  #ended = false

  constructor (options: PresenceOptions) { this.#options = options }

  /** Puts a note. @throws EtcdError */
  async put (name: string, value: string): Promise<void> {
    await this.#options.client.txn({ then: [{ put: this.#key(name), value: Buffer.from(value) }] })
  }

  /** Puts a note unless there is one. @throws EtcdError */
  async ensure (name: string, value: string): Promise<void> {
    const key = this.#key(name)
    await this.#persist(() => this.#options.client.txn({ compares: [{ key, mod: 0, is: 'equal' }], then: [{ put: key, value: Buffer.from(value) }] }))
  }

  /** Holds a note for as long as this process renews it. Resolves when it stands. */
  async begin (name: string, value: string, ttlSeconds: number): Promise<void> {
    this.#held = { key: this.#key(name), value: Buffer.from(value), ttlSeconds }
    await this.#persist(() => this.#grant())
    this.#arm()
  }

  #key (name: string): Buffer { return Buffer.concat([this.#options.names.prefix, Buffer.from(name)]) }

  async #grant (): Promise<void> {
    const { key, value, ttlSeconds } = this.#held!
    const { client } = this.#options
    const { id } = await client.leaseGrant(ttlSeconds)
    await client.txn({ then: [{ put: key, value, lease: id }] })
    this.#lease = id
  }

  /** Again until it is done, or the process ends. */
  async #persist<T> (act: () => Promise<T>): Promise<void> {
    for (let tries = 0; !this.#ended; tries++) {
      try {
        await act()
        return
      } catch (error) {
        if (!(error instanceof EtcdError) || tries > 30) throw error
        await new Promise<void>(resolve => { this.#options.clock.after(PAUSE_MS, resolve) })
      }
    }
  }

  #arm (): void {
    if (this.#ended) return
    this.#timer = this.#options.clock.after(this.#held!.ttlSeconds * 1000 / 4, () => { void this.#renew().finally(() => this.#arm()) })
  }

  async #renew (): Promise<void> {
    const { client } = this.#options
    const { endpoint } = client
    try {
      // A lease that was lost, because etcd or this process stood still, is taken anew: the record comes back, and with it the work.
      if (await client.leaseRenew(this.#lease) === 0 && !this.#ended) await this.#grant()
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error
      if (error.failure === 'unreachable') client.leave(endpoint)
    }
  }

  /** Gives the record up at once. Idempotent. */
  async end (): Promise<void> {
    this.#ended = true
    this.#timer?.()
    if (this.#lease === '0') return
    const lease = this.#lease
    this.#lease = '0'
    await Promise.race([this.#options.client.leaseRevoke(lease).catch(() => {}), new Promise<void>(resolve => { this.#options.clock.after(LEAVE_MS, resolve) })])
  }
}
