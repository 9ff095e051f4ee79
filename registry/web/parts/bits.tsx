// Small parts that every view uses: states, times, tags, copying, empty states.

import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { connection } from '../live/connection.js'
import { ago, exact } from '../lib/format.js'

export type State = 'passing' | 'warning' | 'critical' | 'draining' | 'maintenance' | 'not-ready'
export const STATES: readonly State[] = ['critical', 'warning', 'not-ready', 'draining', 'maintenance', 'passing']
export const STATE_WORDS: Readonly<Record<State, string>> = { passing: 'Passing', warning: 'Warning', critical: 'Critical', draining: 'Draining', maintenance: 'Maintenance', 'not-ready': 'Not ready' }

const SHAPES: Readonly<Record<State, string>> = {
  passing: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z',
  warning: 'M8 2.5 14 13H2Z',
  critical: 'M3.5 3.5h9v9h-9Z',
  draining: 'M8 3a5 5 0 0 0 0 10Zm0 1.2a3.8 3.8 0 0 1 0 7.6Z',
  maintenance: 'M3 6.2h10v3.6H3Z',
  'not-ready': 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Zm0 1.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8Z',
}

/** A state by shape and colour; the word is for those who see neither. */
export const Mark = ({ state, silent = false }: { state: State, silent?: boolean }) =>
  <svg class={`mark ${state}`} viewBox='0 0 16 16' {...silent ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': STATE_WORDS[state] }}><path fill-rule='evenodd' d={SHAPES[state]} /></svg>

export const StateWord = ({ state }: { state: State }) => <span class={`state ${state}`}><Mark state={state} silent />{STATE_WORDS[state]}</span>

/** Ticks once a second for all times that are shown. */
export const now = signal(Date.now())
setInterval(() => { if (!document.hidden) now.value = Date.now() }, 1000)

/** How long ago by the server's clock, with the exact time to be had by pointing at it. */
export const Time = ({ at, none = 'before this server started' }: { at: string | null | undefined, none?: string }) => at == null
  ? <span class='dim'>{none}</span>
  : <time dateTime={at} title={exact(at)}>{ago(now.value + connection.clockSkew - Date.parse(at))}</time>

export const Tags = ({ of, most = 4 }: { of: readonly string[] | undefined, most?: number }) => of === undefined || of.length === 0
  ? null
  : <span class='tags'>{of.slice(0, most).map(tag => <span class='tag' key={tag}>{tag}</span>)}{of.length > most && <span class='dim' title={of.slice(most).join(', ')}>+{of.length - most}</span>}</span>

/** A text that can be copied. */
export function Copy ({ text, label }: { text: string, label?: string }) {
  const [done, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 1500)
  }
  return <button type='button' class='quiet' onClick={() => { void copy() }} aria-label={`Copy ${label ?? text}`}>{done ? 'Copied' : 'Copy'}</button>
}

export const Command = ({ text, label }: { text: string, label?: string }) => <div class='command'><pre tabIndex={0}><code>{text}</code></pre><Copy text={text} label={label ?? 'the command'} /></div>

/** Nothing is here, and what to do next. */
export const Empty = ({ title, children, command }: { title: string, children?: ComponentChildren, command?: string }) =>
  <div class='empty'><h2>{title}</h2>{children !== undefined && <p>{children}</p>}{command !== undefined && <Command text={command} />}</div>

export const Loading = () => <div class='loading' role='status'>Loading…</div>

/** Instances by state. */
export interface Counts { readonly Passing: number, readonly Warning: number, readonly Critical: number, readonly Draining: number, readonly Maintenance: number, readonly NotReady: number }
export const countOf = (of: Counts, state: State): number => ({ passing: of.Passing, warning: of.Warning, critical: of.Critical, draining: of.Draining, maintenance: of.Maintenance, 'not-ready': of.NotReady })[state]
export const worstOf = (of: Counts): State => STATES.find(state => countOf(of, state) > 0) ?? 'passing'

export function Bar ({ of }: { of: Counts }) {
  const parts = STATES.toReversed().map(state => [state, countOf(of, state)] as const).filter(([, n]) => n > 0)
  const all = parts.reduce((sum, [, n]) => sum + n, 0)
  let x = 0
  return (
    <svg class='bar' viewBox='0 0 100 4' preserveAspectRatio='none' role='img' aria-label={parts.map(([state, n]) => `${n} ${STATE_WORDS[state].toLowerCase()}`).join(', ') || 'none'}>
      {parts.map(([state, n]) => { const width = 100 * n / all; x += width; return <rect key={state} class={state} x={x - width} width={width} height='4' /> })}
    </svg>
  )
}

export const Numbers = ({ of }: { of: Counts }) => <span class='numbers'>{STATES.filter(state => state !== 'passing' && countOf(of, state) > 0).map(state => <span key={state} class={state} title={STATE_WORDS[state]}><Mark state={state} />{countOf(of, state)}</span>)}</span>

export const Meta = ({ of }: { of: Readonly<Record<string, string>> | null | undefined }) => of == null || Object.keys(of).length === 0
  ? <span class='dim'>none</span>
  : <dl class='meta'>{Object.entries(of).map(([key, value]) => <div key={key}><dt>{key}</dt><dd>{value}</dd></div>)}</dl>
