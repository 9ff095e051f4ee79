// One service: its instances, who watches it, why a lookup gives what it gives, whom it calls, and how it is used.

import { useEffect, useState } from 'preact/hooks'
import { href, param, path, set } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { pathOf, request } from '../lib/api.js'
import { Empty, Loading, Mark, Time } from '../parts/bits.jsx'
import type { State } from '../parts/bits.jsx'
import { Rows } from '../parts/rows.jsx'
import { Instances, Use } from './instances.jsx'
import { Topology } from './topology.jsx'

interface WatcherRow extends Row { readonly Client: string, readonly Kind: string, readonly Since: string, readonly Acked: number }
interface Explained { readonly Steps: ReadonlyArray<{ readonly Step: string, readonly Kept: number, readonly Dropped: number, readonly Note: string }>, readonly Candidates: ReadonlyArray<{ readonly Node: string, readonly ServiceID: string, readonly Status: State, readonly Weight: number, readonly Kept: boolean, readonly Reason: string }> }

const TABS = [['', 'Instances'], ['subscribers', 'Subscribers'], ['explain', 'Explain'], ['calls', 'Calls'], ['use', 'Use it']] as const

export function Service ({ name }: { name: string }) {
  const tab = path.value[2] ?? ''
  return (
    <div class='page'>
      <div class='bar-of-view'><h1>{name}</h1></div>
      <nav class='tabs' aria-label='Parts of the service'>{TABS.map(([key, title]) => <a key={key} href={href(['services', name, ...key === '' ? [] : [key]])} {...key === tab ? { 'aria-current': 'page' as const } : {}}>{title}</a>)}</nav>
      {tab === 'subscribers' ? <Subscribers name={name} /> : tab === 'explain' ? <Explain name={name} /> : tab === 'calls' ? <Topology focus={name} /> : tab === 'use' ? <Use name={name} /> : <Instances service={name} />}
    </div>
  )
}

function Subscribers ({ name }: { name: string }) {
  const table = useTable<WatcherRow>('watchers', { name })
  if (!table.loaded.value) return <Loading />
  const rows = table.list.filter(({ Kind }) => Kind === 'health')
  if (rows.length === 0) return <Empty title='Nobody watches it over a stream'>Clients that ask by HTTP or DNS are not seen here: they hold no subscription.</Empty>
  return (
    <Rows
      label='Subscribers' rows={rows} keyOf={({ Key }) => Key} columns={[
        { title: 'Client', width: 'minmax(0, 2fr)', cell: row => <code>{row.Client}</code> },
        { title: 'Since', width: '130px', cell: row => <Time at={row.Since} /> },
        { title: 'Has seen revision', width: '140px', numeric: true, cell: row => row.Acked === 0 ? <span class='dim'>says nothing</span> : row.Acked },
      ]}
    />
  )
}

function Explain ({ name }: { name: string }) {
  const table = useTable('instances', { service: name })
  const version = table.version.value
  const [answer, setAnswer] = useState<Explained | string | undefined>(undefined)
  const question = new URLSearchParams({ ...param('tag') !== '' && { tag: param('tag') }, ...param('filter') !== '' && { filter: param('filter') }, ...param('passing') !== 'no' && { passing: '' } }).toString()
  useEffect(() => {
    let over = false
    // Changes that come together are one question.
    const timer = setTimeout(() => {
      request('GET', `${pathOf('v1', 'explain', name)}?${question}`).then(text => { if (!over) setAnswer(JSON.parse(text) as Explained) }, error => { if (!over) setAnswer((error as Error).message) })
    }, 60)
    return () => { over = true; clearTimeout(timer) }
  }, [name, question, version])
  return (
    <div class='page scroll'>
      <div class='bar-of-view'>
        <label><input type='checkbox' checked={param('passing') !== 'no'} onChange={event => set({ passing: event.currentTarget.checked ? undefined : 'no' })} /> only passing</label>
        <label>Tag <input value={param('tag')} onChange={event => set({ tag: event.currentTarget.value })} /></label>
        <label>Filter <input size={36} value={param('filter')} placeholder='Service.Meta.version == "2"' onChange={event => set({ filter: event.currentTarget.value })} /></label>
      </div>
      {answer === undefined
        ? <Loading />
        : typeof answer === 'string'
          ? <p class='refused' role='alert'>{answer}</p>
          : <>
            <ol class='steps'>{answer.Steps.map(step => <li key={step.Step}><b>{step.Step}</b> {step.Kept} left{step.Dropped > 0 && <>, {step.Dropped} out</>} <span class='dim'>{step.Note}</span></li>)}</ol>
            <ul class='plain'>{answer.Candidates.slice(0, 200).map(of => <li key={`${of.Node}/${of.ServiceID}`} class={of.Kept ? '' : 'out'}><Mark state={of.Status} /><a href={href(['services', name], { at: `${of.Node}/${of.ServiceID}`.toLowerCase() })}>{of.ServiceID}</a><span>{of.Kept ? 'in' : 'out'}</span><span class='dim'>{of.Reason}</span></li>)}</ul>
            </>}
    </div>
  )
}
