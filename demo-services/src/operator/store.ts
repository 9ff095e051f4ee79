// Traces of the last minutes, in memory: bounded, the oldest go first.

import type { SpanRecord } from '../kit/tracing.js'

/** Traces that are kept, and spans of one. */
const TRACES = 300
const SPANS = 300

export interface TraceSummary {
  readonly trace: string
  readonly name: string
  readonly startMs: number
  readonly durationMs: number
  readonly spans: number
  readonly services: readonly string[]
  readonly failed: boolean
}

export class Traces {
  readonly #traces = new Map<string, Map<string, SpanRecord>>()

  add (spans: readonly SpanRecord[]): void {
    for (const span of spans) {
      let kept = this.#traces.get(span.trace)
      if (kept === undefined) {
        this.#traces.set(span.trace, kept = new Map())
        if (this.#traces.size > TRACES) this.#traces.delete(this.#traces.keys().next().value!)
      }
      if (kept.size < SPANS) kept.set(span.span, span)
    }
  }

  /** The newest first. */
  list (limit = 50): readonly TraceSummary[] {
    return [...this.#traces].slice(-limit).reverse().map(([trace, spans]) => summary(trace, [...spans.values()]))
  }

  /** By beginning. */
  find (trace: string): readonly SpanRecord[] { return [...this.#traces.get(trace)?.values() ?? []].sort((a, b) => a.startMs - b.startMs) }
}

function summary (trace: string, spans: readonly SpanRecord[]): TraceSummary {
  const startMs = Math.min(...spans.map(span => span.startMs))
  const ids = new Set(spans.map(span => span.span))
  const root = spans.find(span => !ids.has(span.parent)) ?? spans[0]!
  return {
    trace,
    name: root.name,
    startMs,
    durationMs: Math.max(...spans.map(span => span.startMs + span.durationMs)) - startMs,
    spans: spans.length,
    services: [...new Set(spans.map(span => span.service))],
    failed: spans.some(span => span.failed),
  }
}
