// The JSON shape of a user event, as clients know it.

import type { Json } from '../catalog/wire.js'
import type { EventRecord } from '../state/events.js'

const VERSION = 1

export const eventJson = (event: EventRecord): Json => ({
  ID: event.id,
  Name: event.name,
  Payload: event.payload === '' ? null : event.payload,
  NodeFilter: event.nodeFilter,
  ServiceFilter: event.serviceFilter,
  TagFilter: event.tagFilter,
  Version: VERSION,
  LTime: event.lamportTime,
})
