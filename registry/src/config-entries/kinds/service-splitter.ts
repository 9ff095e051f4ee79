// service-splitter: which share of a service's requests goes where. The shares add up to 100, the smallest is 0.01.

import { goQuote } from '../../http/decode/go-text.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { list, optional } from '../../http/decode/weak/weak-lists.js'
import { float32, text } from '../../http/decode/weak/weak-scalars.js'
import { COMMON } from '../entry-kind.js'
import { headerModifiers } from '../parts/http-parts.js'
import { metaProblem } from '../parts/meta-rules.js'
import type { EntryKind } from '../entry-kind.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

/** One share; the discovery chain shows it too. */
export const serviceSplit = shape('structs.ServiceSplit', {
  /** Percent. */
  Weight: always(float32),
  /** '' means: the splitter's own service. */
  Service: filled(text),
  ServiceSubset: filled(text, 'service_subset'),
  Namespace: filled(text),
  Partition: filled(text),
  RequestHeaders: filled(optional(headerModifiers), 'request_headers'),
  ResponseHeaders: filled(optional(headerModifiers), 'response_headers'),
})

export type ServiceSplit = WeakValue<typeof serviceSplit>

const fields = shape('structs.ServiceSplitterConfigEntry', {
  Kind: always(text),
  Name: always(text),
  Splits: always(list(serviceSplit)),
  ...COMMON,
})

export type ServiceSplitter = WeakValue<typeof fields>

/** Hundredths of a percent. Halves go away from zero. */
const scaled = (weight: number): number => {
  const hundredths = Math.fround(weight * 100)
  return Math.sign(hundredths) * Math.round(Math.abs(hundredths))
}

/** A share as multiples of 0.01, in single precision. */
export const normalWeight = (weight: number): number => Math.fround(scaled(weight) / 100)

const ALL = 100 * 100

function problem (entry: ServiceSplitter): string | undefined {
  if (entry.Name === '') return 'Name is required'
  if (entry.Splits === null || entry.Splits.length === 0) return 'no splits configured'
  const meta = metaProblem(entry.Meta)
  if (meta !== undefined) return meta
  const seen = new Set<string>()
  for (const { Weight: _, ...split } of entry.Splits) {
    const service = split.Service === '' ? entry.Name : split.Service
    // Header changes make another destination of it, wherever there are any.
    const key = JSON.stringify([service, split.ServiceSubset, split.Namespace, split.Partition])
    if (split.RequestHeaders === null && split.ResponseHeaders === null) {
      if (seen.has(key)) return `split destination occurs more than once: service=${goQuote(service)}, subset=${goQuote(split.ServiceSubset)}, namespace=${goQuote(split.Namespace)}, partition=${goQuote(split.Partition)}`
      seen.add(key)
    }
  }
  const sum = entry.Splits.reduce((sum, split) => sum + scaled(split.Weight), 0)
  return sum === ALL ? undefined : `the sum of all split weights must be 100, not ${Math.fround(sum / 100).toFixed(6)}`
}

export const serviceSplitter: EntryKind<ServiceSplitter> = {
  kind: 'service-splitter',
  shape: fields,
  normalize: entry => ({ ...entry, Splits: entry.Splits?.map(split => ({ ...split, Weight: normalWeight(split.Weight) })) ?? null }),
  problem,
}
