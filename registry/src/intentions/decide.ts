// Whether a call is allowed: by the closest intention, else by the default. What an intention allows of single requests is for the proxy to see: here it counts
// as no.

import { ANY } from '../config-entries/entry-kind.js'
import { DEFAULT } from '../chain/chain.js'
import { fromSource, toDestination } from './intention.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { State } from '../state/state.js'
import type { Intention } from './intention.js'

/** A service as callers write it. */
export interface ServiceName {
  /** There is one; in any other nobody is known. '' is that one. */
  readonly namespace: string
  readonly name: string
  /** Cluster, '' for this one. */
  readonly peer: string
}

export interface Decision {
  readonly allowed: boolean
  /** What decided, in words. */
  readonly reason: string
}

const isHere = ({ namespace }: ServiceName): boolean => namespace === '' || namespace === DEFAULT

/** What is allowed where no intention says anything. */
export function byDefault ({ acl, defaultIntentionPolicy }: RuntimeConfig): Decision {
  if (defaultIntentionPolicy !== '') return { allowed: defaultIntentionPolicy === 'allow', reason: 'Default intention policy' }
  // Without access control everything is allowed that nobody forbids.
  return { allowed: !acl.enabled || acl.defaultPolicy === 'allow', reason: 'Default behavior configured by ACLs' }
}

export function decide (intention: Intention | undefined, otherwise: Decision): Decision {
  if (intention === undefined) return otherwise
  return { allowed: intention.action === 'allow' && (intention.permissions?.length ?? 0) === 0, reason: `Matched ${intention.action === '' ? 'L7' : 'L4'} intention: ${inWords(intention)}` }
}

/** The intention that decides about a call, looked for from the caller's side. */
export const ofCall = (state: State, source: ServiceName, destination: ServiceName): Intention | undefined =>
  isHere(destination) ? fromSource(state, source.name).find(of => of.destination === destination.name || of.destination === ANY) : undefined

/** The same from the side of who is called, as an agent asks that has to let somebody in. */
export const ofCaller = (state: State, target: string, caller: ServiceName): Intention | undefined =>
  isHere(caller) ? toDestination(state, target).find(of => of.peer === caller.peer && (of.source === caller.name || of.source === ANY)) : undefined

/** @example `default/api => default/web (Precedence: 9, Action: DENY)` */
export function inWords ({ source, peer, destination, action, permissions, precedence, legacy }: Intention): string {
  const what = (permissions?.length ?? 0) > 0 ? `Permissions: ${permissions!.length}` : `Action: ${action.toUpperCase()}`
  return `${peer === '' ? '' : `peer(${peer})/`}${DEFAULT}/${source} => ${DEFAULT}/${destination} (${legacy === undefined ? '' : `ID: ${legacy.id}, `}Precedence: ${precedence}, ${what})`
}
