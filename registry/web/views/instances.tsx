// Instances, of one service, of one node or of all; one of them beside the list with all that is known, and what can be done about it.

import { connection, datacenter } from '../live/connection.js'
import { href, param, set, withQuery } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { pathOf, request } from '../lib/api.js'
import { duration } from '../lib/format.js'
import { matcher } from '../lib/search.js'
import type { Searched } from '../lib/search.js'
import { Command, Empty, Loading, Mark, Meta, STATE_WORDS, StateWord, Tags, Time, now } from '../parts/bits.jsx'
import type { State } from '../parts/bits.jsx'
import { Write } from '../parts/dialog.jsx'
import { Rows } from '../parts/rows.jsx'
import type { Column } from '../parts/rows.jsx'
import { SearchBox } from '../parts/search-box.jsx'

export interface InstanceRow extends Row {
  readonly Node: string,
  readonly Service: string,
  readonly ID: string,
  readonly Address: string,
  readonly Port: number,
  readonly State: State
  readonly Output?: string,
  readonly Kind?: string,
  readonly Tags?: readonly string[],
  readonly Meta?: Readonly<Record<string, string>>
  readonly Weight?: number,
  readonly WeightWarning?: number,
  readonly Zone?: string,
  readonly Owner?: string
}
interface Change { readonly Time: string, readonly From: State | '', readonly To: State | '', readonly Output?: string }
export interface HistoryRow extends Row { readonly Changes: readonly Change[] }
interface LeaseRow extends Row { readonly ID: string, readonly TTLMs: number, readonly DeregisterAfterMs: number, readonly Lapsed: boolean, readonly EndsAt: string, readonly ServiceIDs: readonly string[] }
interface HealthRow extends Row { readonly Checks: ReadonlyArray<{ readonly CheckID: string, readonly Name: string, readonly Status: State, readonly Output: string, readonly Notes: string, readonly Type: string }> }

export const searched = (row: InstanceRow): Searched => ({
  name: row.ID,
  text: [row.Service, row.Node, row.Address, ...row.Tags ?? []],
  fields: { tag: row.Tags, state: [row.State], node: [row.Node], zone: [row.Zone ?? ''], version: [row.Meta?.['version'] ?? ''], owner: [row.Meta?.['owner'] ?? ''], service: [row.Service], id: [row.ID] },
  meta: row.Meta,
})

/** The last changes as marks, oldest left: who flaps is seen. */
export const Strip = ({ of }: { of: HistoryRow | undefined }) => of === undefined
  ? null
  : <span class='strip' role='img' aria-label={`${of.Changes.length} changes lately`}>{of.Changes.slice(-12).map((change, i) => <span key={i} class={change.To === '' ? 'left' : change.To} />)}</span>

export function Instances ({ service, node }: { service?: string, node?: string }) {
  const table = useTable<InstanceRow>('instances', service !== undefined ? { service } : node !== undefined ? { node } : {})
  const history = useTable<HistoryRow>(service !== undefined ? 'history' : 'guard', service !== undefined ? { service } : {})
  if (!table.loaded.value) return <Loading />
  void history.version.value
  const keeps = matcher(param('q'))
  const rows = table.list.filter(row => keeps(searched(row))).sort((a, b) => a.Key < b.Key ? -1 : 1)
  const at = param('at')
  const chosen = table.rows.get(at)
  const columns: Array<Column<InstanceRow>> = [
    { title: 'State', width: '118px', cell: row => <StateWord state={row.State} /> },
    { title: 'Instance', width: 'minmax(0, 2fr)', cell: row => <a tabIndex={-1} href={withQuery({ at: row.Key })}>{row.ID}</a> },
    ...service === undefined ? [{ title: 'Service', width: 'minmax(0, 1fr)', wide: true, cell: (row: InstanceRow) => <a tabIndex={-1} href={href(['services', row.Service])}>{row.Service}</a> }] : [],
    { title: 'Address', width: 'minmax(0, 1.3fr)', cell: row => <code>{row.Address}{row.Port > 0 ? `:${row.Port}` : ''}</code> },
    ...node === undefined ? [{ title: 'Node', width: 'minmax(0, 1fr)', wide: true, cell: (row: InstanceRow) => <a tabIndex={-1} href={href(['nodes', row.Node])}>{row.Node}</a> }] : [],
    { title: 'Zone', width: '80px', wide: true, cell: row => row.Zone ?? '' },
    { title: 'Version', width: '80px', wide: true, cell: row => row.Meta?.['version'] ?? '' },
    { title: 'Weight', width: '62px', wide: true, numeric: true, cell: row => row.Weight ?? 1 },
    ...service !== undefined ? [{ title: 'Changes', width: '116px', wide: true, cell: (row: InstanceRow) => <Strip of={history.rows.get(row.Key)} /> }] : [],
  ]
  return (
    <div class='split'>
      <div class='list'>
        <div class='bar-of-view'>{service === undefined && node === undefined && <h1>Instances</h1>}<span class='dim numeric'>{rows.length} of {table.list.length}</span><SearchBox label='Search instances' /></div>
        {rows.length === 0
          ? <Empty title={table.list.length === 0 ? 'No instances' : 'No instance matches'}>{table.list.length === 0 ? 'Nobody is registered here now.' : 'Leave something out of the search.'}</Empty>
          : <Rows label='Instances' rows={rows} keyOf={({ Key }) => Key} compact={chosen !== undefined} selected={at === '' ? undefined : at} href={row => withQuery({ at: row.Key })} columns={columns} />}
      </div>
      {chosen !== undefined && <Detail key={chosen.Key} row={chosen} />}
    </div>
  )
}

function Detail ({ row }: { row: InstanceRow }) {
  const health = useTable<HealthRow>('health', { service: row.Service, filter: `Node.Node == ${JSON.stringify(row.Node)} and Service.ID == ${JSON.stringify(row.ID)}` })
  const history = useTable<HistoryRow>('history', { service: row.Service })
  const checks = health.list[0]?.Checks ?? []
  const changes = (void history.version.value, history.rows.get(row.Key)?.Changes ?? [])
  return (
    <aside class='detail' aria-label={`Instance ${row.ID}`}>
      <div class='bar-of-view'><h2>{row.ID}</h2><button type='button' class='quiet' aria-label='Close' onClick={() => set({ at: undefined })}>✕</button></div>
      <p><StateWord state={row.State} /> {row.Output !== undefined && <span class='dim'>{row.Output}</span>}</p>
      <Actions row={row} />
      <dl class='facts'>
        <dt>Service</dt><dd><a href={href(['services', row.Service])}>{row.Service}</a></dd>
        <dt>Address</dt><dd><code>{row.Address}:{row.Port}</code></dd>
        <dt>Node</dt><dd><a href={href(['nodes', row.Node])}>{row.Node}</a></dd>
        <dt>Weights</dt><dd>{row.Weight ?? 1} passing, {row.WeightWarning ?? 1} warning</dd>
        <dt>Kept by</dt><dd><Owner owner={row.Owner} /></dd>
        <dt>Tags</dt><dd>{row.Tags === undefined ? <span class='dim'>none</span> : <Tags of={row.Tags} most={50} />}</dd>
        <dt>Meta</dt><dd><Meta of={row.Meta} /></dd>
      </dl>
      <h3>Checks</h3>
      {checks.length === 0 && <p class='dim'>None, which counts as passing.</p>}
      {checks.map(check => <div class='check' key={check.CheckID}><div><Mark state={check.Status in STATE_WORDS ? check.Status : 'critical'} /> {check.Name || check.CheckID}<span class='kind'>{check.Type || 'check'}</span></div>{(check.Output || check.Notes) !== '' && <pre tabIndex={0}>{check.Output || check.Notes}</pre>}</div>)}
      <h3>Changes</h3>
      {changes.length === 0 && <p class='dim'>None since this server started.</p>}
      <ol class='changes short'>{changes.toReversed().map((change, i) => <li key={i}><Time at={change.Time} /><span>{change.From || 'came'} → {change.To || 'left'}</span><span class='dim cut'>{change.Output ?? ''}</span></li>)}</ol>
    </aside>
  )
}

function Owner ({ owner }: { owner: string | undefined }) {
  if (owner?.startsWith('lease:') === true) return <Lease id={owner.slice('lease:'.length)} />
  return owner === 'agent' ? <>the agent of {connection.server.value?.Node}</> : <>nobody: it stands in the catalog alone</>
}

function Lease ({ id }: { id: string }) {
  const row = useTable<LeaseRow>('lease', { id }).list[0]
  if (row === undefined) return <>lease <code>{id}</code></>
  const left = Math.max(0, Date.parse(row.EndsAt) - now.value - connection.clockSkew)
  return <>lease <code>{id}</code><br /><progress max={row.TTLMs} value={left} aria-label='Time that the lease has left' /> <span class='numeric'>{row.Lapsed ? 'lapsed' : `${duration(Math.ceil(left / 1000) * 1000)} left of ${duration(row.TTLMs)}`}</span></>
}

function Actions ({ row }: { row: InstanceRow }) {
  const lease = row.Owner?.startsWith('lease:') === true ? row.Owner.slice('lease:'.length) : undefined
  const where = <>in datacenter <b>{datacenter.value}</b></>
  if (lease !== undefined) {
    const say = (Status: string) => (Output: string) => request('PUT', `${pathOf('v1', 'lease', lease)}/status`, { Status, Output, ServiceIDs: [row.ID] })
    return (
      <p class='buttons'>
        {row.State === 'draining' || row.State === 'maintenance' || row.State === 'not-ready'
          ? <Write question={() => ({ title: `Take ${row.ID} back in?`, body: <>Its lease is told “passing” {where}: callers send it requests again at once.</>, action: 'Take back', run: say('passing'), done: `${row.ID} is back.` })}>Take back</Write>
          : <>
            <Write question={() => ({ title: `Drain ${row.ID}?`, body: <>Its lease is told “draining” {where}. Whoever watches sends it no new calls; calls in flight finish. The process goes on until somebody stops it.</>, action: 'Drain', run: say('draining'), done: `${row.ID} drains.` })}>Drain</Write>
            <Write question={() => ({ title: `Put ${row.ID} into maintenance?`, body: <>Its lease is told “not ready” {where}, with your reason. Nobody calls it until it is taken back.</>, ask: 'Reason', action: 'Put into maintenance', run: why => say('not-ready')(`not ready: maintenance${why === '' ? '' : `, ${why}`}`), done: `${row.ID} is in maintenance.` })}>Maintenance</Write>
            </>}
        <Write severe question={() => ({ title: 'End the lease?', severe: true, body: <>This ends lease <code>{lease}</code> {where} and removes at once <b>all</b> that its process offers, {row.ID} among it. A process that lives registers again with its next renewal; to keep it out, drain it.</>, action: 'End the lease', run: () => request('DELETE', pathOf('v1', 'lease', lease)), done: 'The lease has ended.' })}>Deregister</Write>
      </p>
    )
  }
  if (row.Owner === 'agent') {
    const on = row.State === 'maintenance'
    return (
      <p class='buttons'>
        <Write question={() => ({ title: on ? `End the maintenance of ${row.ID}?` : `Put ${row.ID} into maintenance?`, body: on ? <>The agent takes its maintenance check away {where}; its other checks decide from then on.</> : <>The agent that keeps it marks it critical {where}, with your reason, and keeps that over restarts. Calls in flight finish; nobody sends new ones. This is also how an instance of an agent is drained.</>, ...!on && { ask: 'Reason' }, action: on ? 'End maintenance' : 'Put into maintenance', run: why => request('PUT', `${pathOf('v1', 'agent', 'service', 'maintenance', row.ID)}?enable=${!on}&reason=${encodeURIComponent(why)}`), done: on ? `${row.ID} is out of maintenance.` : `${row.ID} is in maintenance.` })}>{on ? 'End maintenance' : 'Maintenance'}</Write>
        <Write severe question={() => ({ title: `Deregister ${row.ID}?`, severe: true, body: <>The agent that keeps it forgets it with its checks {where}. Whoever registered it has to do so again to bring it back.</>, action: 'Deregister', run: () => request('PUT', pathOf('v1', 'agent', 'service', 'deregister', row.ID)), done: `${row.ID} is deregistered.` })}>Deregister</Write>
      </p>
    )
  }
  return <p class='buttons'><Write severe question={() => ({ title: `Take ${row.ID} out of the catalog?`, severe: true, body: <>No lease and no agent here keeps it, so its row goes from the catalog {where}. If an agent elsewhere owns it, that brings it back with its next sync.</>, action: 'Take out', run: () => request('PUT', '/v1/catalog/deregister', { Node: row.Node, ServiceID: row.ID }), done: `${row.ID} is out of the catalog.` })}>Deregister</Write></p>
}

export const Use = ({ name }: { name: string }) => <div class='page scroll'>
  <h3>SDK</h3><Command label='for the SDK' text={`const answer = await roster.service(${JSON.stringify(name)}).fetch('/')`} />
  <h3>curl</h3><Command label='for curl' text={`curl '${location.origin}/v1/health/service/${encodeURIComponent(name)}?passing'`} />
  <h3>dig</h3><Command label='for dig' text={`dig @${location.hostname} -p 8600 ${name}.service.${(connection.server.value?.DnsDomain ?? 'consul').replace(/\.$/, '')} SRV`} />
  <h3>Sidecar</h3><Command label='for the sidecar' text={`roster-sidecar --upstream ${name} -- ./my-program`} />
                                                   </div>
