// A service's instances as the registry knows them: live over a feed, from disk while the registry is away, doubted where it may have lost its memory. The interface is
// service-source.ts, the same from DNS dns-source.ts.

import { isPermissionDenied, isWrongDatacenter } from '../api/errors.js'
import type { RosterClientError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'
import type { CancelTimer, Clock } from '../clock.js'
import { spread } from './backoff.js'
import type { DiskCache, DiskEntry } from './disk-cache.js'
import { questionKey } from './feed.js'
import type { Feed, InstanceQuestion } from './feed.js'
import { usableFromDisk } from './freshness.js'
import { LiveList } from './live-list.js'
import type { LiveListOptions } from './live-list.js'
import type { ReadyOptions, ServiceSnapshot, ServiceSource } from './service-source.js'

export interface RegistrySourceOptions extends LiveListOptions {
  /** Oldest list on disk that is used, ms. Default 86,400,000 (a day): addresses are given to others. */
  readonly diskMaxAgeMs?: number | undefined
}

export interface RegistrySourceParts {
  readonly feed: Feed
  readonly clock: Clock
  readonly random: () => number
  /** Absent: nothing is kept. */
  readonly disk?: DiskCache | undefined
}

/** How long the registry has for its first word before the list on disk is used, ms. */
export const DISK_AFTER_MS = 1000
/** Addresses are given to others: what is older than a day is of another time, ms. */
export const DISK_MAX_AGE_MS = 24 * 60 * 60 * 1000
/** Changes of this time make one file, ms. */
const WRITE_AFTER_MS = 1000
/** A list that does not change is written again after this, ms, so that its age on disk tells when it was last known to be right. */
const REWRITE_AFTER_MS = 15 * 60 * 1000

export class RegistrySource implements ServiceSource {
  readonly name: string
  readonly #key: string
  readonly #list: LiveList
  readonly #parts: RegistrySourceParts
  readonly #diskMaxAgeMs: number
  #unfollow: () => void = () => {}
  #cancelDisk: CancelTimer = () => {}
  #cancelWrite: CancelTimer | undefined
  #cancelRewrite: CancelTimer = () => {}
  #stored: DiskEntry<readonly Instance[]> | undefined
  #heard = false
  #impatient = false
  #closed = false

  constructor (question: InstanceQuestion, options: Omit<RegistrySourceOptions, 'clock'>, parts: RegistrySourceParts) {
    const name = this.name = question.service
    this.#key = questionKey(question)
    this.#parts = parts
    this.#diskMaxAgeMs = options.diskMaxAgeMs ?? DISK_MAX_AGE_MS
    this.#list = new LiveList(name, 'registry', { ...options, clock: parts.clock })
    this.#unfollow = parts.feed.follow(question, {
      rows: (instances, index, continued) => this.#rows(instances, index, continued),
      still: index => this.#list.still(index),
      lost: error => this.#list.lost(error, isFinal(error)),
    })
    if (parts.disk !== undefined) {
      this.#cancelDisk = parts.clock.after(DISK_AFTER_MS, () => { this.#impatient = true; this.#adopt() })
      void parts.disk.read('instances', this.#key).then(entry => { this.#stored = entry; this.#adopt() })
    }
  }

  get instances (): readonly Instance[] { return this.#list.instances }
  get trouble (): RosterClientError | undefined { return this.#list.trouble }
  snapshot (): ServiceSnapshot { return this.#list.snapshot() }
  ready (options?: ReadyOptions): Promise<void> { return this.#list.ready(options) }
  subscribe (listener: (instances: readonly Instance[]) => void): () => void { return this.#list.subscribe(listener) }

  /** What is not written yet is written; `flushed` says when. */
  close (): void { void this.flushed() }

  /** Ends it and resolves when the disk has what it knew last. */
  async flushed (): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#unfollow()
    this.#cancelDisk()
    this.#cancelRewrite()
    this.#cancelWrite?.()
    const writing = this.#write()
    this.#list.close()
    await writing
  }

  #rows (instances: readonly Instance[], index: number, continued: boolean): void {
    if (!this.#heard) {
      this.#heard = true
      this.#cancelDisk()
      // The list on disk is of a later index than what the registry has now: it has lost its memory, and "nobody" is not its last word.
      const stored = this.#usable()
      if (stored !== undefined && index < stored.index) this.#list.remember(stored.value, stored.index, this.#ageOf(stored))
    }
    this.#list.rows(instances, index, continued)
    if (this.#parts.disk !== undefined && this.#cancelWrite === undefined) {
      this.#cancelWrite = this.#parts.clock.after(WRITE_AFTER_MS, () => { this.#cancelWrite = undefined; void this.#write() })
    }
  }

  #adopt (): void {
    if (this.#heard || !this.#impatient || this.#closed) return
    const stored = this.#usable()
    if (stored !== undefined) this.#list.adopt(stored.value, stored.index, this.#ageOf(stored))
  }

  #usable (): DiskEntry<readonly Instance[]> | undefined {
    return this.#stored !== undefined && usableFromDisk(this.#stored.savedAt, this.#parts.clock.now(), this.#diskMaxAgeMs) ? this.#stored : undefined
  }

  #ageOf ({ savedAt }: DiskEntry<unknown>): number { return Math.max(0, this.#parts.clock.now() - savedAt) }

  /** Only what the registry said itself, with the time at which it last did. */
  #write (): Promise<void> {
    const { disk, clock, random } = this.#parts
    const { instances, index, ageMs, source } = this.#list.snapshot()
    if (disk === undefined || source !== 'registry') return Promise.resolve()
    this.#cancelRewrite()
    if (!this.#closed) this.#cancelRewrite = clock.after(spread(REWRITE_AFTER_MS, random), () => { void this.#write() })
    return disk.write('instances', this.#key, { value: instances, index, savedAt: clock.now() - ageMs })
  }
}

/** Waiting does not help: somebody has to change a token or an address. */
const isFinal = (error: RosterClientError): boolean => isPermissionDenied(error) || isWrongDatacenter(error)
