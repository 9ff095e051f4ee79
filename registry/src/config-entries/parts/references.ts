// How entries of API gateways refer to each other, and what the server tells about them.

import { always, shape } from '../../http/decode/weak/shape.js'
import { list, optional } from '../../http/decode/weak/weak-lists.js'
import { text, time } from '../../http/decode/weak/weak-scalars.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

export const reference = shape('structs.ResourceReference', {
  Kind: always(text),
  Name: always(text),
  /** A part of the entry, such as a listener; '' for all of it. */
  SectionName: always(text),
})

export type Reference = WeakValue<typeof reference>

export const references = list(reference)

/** What has become of an entry: written by the server alone, whatever is sent. */
export const status = shape('structs.Status', {
  Conditions: always(list(shape('structs.Condition', {
    Type: always(text),
    /** True, False or Unknown. */
    Status: always(text),
    Reason: always(text),
    Message: always(text),
    Resource: always(optional(reference)),
    LastTransitionTime: always(optional(time)),
  }))),
})

export type Status = WeakValue<typeof status>
export type Condition = NonNullable<Status['Conditions']>[number]

export const sameReference = (a: Reference, b: Reference): boolean => a.Kind === b.Kind && a.Name === b.Name && a.SectionName === b.SectionName
