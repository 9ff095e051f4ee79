// A small reference model of keys, sessions, checks and transactions: the compatible API's rules written down once more, as plainly as possible and without
// the code that it judges. Slow, and wasteful by design: a transaction works on a copy of the whole world.

export interface ModelKey { value: string, flags: string, lockIndex: number, session: string, create: number, modify: number }
export interface ModelSession { node: string, checks: readonly string[], behavior: 'release' | 'delete', delayMs: number, ttlMs: number, deadline: number }

export interface World {
  keys: Map<string, ModelKey>
  /** Revision at which a key was last deleted. */
  graves: Map<string, number>
  sessions: Map<string, ModelSession>
  /** Status of each check of each node. */
  nodes: Map<string, Map<string, string>>
  /** Until when nobody may take a key's lock. */
  delays: Map<string, number>
}

export type KvOp =
  | { readonly verb: 'set', readonly key: string, readonly value: string, readonly flags: string }
  | { readonly verb: 'cas', readonly key: string, readonly value: string, readonly flags: string, readonly index: number }
  | { readonly verb: 'lock' | 'unlock', readonly key: string, readonly value: string, readonly flags: string, readonly session: string }
  | { readonly verb: 'delete' | 'delete-tree' | 'get' | 'get-tree' | 'check-not-exists', readonly key: string }
  | { readonly verb: 'delete-cas' | 'check-index', readonly key: string, readonly index: number }
  | { readonly verb: 'check-session', readonly key: string, readonly session: string }

export const emptyWorld = (): World => ({ keys: new Map(), graves: new Map(), sessions: new Map(), nodes: new Map(), delays: new Map() })

/** Refusal of one operation. */
export class Refused extends Error {}

export class Model {
  world = emptyWorld()
  now = 0

  /** One operation on a key, at a revision. Gives what a single request would be told. */
  kv (op: KvOp, revision: number): boolean | 'missing session' | 'invalid session' {
    const { keys } = this.world
    const before = keys.get(op.key)
    switch (op.verb) {
      case 'set':
        this.#write(op.key, { value: op.value, flags: op.flags, lockIndex: 0, session: before?.session ?? '' }, revision)
        return true
      case 'cas':
        if (op.index === 0 ? before !== undefined : before?.modify !== op.index) return false
        return this.kv({ ...op, verb: 'set' }, revision)
      case 'lock': {
        if (op.session === '') return 'missing session'
        if (!this.world.sessions.has(op.session)) return 'invalid session'
        if (before !== undefined && before.session !== '' && before.session !== op.session) return false
        const lockIndex = (before?.lockIndex ?? 0) + (before?.session === op.session ? 0 : 1)
        this.#write(op.key, { value: op.value, flags: op.flags, lockIndex, session: op.session }, revision)
        return true
      }
      case 'unlock':
        if (op.session === '') return 'missing session'
        if (before === undefined || before.session !== op.session) return false
        this.#write(op.key, { value: op.value, flags: op.flags, lockIndex: before.lockIndex, session: '' }, revision)
        return true
      case 'delete':
        this.#bury(op.key, revision)
        return true
      case 'delete-cas':
        if (before !== undefined && before.modify !== op.index) return false
        this.#bury(op.key, revision)
        return true
      case 'delete-tree':
        for (const key of [...keys.keys()]) if (key.startsWith(op.key)) this.#bury(key, revision)
        return true
      case 'get': return before !== undefined
      case 'get-tree': return true
      case 'check-not-exists': return before === undefined
      case 'check-index': return before?.modify === op.index
      case 'check-session': return before !== undefined && before.session === op.session
    }
  }

  isDelayed (key: string): boolean { return (this.world.delays.get(key) ?? -1) > this.now }

  /** A single request for a lock is told of the delay first, and of nothing else. */
  request (op: KvOp, revision: number): boolean | string {
    if (op.verb === 'lock' && this.isDelayed(op.key)) return false
    return this.kv(op, revision)
  }

  /** Which operations are refused; none: all are done. Those that cannot be tried at all, for want of a name or for a delay, are told alone. */
  txn (ops: readonly KvOp[], revision: number): number[] {
    const malformed = ops.flatMap((op, i) => (op.key === '' && op.verb !== 'delete-tree') || (op.verb === 'lock' && this.isDelayed(op.key)) ? [i] : [])
    if (malformed.length > 0) return malformed
    const before = structuredClone(this.world)
    const refused = ops.flatMap((op, i) => this.kv(op, revision) === true ? [] : [i])
    if (refused.length > 0) this.world = before
    else this.#asOneMoment(before)
    return refused
  }

  /** What a transaction deletes and writes again was never gone; what it writes and deletes again never was. */
  #asOneMoment (before: World): void {
    const { keys, graves } = this.world
    for (const [key, entry] of keys) entry.create = before.keys.get(key)?.create ?? entry.create
    for (const key of [...graves.keys()]) {
      if (before.keys.has(key)) continue
      const grave = before.graves.get(key)
      if (grave === undefined) graves.delete(key)
      else graves.set(key, grave)
    }
  }

  node (name: string): void { if (!this.world.nodes.has(name)) this.world.nodes.set(name, new Map()) }

  nodeGone (name: string, revision: number): void {
    this.world.nodes.delete(name)
    for (const [id, session] of [...this.world.sessions]) if (session.node === name) this.end(id, revision)
  }

  check (node: string, check: string, status: string, revision: number): void {
    this.world.nodes.get(node)!.set(check, status)
    if (status === 'critical') this.#endBy(node, check, revision)
  }

  checkGone (node: string, check: string, revision: number): void {
    if (this.world.nodes.get(node)?.delete(check) === true) this.#endBy(node, check, revision)
  }

  #endBy (node: string, check: string, revision: number): void {
    for (const [id, session] of [...this.world.sessions]) if (session.node === node && session.checks.includes(check)) this.end(id, revision)
  }

  create (id: string, session: Omit<ModelSession, 'deadline'>): boolean {
    const checks = this.world.nodes.get(session.node)
    if (checks === undefined || session.checks.some(c => (checks.get(c) ?? 'critical') === 'critical')) return false
    this.world.sessions.set(id, { ...session, deadline: session.ttlMs === 0 ? Infinity : this.now + 2 * session.ttlMs })
    return true
  }

  renew (id: string): boolean {
    const session = this.world.sessions.get(id)
    if (session === undefined) return false
    if (session.ttlMs > 0) session.deadline = this.now + 2 * session.ttlMs
    return true
  }

  end (id: string, revision: number): void {
    const session = this.world.sessions.get(id)
    if (session === undefined) return
    this.world.sessions.delete(id)
    for (const [key, entry] of [...this.world.keys]) {
      if (entry.session !== id) continue
      if (session.behavior === 'delete') this.#bury(key, revision)
      else this.#write(key, { ...entry, session: '' }, revision)
      if (session.delayMs > 0) this.world.delays.set(key, this.now + session.delayMs)
    }
  }

  /** Newest change or deletion below a prefix. */
  newestBelow (prefix: string): number {
    const { keys, graves } = this.world
    return Math.max(0, ...[...keys].filter(([key]) => key.startsWith(prefix)).map(([, { modify }]) => modify), ...[...graves].filter(([key]) => key.startsWith(prefix)).map(([, revision]) => revision))
  }

  #write (key: string, after: Omit<ModelKey, 'create' | 'modify'>, revision: number): void {
    const before = this.world.keys.get(key)
    if (before !== undefined && before.value === after.value && before.flags === after.flags && before.lockIndex === after.lockIndex && before.session === after.session) return
    this.world.keys.set(key, { value: after.value, flags: after.flags, lockIndex: after.lockIndex, session: after.session, create: before?.create ?? revision, modify: revision })
    this.world.graves.delete(key)
  }

  #bury (key: string, revision: number): void {
    if (this.world.keys.delete(key)) this.world.graves.set(key, revision)
  }
}
