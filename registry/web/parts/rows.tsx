// A list of any length of which only what is seen is in the document. Places are kept, contents change: a row that moves in the order shifts nothing on the screen.

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { go } from '../live/location.js'

export interface Column<T> {
  readonly title: string
  /** CSS track: fixed, or a share, never by content. */
  readonly width: string
  readonly cell: (row: T) => ComponentChildren
  readonly numeric?: boolean
  /** Not on a narrow screen. */
  readonly wide?: boolean
}

interface Options<T> {
  readonly label: string
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  readonly columns: ReadonlyArray<Column<T>>
  /** Where a row leads. */
  readonly href?: (row: T) => string
  readonly selected?: string | undefined
  /** Something stands beside the list: as on a narrow screen. */
  readonly compact?: boolean
}

/** Rows above and below what is seen. */
const MARGIN = 6
const ROW = 38

export function Rows<T> ({ label, rows, keyOf, columns, href, selected, compact = false }: Options<T>) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600, narrow: matchMedia('(max-width: 700px)').matches })
  const [cursor, setCursor] = useState<string | undefined>(undefined)
  useLayoutEffect(() => {
    const element = box.current!
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight, narrow: matchMedia('(max-width: 700px)').matches })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])
  const seen = view.narrow || compact ? columns.filter(({ wide }) => wide !== true) : columns
  const first = Math.max(0, Math.min(rows.length, Math.floor(view.top / ROW)) - MARGIN)
  const slots = Math.max(0, Math.min(rows.length - first, Math.ceil(view.height / ROW) + 2 * MARGIN))
  const at = cursor ?? selected
  const here = at === undefined ? -1 : rows.findIndex(one => keyOf(one) === at)
  // Keys come faster than drawings.
  const cursorAt = useRef(-1)
  cursorAt.current = here
  const idOf = (index: number): string => `${label.replace(/\W+/g, '-')}-${index}`
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(rows.length - 1, to))
    const found = rows[index]
    if (found === undefined) return
    setCursor(keyOf(found))
    cursorAt.current = index
    const element = box.current!
    if (index * ROW < element.scrollTop) element.scrollTop = index * ROW
    else if ((index + 2) * ROW > element.scrollTop + element.clientHeight) element.scrollTop = (index + 2) * ROW - element.clientHeight
  }
  const onKey = (event: KeyboardEvent): void => {
    const here = cursorAt.current
    const page = Math.max(1, Math.floor(view.height / ROW) - 1)
    const steps: Readonly<Record<string, number>> = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page, Home: 0, End: rows.length - 1 }
    const to = steps[event.key]
    if (to !== undefined) {
      event.preventDefault()
      move(to)
    } else if (event.key === 'Enter' && here >= 0 && href !== undefined) go(href(rows[here]!))
  }
  const active = here >= first && here < first + slots ? { 'aria-activedescendant': idOf(here) } : {}
  return (
    <div
      class='grid' role='grid' aria-label={label} aria-rowcount={rows.length + 1} tabIndex={0} onKeyDown={onKey} ref={box} {...active}
      style={{ '--columns': seen.map(({ width }) => width).join(' ') }}
    >
      <div role='rowgroup' class='heads'><div class='row head' role='row' aria-rowindex={1}>{seen.map(({ title, numeric }) => <div key={title} role='columnheader' class={numeric === true ? 'numeric' : ''}>{title}</div>)}</div></div>
      <div class='all' role='rowgroup' style={{ height: `${rows.length * ROW}px` }}>
        {Array.from({ length: slots }, (_, slot) => {
          const index = first + slot
          const one = rows[index]!
          const key = keyOf(one)
          return (
            <div
              class={`row${key === selected ? ' selected' : ''}${index === here ? ' cursor' : ''}`} role='row' id={idOf(index)} aria-rowindex={index + 2} aria-selected={key === selected} key={index % 512}
              style={{ transform: `translateY(${index * ROW}px)` }}
              onClick={event => { if (href !== undefined && (event.target as Element).closest('a, button') === null) { setCursor(key); go(href(one)) } }}
            >{seen.map(({ title, cell, numeric }) => <div key={title} role='gridcell' class={numeric === true ? 'numeric' : ''}>{cell(one)}</div>)}
            </div>
          )
        })}
      </div>
    </div>
  )
}
