// What one question looks like now: rows by key, and a signal that views read to be drawn again.

import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { connection } from './connection.js'
import type { Params } from './connection.js'

export interface Row { readonly Key: string }

interface Taken {
  readonly type: 'snapshot' | 'change' | 'resync' | 'progress' | 'error'
  readonly index: number
  readonly upserts: readonly Row[]
  readonly removes: readonly string[]
  readonly error?: string
}

export class Table<T extends Row = Row> {
  readonly rows = new Map<string, T>()
  /** Counts drawings; reading it is what makes a view follow. */
  readonly version = signal(0)
  readonly loaded = signal(false)
  readonly error = signal<string | undefined>(undefined)
  index = 0
  users = 0
  lingering: number | undefined
  #list: { readonly version: number, readonly rows: readonly T[] } | undefined

  constructor (readonly id: string, readonly kind: string, readonly params: Params) {}

  /** All rows, as of the last drawing. */
  get list (): readonly T[] {
    const version = this.version.value
    if (this.#list?.version !== version) this.#list = { version, rows: [...this.rows.values()] }
    return this.#list.rows
  }

  take ({ type, index, upserts, removes, error }: Taken): void {
    if (type === 'error') {
      this.#refused = error
      return
    }
    this.index = index
    if (type === 'progress') return
    if (type !== 'change') this.rows.clear()
    for (const key of removes) this.rows.delete(key)
    for (const row of upserts) this.rows.set(row.Key, row as T)
    this.#heard = true
  }

  #heard = false
  #refused: string | undefined

  /** Lets the views see what was taken. */
  show (): void {
    if (this.#refused !== this.error.peek()) this.error.value = this.#refused
    if (this.#heard) this.loaded.value = true
    this.version.value++
  }
}

/** A table for as long as the component lives, and as long as the question stays the same. */
export function useTable<T extends Row> (kind: string, params: Params = {}): Table<T> {
  const key = JSON.stringify([kind, params])
  const held = useRef<{ readonly key: string, readonly table: Table<T> } | undefined>(undefined)
  if (held.current?.key !== key) {
    const before = held.current
    held.current = { key, table: connection.enter<T>(kind, params) }
    if (before !== undefined) connection.leave(before.table as unknown as Table)
  }
  useEffect(() => () => {
    if (held.current !== undefined) connection.leave(held.current.table as unknown as Table)
    held.current = undefined
  }, [])
  return held.current.table
}
