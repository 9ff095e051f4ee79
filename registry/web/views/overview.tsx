// What an operator wants to know first: is anything wrong, what changed, does the registry hold something back, and how old is what one sees.

import { connection } from '../live/connection.js'
import { href } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { duration } from '../lib/format.js'
import { Bar, Empty, Loading, Mark, STATE_WORDS, STATES, Time, countOf, now, worstOf } from '../parts/bits.jsx'
import type { Counts, State } from '../parts/bits.jsx'

export interface ServiceRow extends Row, Counts { readonly Name: string, readonly Kind?: string, readonly Tags?: readonly string[], readonly Owner?: string, readonly Instances: number }
interface GuardRow extends Row { readonly Active: boolean, readonly Kept: number, readonly Reason: string, readonly Since: string | null, readonly Until: string | null }
interface ChangeRow extends Row { readonly Time: string, readonly Node: string, readonly Service: string, readonly ServiceID: string, readonly From: State | '', readonly To: State | '', readonly Output?: string }

export const EXAMPLE = 'curl -X PUT http://127.0.0.1:8500/v1/agent/service/register -d \'{"Name":"web","Port":8080}\''

export function Overview () {
  const services = useTable<ServiceRow>('service-counts')
  const changes = useTable<ChangeRow>('changes')
  if (!services.loaded.value) return <Loading />
  const rows = services.list
  if (rows.length === 0) return <Empty title='No services yet' command={EXAMPLE}>Register one, and it appears here at once.</Empty>
  const sum: Counts = rows.reduce((a, b) => ({ Passing: a.Passing + b.Passing, Warning: a.Warning + b.Warning, Critical: a.Critical + b.Critical, Draining: a.Draining + b.Draining, Maintenance: a.Maintenance + b.Maintenance, NotReady: a.NotReady + b.NotReady }), { Passing: 0, Warning: 0, Critical: 0, Draining: 0, Maintenance: 0, NotReady: 0 })
  const ailing = rows.filter(row => row.Critical + row.Warning > 0).sort((a, b) => b.Critical - a.Critical || b.Warning - a.Warning)
  return (
    <div class='page scroll'>
      <h1>Overview</h1>
      <section class='panel'>
        <div class='counts'>
          <a href={href(['services'])}><b>{rows.length.toLocaleString()}</b> services</a>
          {STATES.toReversed().filter(state => state === 'passing' || countOf(sum, state) > 0).map(state => <a key={state} href={href(['instances'], { q: `state:${state}` })}><Mark state={state} silent /><b>{countOf(sum, state).toLocaleString()}</b> {STATE_WORDS[state].toLowerCase()}</a>)}
        </div>
        <Bar of={sum} />
      </section>
      <div class='two'>
        <section class='panel'>
          <h2>Needs attention</h2>
          {ailing.length === 0
            ? <p class='dim'>Nothing: no instance is critical or warning.</p>
            : <ul class='plain'>{ailing.slice(0, 12).map(row => <li key={row.Key}><Mark state={worstOf(row)} /><a href={href(['services', row.Name])}>{row.Name}</a><span class='dim'>{row.Critical > 0 ? `${row.Critical} critical` : ''}{row.Critical > 0 && row.Warning > 0 ? ', ' : ''}{row.Warning > 0 ? `${row.Warning} warning` : ''} of {row.Instances}</span></li>)}</ul>}
          {ailing.length > 12 && <a href={href(['services'], { q: 'state:critical' })}>All {ailing.length}</a>}
        </section>
        <section class='panel'><h2>Removals</h2><Guard /><h2>Server</h2><Server /></section>
      </div>
      <section class='panel'>
        <h2>What changed lately</h2>
        {changes.list.length === 0 && <p class='dim'>Nothing since this server started.</p>}
        <ol class='changes'>{changes.list.slice(-30).toReversed().map((change, i) => <li key={i}>
          <Time at={change.Time} />
          <a href={href(['services', change.Service], { at: `${change.Node}/${change.ServiceID}`.toLowerCase() })}>{change.ServiceID}</a>
          <span>{change.To === '' ? 'left' : change.From === '' ? <>came, <Word state={change.To} /></> : <><Word state={change.From} /> → <Word state={change.To} /></>}</span>
          <span class='dim cut'>{change.Output ?? ''}</span>
        </li>)}
        </ol>
      </section>
    </div>
  )
}

const Word = ({ state }: { state: State | '' }) => state === '' ? null : <span class={`state ${state}`}><Mark state={state} silent />{state}</span>

function Guard () {
  const row = useTable<GuardRow>('guard').list[0]
  if (row === undefined || !row.Active) return <p class='dim'>Not held back. Whoever stays silent beyond its time is removed, as it asked.</p>
  const left = row.Until === null ? 0 : Date.parse(row.Until) - now.value - connection.clockSkew
  return <p class='held' role='status'><Mark state='warning' /> <b>{row.Kept} leases kept, removal paused {duration(Math.max(0, Math.ceil(left / 1000) * 1000))}</b><br />Why: {row.Reason}. So many at once look like a fault of this server or its network rather than theirs. They are marked, not removed.</p>
}

function Server () {
  const server = connection.server.value
  if (server === undefined) return <p class='dim'>…</p>
  return (
    <dl class='facts'>
      <dt>Node</dt><dd>{server.Node}</dd><dt>Version</dt><dd>{server.Version}</dd><dt>Started</dt><dd><Time at={server.StartedAt} /></dd>
      <dt>Revision</dt><dd class='numeric'>{connection.index.value}</dd><dt>Lag</dt><dd class='numeric'>{connection.lag.value ?? '–'} ms</dd>
      <dt>Leases</dt><dd>{server.Leases}</dd><dt>Subscriptions</dt><dd>{server.Subscriptions}</dd>
    </dl>
  )
}
