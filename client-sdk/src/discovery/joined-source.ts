// Several sources as one: in order of preference (failover), or all together (what a service can be reached by in whatever way). Pure views: the sources have owners of their own.

import type { Instance } from '../balance/instance.js'
import type { ReadyOptions, ServiceSnapshot, ServiceSource } from './service-source.js'

/** The instances to be shown, out of those of the sources. Must give the same array for the same lists. */
type Join = (lists: ReadonlyArray<readonly Instance[]>) => readonly Instance[]

const NOBODY: readonly Instance[] = []

/** A source is worth calling while somebody of it would take a call. */
const hasSomebody = (instances: readonly Instance[]): boolean => instances.some(({ health, withdrawn }) => health !== 'critical' && !withdrawn)

/** The first list with somebody who is well; if there is none, the first. */
export const preferred: Join = lists => lists.find(hasSomebody) ?? lists[0] ?? NOBODY

/** All, each id once. */
export function united (): Join {
  let from: ReadonlyArray<readonly Instance[]> = []
  let all: readonly Instance[] = NOBODY
  return lists => {
    if (lists.length === 1) return lists[0]!
    if (lists.length === from.length && lists.every((list, i) => list === from[i])) return all
    from = lists
    return all = [...new Map(lists.flat().map(instance => [instance.id, instance])).values()]
  }
}

/** From the worst: what is known of the whole is what is known of its least known part. */
const ORDER: ReadonlyArray<ServiceSnapshot['source']> = ['none', 'disk', 'dns', 'registry']

export class JoinedSource implements ServiceSource {
  readonly #join: Join
  readonly #listeners = new Set<(instances: readonly Instance[]) => void>()
  #sources: readonly ServiceSource[]
  #unsubscribe: ReadonlyArray<() => void> = []
  #told: readonly Instance[]

  /** @param known resolves when it is settled which sources there are */
  constructor (readonly name: string, sources: readonly ServiceSource[], join: Join, private readonly known: (options?: ReadyOptions) => Promise<void> = () => Promise.resolve()) {
    this.#join = join
    this.#sources = sources
    this.#told = join(sources.map(({ instances }) => instances))
    this.#listen()
  }

  get instances (): readonly Instance[] { return this.#told }

  /** Other sources in place of the present ones. */
  change (sources: readonly ServiceSource[]): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#sources = sources
    this.#listen()
    this.#tell()
  }

  snapshot (): ServiceSnapshot {
    const parts = this.#sources.map(source => source.snapshot())
    return {
      instances: this.#told,
      index: Math.max(0, ...parts.map(({ index }) => index)),
      ageMs: parts.length === 0 ? Infinity : Math.max(...parts.map(({ ageMs }) => ageMs)),
      source: ORDER[Math.min(...parts.map(({ source }) => ORDER.indexOf(source)))] ?? 'none',
      complete: parts.length > 0 && parts.every(({ complete }) => complete),
    }
  }

  async ready (options: ReadyOptions = {}): Promise<void> {
    await this.known(options)
    await Promise.all(this.#sources.map(source => source.ready(options)))
  }

  subscribe (listener: (instances: readonly Instance[]) => void): () => void {
    const entry = (instances: readonly Instance[]) => listener(instances)
    this.#listeners.add(entry)
    return () => { this.#listeners.delete(entry) }
  }

  close (): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#unsubscribe = []
    this.#listeners.clear()
  }

  #listen (): void { this.#unsubscribe = this.#sources.map(source => source.subscribe(() => this.#tell())) }

  #tell (): void {
    const instances = this.#join(this.#sources.map(source => source.instances))
    if (instances === this.#told) return
    this.#told = instances
    for (const listener of [...this.#listeners]) {
      // Whoever throws has a fault of its own; the others have to know all the same.
      try { listener(instances) } catch (error) { process.emitWarning(`A listener of "${this.name}" failed: ${error instanceof Error ? error.stack ?? error.message : String(error)}`, 'RosterWarning') }
    }
  }
}
