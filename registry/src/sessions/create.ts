// A session comes to be: what it is refused for, and the pointers by which its end finds it.

import { command } from '../catalog/rows.js'
import { errors } from '../errors.js'
import { DurationError, formatDuration, parseDuration } from '../http/decode/duration.js'
import { keys } from '../state/keys.js'
import { checkIds } from './depends.js'
import { tellChecks } from './end.js'
import './consequences.js'
import type { Command } from '../engine/engine.js'
import type { SessionBody } from '../http/decode/bodies/session.js'
import type { CheckRecord } from '../state/checks.js'
import type { SessionBehavior, SessionRecord } from '../state/sessions.js'

const DEFAULT_LOCK_DELAY_NS = 15e9
const MAX_TTL_NS = 24 * 3600e9
/** The shortest TTL, ms, unless the settings name another. */
const MIN_TTL_MS = 10_000

export interface SessionDefaults {
  /** The agent's own node. */
  readonly node: string
  /** 0: the usual one. */
  readonly ttlMinMs: number
}

/** The record of a request. @throws RosterError 500 of everything that can be seen without the catalog */
export function sessionRecord (body: SessionBody, id: string, { node: own, ttlMinMs }: SessionDefaults): SessionRecord {
  const node = body.node ?? own
  if (node === '') throw errors.SESSION_NODE_MISSING()
  const behavior = behaviorOf(body.behavior ?? '')
  return {
    id,
    name: body.name,
    node,
    lockDelayNs: body.lockDelayMs === null ? DEFAULT_LOCK_DELAY_NS : Math.round(body.lockDelayMs * 1e6),
    behavior,
    ttl: body.ttl,
    ttlMs: ttlMs(body.ttl, ttlMinMs === 0 ? MIN_TTL_MS : ttlMinMs),
    nodeChecks: body.nodeChecks,
    serviceChecks: body.serviceChecks,
    checks: body.checks,
  }
}

function behaviorOf (word: string): SessionBehavior {
  if (word === '' || word === 'release') return 'release'
  if (word === 'delete') return 'delete'
  throw errors.SESSION_BEHAVIOR(word)
}

/** ms; 0 for none. */
function ttlMs (text: string, minMs: number): number {
  if (text === '') return 0
  let ns: number
  try {
    ns = parseDuration(text)
  } catch (error) {
    if (error instanceof DurationError) throw errors.SESSION_TTL(text, error.message)
    throw error
  }
  if (ns !== 0 && (ns < minMs * 1e6 || ns > MAX_TTL_NS)) throw errors.SESSION_TTL_BOUNDS(ns, formatDuration(minMs * 1e6), formatDuration(MAX_TTL_NS))
  return ns / 1e6
}

/** @throws RosterError 500 of everything that the catalog does not allow */
export const createSession = (session: SessionRecord): Command<void> => command(draft => {
  if (draft.get(keys.node(session.node)) === undefined) throw errors.SESSION_NODE_UNKNOWN()
  const ids = checkIds(session)
  for (const id of ids) {
    if (id === '') throw errors.SESSION_CHECK_WITHOUT_ID()
    const check = draft.get<CheckRecord>(keys.check(session.node, id))
    if (check === undefined) throw errors.SESSION_CHECK_UNKNOWN(id)
    // A check that speaks for a session is critical until there is one.
    if (check.status === 'critical' && check.type !== 'session') throw errors.SESSION_CHECK_CRITICAL(id)
  }
  draft.put(keys.session(session.id), session)
  for (const check of ['', ...ids]) draft.put(keys.endsWith(session.node, check, session.id), { session: session.id })
  tellChecks(draft, session, 'passing', `Session '${session.id}' in force`)
})
