// A user event comes to be: what it is refused for, and the row by which everybody hears of it.

import { compileRegexp } from '../catalog/filter/regexp.js'
import { command } from '../catalog/rows.js'
import { errors } from '../errors.js'
import { keys } from '../state/keys.js'
import type { Command } from '../engine/engine.js'
import type { EventRecord } from '../state/events.js'

/** Bytes of a payload. */
export const MAX_PAYLOAD_BYTES = 300

export type NewEvent = Omit<EventRecord, 'lamportTime'>

/** @throws RosterError 500 of a filter that is none */
export function judgeFilters ({ nodeFilter, serviceFilter, tagFilter }: Pick<NewEvent, 'nodeFilter' | 'serviceFilter' | 'tagFilter'>): void {
  if (tagFilter !== '' && serviceFilter === '') throw errors.EVENT_TAG_ALONE()
  for (const [what, pattern] of [['node', nodeFilter], ['service', serviceFilter], ['tag', tagFilter]] as const) {
    if (pattern === '') continue
    try {
      compileRegexp(pattern)
    } catch (error) {
      throw errors.EVENT_FILTER(what, (error as Error).message)
    }
  }
}

/** Gives the event's place among all events. */
export const fireEvent = (event: NewEvent): Command<number> => command(draft => {
  const lamportTime = (draft.get<EventRecord>(keys.lastEvent)?.lamportTime ?? 0) + 1
  draft.put(keys.lastEvent, { ...event, lamportTime })
  return lamportTime
})
