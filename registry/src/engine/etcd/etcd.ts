// The engine of several servers: rows lie in etcd, each server folds what etcd tells it, in etcd's order. Commands are evaluated on what was folded; what a
// command looked at becomes compares, so that a write only takes its place when nothing of it has changed meanwhile, on whichever server.
// Siblings: memory.ts and embedded.ts (one process).
//
//   commit(a) ─┐ evaluated on the view; those that have          ┌─ the watch brings the revision ─► fold ─► answer a, answer b
//   commit(b) ─┴─► nothing in common share one Txn ──► etcd ─────┴─ a compare failed ─► fold on, evaluate again
//
// A write whose answer was lost is sent again as it was: its compares let it take place once. Whether it did is read off the watch, where each write's id
// comes along in the `head` key.

import { randomBytes } from 'node:crypto'
import { systemClock } from '../../clock.js'
import { EngineError } from '../engine.js'
import { BatchKeeper } from './batches.js'
import { EtcdError } from './client.js'
import { enterPrefix } from './enter.js'
import { evaluate } from './decision.js'
import { Feed } from './feed.js'
import { Names } from './names.js'
import { keyText, plainLayout } from './layout.js'
import { Presence } from './presence.js'
import { SharedQuestion } from './shared-question.js'
import { View } from './view.js'
import type { CancelTimer, Clock } from '../../clock.js'
import type { Codec, Command, Engine, Event, Fold, Freshness, Revision } from '../engine.js'
import type { OnFlush } from '../local.js'
import type { EtcdClient } from './client.js'
import type { Decision, Evaluated } from './decision.js'
import type { Layout } from './layout.js'
import type { Compare, KeyValue, Member, Op, Status, TxnRequest } from './messages.js'
import type { StoredSteps } from './revisions.js'
import type { Changes, Loading, Residue } from './view.js'
import type { WatchEvent } from './watch-decoder.js'

export interface EtcdEngineOptions {
  /** The engine's own from now on: it closes it. */
  readonly client: EtcdClient
  /** Beginning of all keys, such as `roster/`: several registries can share one etcd. */
  readonly prefix: string
  readonly codec: Codec
  readonly layout?: Layout
  /** What topics need to know of a row that went while this server was away. Default: nothing. */
  readonly residue?: Residue
  /** Schema number of the tables: a prefix with a higher one is refused. Default 1. */
  readonly schema?: number
  readonly madeBy?: string
  /** Refuses every write. */
  readonly readOnly?: boolean
  /** What is said of a write that a read-only server refuses. */
  readonly refusal?: () => string
  readonly clock?: Clock
  readonly log?: { warn (message: string, fields?: Readonly<Record<string, string>>): void, error (message: string, fields?: Readonly<Record<string, string>>): void }
  /** ms that a commit without a deadline of its own may take. Default 7000. */
  readonly commitMs?: number
  /** Commits that may wait; more are refused at once. Default 100,000. */
  readonly maxWaiting?: number
  /** Operations in one Txn; etcd's own default is 128. Fewer: more Txns. */
  readonly maxOps?: number
  /** Commands in one Txn. Default: as many as fit. */
  readonly maxPacked?: number
  /** Txns on their way at once, default 4. More: a slow etcd is used better; less: fewer commands meet a write that is on its way. */
  readonly maxInFlight?: number
  /** Told of what lies beside the rows: records of servers (`s/<id>`) and the servers' secret. `undefined`: gone. */
  readonly onNote?: (name: string, value: Buffer | undefined) => void
}

const MAX_IN_FLIGHT = 4
/** While one is on its way, another is only sent when it carries so much: small ones wait and share. */
const WORTH_SENDING = 48
/** Bytes in one Txn; etcd takes 1.5 MiB by default. */
const MAX_TXN_BYTES = 1024 * 1024
const TXN_TIMEOUT_MS = 5000
const ASK_TIMEOUT_MS = 2000
/** How often the view's age is proven. */
const CONTACT_MS = 1000
/** A view older than this has no leader. */
const LEADERLESS_MS = 4000
/** How often deadlines are looked at, ms. */
const SWEEP_MS = 200
/** How long others wait for a write that needs the whole store for itself. */
const HOLD_MS = 1000
const RETRY_FIRST_MS = 30
const RETRY_LAST_MS = 500

interface Waiting {
  readonly command: Command<unknown>
  readonly deadline: number
  readonly resolve: (answer: { readonly result: unknown, readonly revision: Revision }) => void
  readonly reject: (error: unknown) => void
  settled: boolean
  /** The view was proven to be no older than the command. */
  proven: boolean
  /** A write that it was packed with did not fit: it goes by itself. */
  alone: boolean
  /** How often it did not fit. */
  misses: number
  /** The place on which another write is on its way. */
  blockedBy: string | undefined
}

interface Packed { readonly waiting: Waiting, readonly evaluated: Evaluated<unknown> }

/** A Txn on its way. */
interface Pack {
  readonly id: string
  readonly members: readonly Packed[]
  readonly places: readonly string[]
  /** Values written, by key of the row. */
  readonly known: ReadonlyMap<string, unknown>
  /** etcd's revision of each place that was looked at. */
  readonly seen: ReadonlyMap<string, number>
  readonly began: number
  /** The only one that may be on its way. */
  readonly exclusive: boolean
  /** Folded, or given up. */
  done: boolean
}

export class EtcdEngine implements Engine {
  readonly #options: EtcdEngineOptions
  readonly #client: EtcdClient
  readonly #clock: Clock
  readonly #names: Names
  readonly #layout: Layout
  readonly #view: View
  readonly #batches: BatchKeeper
  readonly #feed: Feed
  readonly #nonce = randomBytes(8).toString('hex')
  /** Records and notes of servers. */
  readonly presence: Presence
  readonly #head = new SharedQuestion(() => this.#askHead())
  #fold: Fold | undefined
  #queue: Waiting[] = []
  readonly #packs = new Map<string, Pack>()
  readonly #busy = new Set<string>()
  #sent = 0
  /** etcd's revisions of the keys that all writes look at. */
  #headMod = 0
  #fenceMod = 0
  #holdUntil = 0
  #loading: { readonly rows: Loading, headMod: number, readonly notes: Map<string, Buffer>, steps: boolean } | undefined
  #notes = new Map<string, Buffer>()
  readonly #folded: Array<{ readonly mod: number, readonly done: () => void }> = []
  /** Those whose decision stands on a view that is being proven. */
  readonly #inProof = new Set<Waiting>()
  /** When it was last proven that the view is whole, monotonic ms. */
  #provenAt = 0
  #broken: unknown
  #timers: CancelTimer[] = []
  #sweeping = false
  #opened = false
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined
  onFlush: OnFlush | undefined
  /** For metrics. */
  readonly stats = { commits: 0, txns: 0, misses: 0, lost: 0, proofs: 0 }

  constructor (options: EtcdEngineOptions) {
    this.#options = options
    this.#client = options.client
    this.#clock = options.clock ?? systemClock
    this.#names = new Names(options.prefix)
    this.#layout = options.layout ?? plainLayout
    this.presence = new Presence({ client: options.client, names: this.#names, clock: this.#clock })
    this.#view = new View(options.codec, this.#layout.placeOf)
    this.#batches = new BatchKeeper({ client: options.client, names: this.#names, view: this.#view, layout: this.#layout, codec: options.codec, clock: this.#clock, fenceMod: () => this.#fenceMod, readOnly: options.readOnly === true })
    this.#feed = new Feed({
      client: options.client,
      clock: this.#clock,
      key: this.#names.prefix,
      end: this.#names.end,
      follower: {
        readingBegins: () => this.#readingBegins(),
        page: kvs => this.#page(kvs),
        readingEnds: mod => this.#readingEnds(mod),
        changes: (mod, events) => this.#changes(mod, events),
      },
      onBreak: error => options.log?.warn('The watch on etcd broke off, resuming', { error: messageOf(error) }),
      onResume: () => {},
      onBroken: error => this.#break(error),
    })
  }

  /** Commits that wait for their turn or for etcd. */
  get waiting (): number { return this.#queue.length + [...this.#packs.values()].reduce((sum, { members }) => sum + members.length, 0) }

  get feedStats (): Feed['stats'] { return this.#feed.stats }

  /** etcd's members, and how each says that it is; `undefined` for one that does not answer. @throws EngineError `NO_LEADER` */
  async members (): Promise<ReadonlyArray<{ readonly member: Member, readonly status: Status | undefined }>> {
    try {
      const members = await this.#client.members()
      return await Promise.all(members.map(async member => ({ member, status: await this.#statusOf(member) })))
    } catch (error) {
      throw new EngineError('NO_LEADER', messageOf(error), { cause: error })
    }
  }

  async #statusOf ({ clientUrls }: Member): Promise<Status | undefined> {
    const endpoint = clientUrls.map(url => url.replace(/\/$/, '')).find(url => this.#client.endpoints.includes(url))
    if (endpoint === undefined) return undefined
    return await this.#client.status(endpoint).catch(() => undefined)
  }

  // === open ===

  async open (fold: Fold): Promise<Revision> {
    if (this.#opened || this.#closing !== undefined) throw new EngineError('CLOSED', 'an engine is opened once')
    this.#opened = true
    const { prefix, schema = 1, madeBy = 'unknown', readOnly = false } = this.#options
    await enterPrefix(this.#client, this.#names, { prefix, schema, madeBy, readOnly }, this.#clock)
    const begun = this.#clock.monotonic()
    try {
      await this.#feed.start()
    } catch (error) {
      throw error instanceof EtcdError ? new EngineError('UNREACHABLE', error.message, { cause: error }) : error
    }
    this.#provenAt = begun
    for (const row of this.#view.head.all()) fold.row(row)
    this.#fold = fold
    this.#every(CONTACT_MS, () => { this.#prove().catch(() => {}) })
    this.#batches.start()
    return this.#view.head.next - 1
  }

  #every (ms: number, act: () => void): void {
    const index = this.#timers.length
    const again = (): void => {
      if (this.#closing === undefined || this.#timers.length > 0) {
        this.#timers[index] = this.#clock.after(ms, () => {
          act()
          again()
        })
      }
    }
    again()
  }

  // === reading ===

  #readingBegins (): void { this.#loading = { rows: this.#view.load(), headMod: 0, notes: new Map(), steps: false } }

  #page (kvs: readonly KeyValue[]): void {
    const { prefix } = this.#names
    const loading = this.#loading!
    for (const { key, value, mod } of kvs) {
      const name = key.subarray(prefix.length)
      if (isRow(name)) loading.rows.place(keyText(name.subarray(2)), mod, value)
      else if (isBatch(name)) this.#batches.loaded(name.toString('utf8', 2), value, mod)
      else if (name.equals(HEAD)) loading.headMod = mod
      else if (name.equals(COUNT)) {
        const before = this.#view.revisions.stamp
        this.#view.revisions.load(JSON.parse(value.toString()) as StoredSteps, mod)
        loading.steps = this.#view.revisions.stamp !== before
      } else if (name.equals(FENCE)) this.#fenceMod = mod
      else loading.notes.set(name.toString(), Buffer.from(value))
    }
  }

  #readingEnds (mod: number): void {
    const { rows, headMod, notes, steps } = this.#loading!
    const view = this.#view
    this.#loading = undefined
    const pending = this.#batches.loadingEnds()
    rows.batches(pending)
    const revision = view.revisions.of(headMod)
    const first = this.#fold === undefined && view.mod === 0
    const before = view.head.next - 1
    const changes = view.replace(rows.rows, rows.mods, rows.members, mod, revision, first ? undefined : this.#options.residue ?? (() => undefined))
    this.#headMod = headMod
    for (const [name, value] of notes) this.#note(name, value)
    for (const name of [...this.#notes.keys()]) if (!notes.has(name)) this.#note(name, undefined)
    if (first) return
    if (revision > before) this.#emit({ revision, rows: changes.rows, purges: changes.purges, ...(steps ? { restored: true } : {}) })
    // What was on its way may be among what was read, or not: nobody can tell any more.
    for (const pack of [...this.#packs.values()]) this.#loseTrack(pack)
    this.#arrived(mod)
  }

  #loseTrack (pack: Pack): void {
    this.#retire(pack)
    for (const { waiting } of pack.members) this.#reject(waiting, new EngineError('NO_LEADER', 'contact to etcd was lost for so long that it is not known whether the write took place'))
  }

  // === following ===

  #changes (mod: number, events: readonly WatchEvent[]): void {
    const view = this.#view
    const offset = this.#names.prefix.length
    const into: Changes = { rows: [], purges: [] }
    let pack: Pack | undefined
    let headed = false
    let restored = false
    for (const { key, value } of events) {
      const name = key.subarray(offset)
      if (name.equals(HEAD)) {
        headed = true
        this.#headMod = mod
        pack = this.#packs.get(value.toString())
      } else if (name.equals(COUNT)) {
        view.revisions.load(JSON.parse(value.toString()) as StoredSteps, mod)
        restored = true
      } else if (name.equals(FENCE)) {
        this.#fenceMod = mod
        const { hold, by } = JSON.parse(value.toString()) as { readonly hold: boolean, readonly by: string }
        this.#holdUntil = hold && by !== this.#nonce ? this.#clock.monotonic() + HOLD_MS : 0
      }
    }
    for (const { key, value, removed } of events) {
      const name = key.subarray(offset)
      if (isRow(name)) {
        const place = keyText(name.subarray(2))
        if (removed) view.remove(place, into)
        else view.put(place, mod, value, into, pack?.known)
      } else if (isBatch(name)) this.#batches.changed(name.toString('utf8', 2), removed ? undefined : value)
      else if (!name.equals(HEAD) && !name.equals(COUNT) && !name.equals(FENCE)) this.#note(name.toString(), removed ? undefined : Buffer.from(value))
    }
    for (const batch of this.#batches.committed(mod)) view.batch(batch, into, pack?.known)
    view.mod = mod
    if (headed || into.rows.length > 0 || into.purges.length > 0) {
      const revision = view.revisions.of(mod)
      view.head.take(into.rows, into.purges, revision)
      this.#emit({ revision, rows: into.rows, purges: into.purges, ...(restored ? { restored: true } : {}) })
      if (pack !== undefined) this.#settle(pack, revision)
    }
    this.#arrived(mod)
  }

  #emit (event: Event): void {
    try {
      this.#fold?.event(event)
    } catch (cause) {
      // The write is durable and the state cannot follow it: going on would serve what is not so.
      setImmediate(() => { throw new Error(`revision ${event.revision} could not be folded: ${JSON.stringify(event).slice(0, 10_000)}`, { cause }) })
      throw cause
    }
  }

  /** Everything up to `mod` was followed. */
  #arrived (mod: number): void {
    for (let i = this.#folded.length - 1; i >= 0; i--) if (this.#folded[i]!.mod <= mod) this.#folded.splice(i, 1)[0]!.done()
    this.#pump()
  }

  /** Resolves when everything up to `mod` was folded; `false` when the time is over. */
  #untilFolded (mod: number, deadline: number): Promise<boolean> {
    if (this.#view.mod >= mod || this.#headMod >= mod) return Promise.resolve(true)
    return new Promise(resolve => {
      const entry = {
        mod,
        done: () => {
          cancel()
          resolve(true)
        },
      }
      const cancel = this.#clock.after(Math.max(0, deadline - this.#clock.monotonic()), () => {
        this.#folded.splice(this.#folded.indexOf(entry), 1)
        resolve(false)
      })
      this.#folded.push(entry)
    })
  }

  #note (name: string, value: Buffer | undefined): void {
    if (value === undefined) this.#notes.delete(name)
    else this.#notes.set(name, value)
    this.#options.onNote?.(name, value)
  }

  /** What came from etcd cannot be understood: writes are refused from now on, reads go on with what was folded. */
  #break (error: unknown): void {
    this.#broken = error
    this.#options.log?.error('What etcd holds cannot be followed any more; reads go on, writes are refused', { error: messageOf(error) })
    for (const waiting of this.#queue.splice(0)) this.#reject(waiting, this.#refusal())
    for (const pack of [...this.#packs.values()]) this.#loseTrack(pack)
  }

  #refusal (): EngineError { return new EngineError('NO_LEADER', `what etcd holds cannot be followed: ${messageOf(this.#broken)}`) }

  // === what is newest ===

  /** etcd's revision of the last write of rows, asked of a majority. */
  async #askHead (): Promise<{ readonly mod: number, readonly askedAt: number }> {
    const askedAt = this.#clock.monotonic()
    const { endpoint } = this.#client
    this.stats.proofs++
    try {
      const { kvs } = await this.#client.range({ key: this.#names.head }, { timeoutMs: ASK_TIMEOUT_MS })
      return { mod: kvs[0]?.mod ?? 0, askedAt }
    } catch (error) {
      if (error instanceof EtcdError && error.failure === 'unreachable') this.#client.leave(endpoint)
      throw error
    }
  }

  /** Proves that everything that was committed anywhere before the call is folded here. */
  async #prove (deadline = this.#clock.monotonic() + (this.#options.commitMs ?? 7000)): Promise<boolean> {
    const { mod, askedAt } = await this.#head.ask()
    if (!await this.#untilFolded(mod, deadline)) return false
    if (this.#broken === undefined) this.#provenAt = Math.max(this.#provenAt, askedAt)
    return this.#broken === undefined
  }

  async newest (): Promise<Revision> {
    try {
      return this.#view.revisions.of((await this.#head.ask()).mod)
    } catch (error) {
      throw new EngineError('NO_LEADER', messageOf(error), { cause: error })
    }
  }

  async caughtUp (deadline = this.#clock.monotonic() + (this.#options.commitMs ?? 7000)): Promise<void> {
    for (;;) {
      try {
        if (await this.#prove(deadline)) return
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error
      }
      if (this.#closing !== undefined || this.#clock.monotonic() + RETRY_FIRST_MS >= deadline) throw new EngineError('NO_LEADER', 'etcd did not answer in time')
      await this.#sleep(RETRY_FIRST_MS)
    }
  }

  freshness (): Freshness {
    const ageMs = this.#clock.monotonic() - this.#provenAt
    // Between two proofs of a connected server the view is as old as a change takes to come.
    return { ageMs: ageMs < 2 * CONTACT_MS ? 0 : Math.round(ageMs), leader: ageMs < LEADERLESS_MS && this.#broken === undefined }
  }

  #sleep (ms: number): Promise<void> { return new Promise(resolve => { this.#clock.after(ms, resolve) }) }

  // === commit ===

  async commit<T> (command: Command<T>, deadline?: number): Promise<{ readonly result: T, readonly revision: Revision }> {
    if (this.#closing !== undefined || this.#fold === undefined) throw new EngineError('CLOSED', 'the engine is not open')
    if (this.#broken !== undefined) throw this.#refusal()
    if (this.#queue.length >= (this.#options.maxWaiting ?? 100_000)) throw new EngineError('NO_LEADER', 'too many writes are waiting')
    const now = this.#clock.monotonic()
    if (deadline !== undefined && now >= deadline) throw new EngineError('NO_LEADER', 'the deadline has passed')
    return await new Promise((resolve, reject) => {
      this.#queue.push({ command, deadline: deadline ?? now + (this.#options.commitMs ?? 7000), resolve: resolve as Waiting['resolve'], reject, settled: false, proven: false, alone: false, misses: 0, blockedBy: undefined })
      this.#pump()
      this.#sweep()
    })
  }

  /** Ends those whose time is over. */
  #sweep (): void {
    if (this.#sweeping || this.#isIdle()) return
    this.#sweeping = true
    this.#clock.after(SWEEP_MS, () => {
      this.#sweeping = false
      const now = this.#clock.monotonic()
      const late = (waiting: Waiting): boolean => now >= waiting.deadline && !waiting.settled
      for (const waiting of [...this.#queue, ...this.#inProof]) if (late(waiting)) this.#reject(waiting, new EngineError('NO_LEADER', waiting.misses > 0 ? 'others were faster each time' : 'etcd did not answer in time'))
      this.#queue = this.#queue.filter(({ settled }) => !settled)
      if (this.#isIdle()) this.#idle?.()
      for (const { members } of this.#packs.values()) for (const { waiting } of members) if (late(waiting)) this.#reject(waiting, new EngineError('NO_LEADER', 'etcd did not answer in time; whether the write took place is not known'))
      this.#sweep()
    })
  }

  #reject (waiting: Waiting, error: unknown): void {
    if (waiting.settled) return
    waiting.settled = true
    waiting.reject(error)
  }

  #isIdle (): boolean { return this.#queue.length === 0 && this.#packs.size === 0 && this.#inProof.size === 0 }

  /** Sends what can be sent. */
  #pump (): void {
    if (this.#fold === undefined || this.#broken !== undefined) return
    while (this.#queue.length > 0 && this.#packs.size < (this.#options.maxInFlight ?? MAX_IN_FLIGHT) && this.#clock.monotonic() >= this.#holdUntil) {
      const built = this.#build()
      if (built === undefined) break
      this.#send(built)
    }
    if (this.#isIdle()) this.#idle?.()
    else if (this.#holdUntil > this.#clock.monotonic()) this.#clock.after(this.#holdUntil - this.#clock.monotonic(), () => this.#pump())
  }

  /** The next Txn out of those that wait, in their order: those that meet a write on its way stay where they are. */
  #build (): Pack | undefined {
    if ([...this.#packs.values()].some(({ exclusive }) => exclusive)) return undefined
    const { maxOps = 128, maxPacked = Infinity } = this.#options
    const members: Packed[] = []
    const places = new Set<string>()
    const guards = new Set<string>()
    const ranges = new Set<string>()
    const left: Waiting[] = []
    const proofs: Waiting[] = []
    let bytes = 0
    let exclusive = false
    let at = 0
    for (; at < this.#queue.length && members.length < maxPacked; at++) {
      const waiting = this.#queue[at]!
      if (waiting.settled) continue
      if (waiting.blockedBy !== undefined && (this.#busy.has(waiting.blockedBy) || places.has(waiting.blockedBy))) {
        left.push(waiting)
        continue
      }
      if (waiting.alone && members.length > 0) {
        left.push(waiting)
        continue
      }
      const evaluated = this.#evaluate(waiting)
      if (evaluated === undefined) {
        if (!waiting.settled) proofs.push(waiting)
        continue
      }
      const blockedBy = this.#meets(evaluated, places)
      if (blockedBy !== undefined) {
        waiting.blockedBy = blockedBy
        left.push(waiting)
        continue
      }
      const { decision } = evaluated
      const own = [...evaluated.places]
      if (this.#isHeavy(evaluated, maxOps)) {
        // It needs the store for itself: what came before goes first, nothing overtakes it.
        if (members.length > 0 || this.#packs.size > 0) break
        members.push({ waiting, evaluated })
        exclusive = true
        at++
        break
      }
      const more = { places: places.size, guards: guards.size }
      for (const { place } of decision!.writes) if (!places.has(place)) more.places++
      for (const place of own) if (!guards.has(place)) more.guards++
      if (more.places + 1 > maxOps || more.guards + ranges.size + evaluated.prefixes.size + 1 > maxOps || (bytes > 0 && bytes + decision!.bytes > MAX_TXN_BYTES)) break
      for (const { place } of decision!.writes) places.add(place)
      for (const place of own) guards.add(place)
      for (const prefix of evaluated.prefixes) ranges.add(prefix)
      bytes += decision!.bytes
      members.push({ waiting, evaluated })
      if (waiting.alone) {
        at++
        break
      }
    }
    // Worth sending now, or better shared with those that come while others are on their way?
    const waits = this.#packs.size > 0 && !exclusive && places.size < WORTH_SENDING && members.length < maxPacked && !members.some(({ waiting }) => waiting.alone)
    this.#queue = [...left, ...(waits ? members.map(({ waiting }) => waiting) : []), ...this.#queue.slice(at)]
    if (proofs.length > 0) this.#proveFor(proofs)
    if (members.length === 0 || waits) return undefined
    return {
      id: `${this.#nonce}:${++this.#sent}`,
      members,
      places: exclusive ? [] : [...places],
      seen: new Map([...guards].map(place => [place, this.#view.modOf(place)])),
      known: new Map(members.flatMap(({ evaluated }) => evaluated.decision!.changes.map(({ key, value }) => [key, value] as const))),
      began: this.#clock.monotonic(),
      exclusive,
      done: false,
    }
  }

  /** `undefined`: settled, or to be proven first. */
  #evaluate (waiting: Waiting): Evaluated<unknown> | undefined {
    let evaluated: Evaluated<unknown>
    try {
      evaluated = evaluate(waiting.command, this.#view, this.#layout, this.#options.codec)
    } catch (error) {
      // A refusal stands on what was read, which may be old.
      if (waiting.proven) this.#reject(waiting, error)
      return undefined
    }
    if (evaluated.unfit) {
      if (waiting.proven) this.#reject(waiting, new EngineError('NO_LEADER', 'a guard of the transaction does not hold'))
      return undefined
    }
    if (evaluated.decision !== undefined) {
      if (this.#options.readOnly !== true) return evaluated
      this.#reject(waiting, new EngineError('READ_ONLY', this.#options.refusal?.() ?? 'this server takes no writes'))
      return undefined
    }
    if (waiting.proven) {
      waiting.settled = true
      waiting.resolve({ result: evaluated.result, revision: this.#view.head.next - 1 })
    }
    return undefined
  }

  /** "Nothing has to change" and refusals are only true when the view was whole: they are evaluated again once that is proven. */
  #proveFor (waitings: readonly Waiting[]): void {
    for (const waiting of waitings) this.#inProof.add(waiting)
    const back = (whole: boolean): void => {
      for (const waiting of waitings) {
        this.#inProof.delete(waiting)
        waiting.proven = whole
      }
      this.#queue = [...waitings.filter(({ settled }) => !settled), ...this.#queue]
      if (this.#broken !== undefined) for (const waiting of this.#queue.splice(0)) this.#reject(waiting, this.#refusal())
      this.#pump()
      this.#sweep()
    }
    this.#prove().then(back, async () => {
      await this.#sleep(RETRY_FIRST_MS)
      back(false)
    })
  }

  /** A place on which a write is on its way, or stands in the same Txn, and that the command has looked at. */
  #meets ({ places, prefixes }: Evaluated<unknown>, packed: ReadonlySet<string>): string | undefined {
    for (const place of places) if (this.#busy.has(place) || packed.has(place)) return place
    for (const prefix of prefixes) {
      for (const busy of [this.#busy, packed]) for (const place of busy) if (place.startsWith(prefix)) return place
    }
    return undefined
  }

  #isHeavy ({ decision, places, prefixes }: Evaluated<unknown>, maxOps: number): boolean {
    return this.#isBatch(decision!, maxOps) || places.size + prefixes.size + 1 > maxOps
  }

  #isBatch ({ writes, bytes, restored, vanishing }: Decision, maxOps: number): boolean { return restored || vanishing || writes.length + 1 > maxOps || bytes > MAX_TXN_BYTES }

  // === send ===

  #send (pack: Pack): void {
    this.#packs.set(pack.id, pack)
    for (const place of pack.places) this.#busy.add(place)
    this.stats.txns++
    this.#deliver(pack).catch(error => this.#failed(pack, error))
  }

  /** Sends until it is known what became of it. */
  async #deliver (pack: Pack): Promise<void> {
    const request = pack.exclusive ? await this.#exclusiveRequest(pack) : this.#request(pack)
    let pause = RETRY_FIRST_MS
    while (!pack.done && this.#broken === undefined) {
      const { endpoint } = this.#client
      try {
        const { succeeded, ranges } = await this.#client.txn(request, { timeoutMs: TXN_TIMEOUT_MS })
        if (succeeded) return // the watch brings it
        // Whether it failed because an earlier attempt took place shows in what the watch brings until then.
        const mod = ranges[0]?.kvs[0]?.mod ?? 0
        while (!pack.done && !await this.#untilFolded(mod, this.#clock.monotonic() + SWEEP_MS)) if (this.#isForsaken(pack)) break
        if (!pack.done) this.#missed(pack)
        return
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error
        if (error.failure !== 'unreachable' && error.failure !== 'busy') throw error
        this.stats.lost++
        if (error.failure === 'unreachable') this.#client.leave(endpoint)
        if (this.#isForsaken(pack)) break
        await this.#sleep(pause)
        pause = Math.min(pause * 2, RETRY_LAST_MS)
      }
    }
    this.#retire(pack)
  }

  /** Nobody waits for it any more. */
  #isForsaken ({ members }: Pack): boolean { return members.every(({ waiting }) => waiting.settled) }

  #request (pack: Pack): TxnRequest {
    const names = this.#names
    const view = this.#view
    const prefixes = new Set<string>()
    const then: Op[] = []
    for (const { evaluated } of pack.members) {
      for (const prefix of evaluated.prefixes) prefixes.add(prefix)
      for (const { place, value } of evaluated.decision!.writes) then.push(value === undefined ? { remove: names.place(place) } : { put: names.place(place), value })
    }
    const compares: Compare[] = [{ key: names.fence, mod: this.#fenceMod, is: 'equal' }]
    for (const [place, mod] of pack.seen) compares.push({ key: names.place(place), mod, is: 'equal' })
    for (const prefix of prefixes) compares.push({ ...names.placesBelow(prefix), mod: view.mod + 1, is: 'less' })
    return { compares, then: [...then, this.#headPut(pack)], otherwise: [{ range: { key: names.head, keysOnly: true } }] }
  }

  #headPut ({ id }: Pack): Op { return { put: this.#names.head, value: Buffer.from(id) } }

  /** A write that stands on the whole store: nothing at all may have been written since. */
  async #exclusiveRequest (pack: Pack): Promise<TxnRequest> {
    const { fence, head } = this.#names
    const [{ waiting, evaluated }] = pack.members as [Packed]
    const decision = evaluated.decision!
    const compares: Compare[] = [{ key: fence, mod: this.#fenceMod, is: 'equal' }, { key: head, mod: this.#headMod, is: 'equal' }]
    const otherwise: Op[] = [{ range: { key: head, keysOnly: true } }]
    // Others were faster: they are asked to hold still for a moment.
    if (waiting.misses > 0) otherwise.push({ put: fence, value: this.#fence(true) })
    const release: Op[] = waiting.misses > 0 || this.#isBatch(decision, this.#options.maxOps ?? 128) ? [{ put: fence, value: this.#fence(false) }] : []
    if (!this.#isBatch(decision, this.#options.maxOps ?? 128)) {
      const then = decision.writes.map(({ place, value }): Op => value === undefined ? { remove: this.#names.place(place) } : { put: this.#names.place(place), value })
      return { compares, then: [...then, ...release, this.#headPut(pack)], otherwise }
    }
    return { compares, then: [...await this.#batches.write(pack.id, decision), ...release, this.#headPut(pack)], otherwise }
  }

  #fence (hold: boolean): Buffer { return Buffer.from(JSON.stringify({ hold, by: this.#nonce })) }

  /** Something that was looked at has changed: those to whom it happened are evaluated again, the others as well, but together. */
  #missed (pack: Pack): void {
    this.stats.misses++
    this.#retire(pack)
    const view = this.#view
    for (const { waiting, evaluated } of pack.members) {
      waiting.misses++
      waiting.blockedBy = undefined
      waiting.proven = false
      waiting.alone = pack.members.length > 1 && (evaluated.prefixes.size > 0 || [...evaluated.places].some(place => view.modOf(place) !== pack.seen.get(place)))
    }
    this.#queue = [...pack.members.map(({ waiting }) => waiting).filter(({ settled }) => !settled), ...this.#queue]
    this.#pump()
  }

  #failed (pack: Pack, error: unknown): void {
    this.#retire(pack)
    const failure = error instanceof EtcdError && error.failure === 'no-space'
      ? new EngineError('NO_SPACE', `etcd's quota is used up: ${error.message}`, { cause: error })
      : error instanceof EngineError ? error : new EngineError('NO_LEADER', messageOf(error), { cause: error })
    this.#options.log?.error('etcd refused a write', { error: messageOf(error) })
    this.onFlush?.(pack.members.length, this.#clock.monotonic() - pack.began, error)
    for (const { waiting } of pack.members) this.#reject(waiting, failure)
    this.#pump()
  }

  /** Folded: its callers are answered. */
  #settle (pack: Pack, revision: Revision): void {
    this.#retire(pack)
    this.stats.commits += pack.members.length
    this.onFlush?.(pack.members.length, this.#clock.monotonic() - pack.began)
    for (const { waiting, evaluated } of pack.members) {
      if (waiting.settled) continue
      waiting.settled = true
      waiting.resolve({ result: evaluated.result, revision })
    }
  }

  #retire (pack: Pack): void {
    pack.done = true
    if (!this.#packs.delete(pack.id)) return
    for (const place of pack.places) this.#busy.delete(place)
  }

  // === the end ===

  close (): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end (): Promise<void> {
    // What was taken is finished, or its time comes.
    if (!this.#isIdle()) await new Promise<void>(resolve => { this.#idle = resolve })
    for (const cancel of this.#timers.splice(0)) cancel()
    await this.#batches.stop()
    await this.#feed.stop()
    this.#client.close()
  }
}

const HEAD = Buffer.from('head')
const COUNT = Buffer.from('count')
const FENCE = Buffer.from('fence')
const R = 'r'.charCodeAt(0)
const B = 'b'.charCodeAt(0)
const SLASH = '/'.charCodeAt(0)
const isRow = (name: Buffer): boolean => name[0] === R && name[1] === SLASH
const isBatch = (name: Buffer): boolean => name[0] === B && name[1] === SLASH

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
