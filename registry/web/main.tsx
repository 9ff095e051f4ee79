// Where the page begins: the frame around all views, the way from a path to a view, and the keys that work everywhere.

import { signal } from '@preact/signals'
import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { connection, datacenter, readOnly } from './live/connection.js'
import { base, follow, go, href, path, set } from './live/location.js'
import { duration } from './lib/format.js'
import { now } from './parts/bits.jsx'
import { Confirmation, notice } from './parts/dialog.jsx'
import { Instances } from './views/instances.jsx'
import { Kv } from './views/kv.jsx'
import { Node, Nodes } from './views/nodes.jsx'
import { Overview } from './views/overview.jsx'
import { Service } from './views/service.jsx'
import { Services } from './views/services.jsx'
import { Sessions } from './views/sessions.jsx'
import { Topology } from './views/topology.jsx'

/** Path, name, and the letter behind `g`. */
const VIEWS = [['', 'Overview', 'o'], ['services', 'Services', 's'], ['instances', 'Instances', 'i'], ['topology', 'Topology', 't'], ['nodes', 'Nodes', 'n'], ['kv', 'Keys', 'k'], ['sessions', 'Locks', 'l']] as const

const theme = signal(localStorage.getItem('theme') ?? '')

function View () {
  const [first = '', second] = path.value
  switch (first) {
    case '': return <Overview />
    case 'services': return second === undefined ? <Services /> : <Service key={second} name={second} />
    case 'instances': return <div class='page'><Instances /></div>
    case 'topology': return <Topology />
    case 'nodes': return second === undefined ? <Nodes /> : <Node key={second} name={second} />
    case 'kv': return <Kv />
    case 'sessions': return <Sessions />
    default: return <div class='empty'><h1>There is no such view</h1><p><a href={base}>To the overview</a></p></div>
  }
}

function Status () {
  const { status, lostAt, lag } = connection
  void now.value
  if (status.value === 'live') return <span class='status live' title='Everything shown is of now'><i />live{lag.value !== undefined && <span class='dim numeric'> {lag.value < 10 ? lag.value.toFixed(1) : Math.round(lag.value)} ms</span>}</span>
  if (status.value === 'connecting') return <span class='status'><i />connecting</span>
  return <span class='status lost' role='status'><i />connection lost; what is shown is {duration(Math.max(1000, performance.now() - lostAt.value))} old</span>
}

function Page () {
  const first = path.value[0] ?? ''
  useEffect(() => { document.title = [path.value[1], VIEWS.find(([key]) => key === first)?.[1], datacenter.value, 'Roster'].filter(Boolean).join(' · ') })
  useEffect(() => { document.documentElement.dataset['theme'] = theme.value })
  const turn = (): void => {
    theme.value = theme.value === '' ? 'dark' : theme.value === 'dark' ? 'light' : ''
    localStorage.setItem('theme', theme.value)
  }
  return (
    <>
      <a class='skip' href='#main' onClick={event => { event.preventDefault(); document.getElementById('main')?.focus() }}>To the content</a>
      <header>
        <a class='brand' href={base}>Roster</a><span class='datacenter' title='Datacenter'>{datacenter.value || '…'}</span>{readOnly.value && <span class='kind'>read-only</span>}
        <Status />
        <button type='button' class='quiet' onClick={turn} aria-label={`Colours: ${theme.value || 'as the system'}`}>{theme.value === 'dark' ? '☾' : theme.value === 'light' ? '☀' : '◐'}</button>
      </header>
      <nav class='views' aria-label='Views'>{VIEWS.map(([key, name, letter]) => <a key={key} href={href(key === '' ? [] : [key])} title={`g ${letter}`} {...key === first ? { 'aria-current': 'page' as const } : {}}>{name}</a>)}</nav>
      <main id='main' tabIndex={-1} class={connection.status.value === 'lost' ? 'old' : ''}><View /></main>
      <Confirmation />
      <div class='notice' role='status' aria-live='polite'>{notice.value}</div>
    </>
  )
}

let waiting = -Infinity
function onKey (event: KeyboardEvent): void {
  const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select')
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return
  if (event.key === 'Escape' && !typing) set({ at: undefined, key: undefined, new: undefined })
  if (typing) return
  if (event.key === '/') {
    event.preventDefault()
    document.getElementById('search')?.focus()
  } else if (event.key === 'g') waiting = performance.now()
  else if (performance.now() - waiting < 1500) {
    waiting = -Infinity
    const view = VIEWS.find(([, , letter]) => letter === event.key)
    if (view !== undefined) go(href(view[0] === '' ? [] : [view[0]]))
  } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && document.activeElement?.closest('[role=grid], dialog') == null) document.querySelector<HTMLElement>('[role=grid]')?.focus()
}

follow()
connection.start()
addEventListener('keydown', onKey)
render(<Page />, document.getElementById('page')!)
