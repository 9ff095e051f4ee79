// The table of virtual addresses, by service. Who gets one is ../catalog/virtual-ip.ts's affair.

import { fold } from './keys.js'

export interface VirtualIpRecord {
  readonly service: string
  /** Of 240.0.0.0/4, as text. */
  readonly address: string
  /** Addresses that were given by hand besides; absent for none. */
  readonly manual?: readonly string[]
}

export class VirtualIps {
  readonly #byService = new Map<string, VirtualIpRecord>()

  /** The virtual address of a service, any letter case. */
  get (service: string): string | undefined { return this.record(service)?.address }

  record (service: string): VirtualIpRecord | undefined { return this.#byService.get(fold(service)) }

  /** Services that have one. */
  names (): string[] { return Array.from(this.#byService.values(), record => record.service) }

  /** The fold's side. */
  set (record: VirtualIpRecord): void { this.#byService.set(fold(record.service), record) }
}
