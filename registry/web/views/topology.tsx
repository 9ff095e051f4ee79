// Who calls whom, as the callers say: drawn from left to right, or as a table; all of it, one service with its neighbours, or grouped by owner.

import { useMemo } from 'preact/hooks'
import { href, param, set, withQuery } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { place } from '../lib/layers.js'
import { millis, percent, rate } from '../lib/format.js'
import { Empty, Loading, worstOf } from '../parts/bits.jsx'
import { Rows } from '../parts/rows.jsx'
import type { ServiceRow } from './overview.jsx'

interface EdgeRow extends Row { readonly From: string, readonly To: string, readonly Rate: number, readonly ErrorRatio: number, readonly P50Ms: number | null, readonly P99Ms: number | null, readonly Callers: number, readonly Ejected: ReadonlyArray<{ readonly Instance: string, readonly Callers: number }> }

const WIDTH = 150
const HEIGHT = 34
const STEP = { dx: 310, dy: 76 }
/** More than this is read as a table, or grouped, rather than drawn. */
const MANY = 60

export function Topology ({ focus }: { focus?: string }) {
  const table = useTable<EdgeRow>('edges')
  const services = useTable<ServiceRow>('service-counts')
  if (!table.loaded.value || !services.loaded.value) return <Loading />
  const only = focus ?? param('focus')
  const near = table.list.filter(({ From, To }) => only === '' || From === only || To === only)
  if (near.length === 0) return <Empty title='Nobody has told of calls yet' command='ROSTER_HTTP_ADDR=http://127.0.0.1:8500 node service.js'>Processes that use the SDK or a sidecar, and are registered with a lease, report whom they call every 5 seconds. Nothing else is needed.</Empty>
  const names = new Set(near.flatMap(({ From, To }) => [From, To]))
  const grouped = param('group') === 'owner'
  const asTable = param('view') === 'table' || (param('view') === '' && names.size > MANY && !grouped)
  return (
    <div class='page'>
      <div class='bar-of-view'>
        {focus === undefined && <h1>Topology</h1>}<span class='dim numeric'>{names.size} services, {near.length} edges</span>
        {focus === undefined && <select aria-label='Focus' value={only} onChange={event => set({ focus: event.currentTarget.value })}><option value=''>all services</option>{[...new Set(table.list.flatMap(({ From, To }) => [From, To]))].sort().map(name => <option key={name} value={name}>{name}</option>)}</select>}
        <select aria-label='Grouping' value={param('group')} onChange={event => set({ group: event.currentTarget.value })}><option value=''>each service</option><option value='owner'>by owner</option></select>
        <select aria-label='Form' value={asTable ? 'table' : 'map'} onChange={event => set({ view: event.currentTarget.value })}><option value='map'>map</option><option value='table'>table</option></select>
      </div>
      {asTable ? <EdgeTable rows={near} /> : <ServiceMap edges={near} services={new Map(services.list.map(row => [row.Name, row]))} grouped={grouped} />}
    </div>
  )
}

const EdgeTable = ({ rows }: { rows: readonly EdgeRow[] }) => <Rows
  label='Calls' rows={rows} keyOf={({ Key }) => Key} href={row => href(['topology'], { focus: row.From, view: 'map' })} columns={[
    { title: 'From', width: 'minmax(0, 1fr)', cell: row => <a tabIndex={-1} href={href(['services', row.From])}>{row.From}</a> },
    { title: 'To', width: 'minmax(0, 1fr)', cell: row => <a tabIndex={-1} href={href(['services', row.To])}>{row.To}</a> },
    { title: 'Rate', width: '80px', numeric: true, cell: row => rate(row.Rate) },
    { title: 'Errors', width: '72px', numeric: true, cell: row => <span class={row.ErrorRatio >= 0.01 ? 'bad' : ''}>{percent(row.ErrorRatio)}</span> },
    { title: 'p50', width: '80px', numeric: true, wide: true, cell: row => millis(row.P50Ms) },
    { title: 'p99', width: '80px', numeric: true, wide: true, cell: row => millis(row.P99Ms) },
    { title: 'Callers', width: '70px', numeric: true, wide: true, cell: row => row.Callers },
    { title: 'Put aside', width: 'minmax(0, 1fr)', wide: true, cell: row => row.Ejected.map(({ Instance }) => Instance).join(', ') },
  ]}
                                                              />

interface Drawn { readonly from: string, readonly to: string, rate: number, errors: number, p50: number | null, p99: number | null, ejected: number }

function ServiceMap ({ edges, services, grouped }: { edges: readonly EdgeRow[], services: ReadonlyMap<string, ServiceRow>, grouped: boolean }) {
  const nameOf = (name: string): string => grouped ? services.get(name)?.Owner ?? 'no owner' : name
  const drawn = new Map<string, Drawn>()
  for (const edge of edges) {
    const [from, to] = [nameOf(edge.From), nameOf(edge.To)]
    const key = `${from}\0${to}`
    const one = drawn.get(key) ?? { from, to, rate: 0, errors: 0, p50: null, p99: null, ejected: 0 }
    one.rate += edge.Rate
    one.errors += edge.Rate * edge.ErrorRatio
    one.p50 = edge.P50Ms === null ? one.p50 : Math.max(one.p50 ?? 0, edge.P50Ms)
    one.p99 = edge.P99Ms === null ? one.p99 : Math.max(one.p99 ?? 0, edge.P99Ms)
    one.ejected += edge.Ejected.length
    drawn.set(key, one)
  }
  const names = [...new Set([...drawn.values()].flatMap(({ from, to }) => [from, to]))].sort()
  // Numbers change every second, places only with who calls whom.
  const shape = [...drawn.keys()].sort().join('\n')
  const placed = useMemo(() => place(names, [...drawn.values()].map(({ from, to }) => [from, to] as const), STEP), [shape])
  return (
    <div class='map' tabIndex={0} role='region' aria-label='Map of calls'>
      <svg width={placed.width} height={placed.height + 20} viewBox={`-10 -10 ${placed.width} ${placed.height + 20}`} role='group' aria-label={`${names.length} services`}>
        {[...drawn].map(([key, edge]) => {
          const [a, b] = [placed.nodes.get(edge.from)!, placed.nodes.get(edge.to)!]
          const forward = b.x > a.x
          const [x1, y1, x2, y2] = [forward ? a.x + WIDTH : a.x, a.y + HEIGHT / 2, forward ? b.x : b.x + WIDTH, b.y + HEIGHT / 2]
          const bend = (x2 - x1) / 2
          const bad = edge.rate > 0 && edge.errors / edge.rate >= 0.01
          return (
            <g key={key} class={`edge${bad ? ' bad' : ''}${edge.rate === 0 ? ' idle' : ''}`}>
              <path d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} stroke-width={Math.min(5, 1 + Math.log10(1 + edge.rate))} />
              <text x={x1 + (x2 - x1) * 0.5} y={y1 + (y2 - y1) * 0.5 - 5} text-anchor='middle'>{rate(edge.rate)}{bad ? ` · ${percent(edge.errors / edge.rate)} errors` : ''}<tspan x={x1 + (x2 - x1) * 0.5} dy='13'>{millis(edge.p50)} / {millis(edge.p99)}{edge.ejected > 0 ? ` · ${edge.ejected} aside` : ''}</tspan></text>
            </g>
          )
        })}
        {names.map(name => {
          const { x, y } = placed.nodes.get(name)!
          const row = services.get(name)
          return (
            <a key={name} href={grouped ? withQuery({ group: undefined }) : href(['services', name])} class={`node ${row === undefined ? 'unknown' : worstOf(row)}`} aria-label={name}>
              <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx='6' /><rect class='side' x={x} y={y} width='5' height={HEIGHT} rx='2' />
              <text x={x + 14} y={y + 21}>{name.length > 19 ? `${name.slice(0, 18)}…` : name}<title>{name}</title></text>
            </a>
          )
        })}
      </svg>
    </div>
  )
}
