// A record with its place in history, as readers see it. Built by the fold, never by a command.

/** Indexes are what clients see as CreateIndex and ModifyIndex: `base` + engine revision. */
export interface Entry<T> {
  readonly value: T
  readonly createIndex: number
  readonly modifyIndex: number
}
