// All services: found by name, tag, state and owner, and by what only instances have (node, zone, meta); the ones in trouble first, or grouped by who owns them.

import { href, param, set } from '../live/location.js'
import { useTable } from '../live/table.js'
import { matcher, needsInstances } from '../lib/search.js'
import { Bar, Empty, Loading, Numbers, STATES, Tags, countOf } from '../parts/bits.jsx'
import { Rows } from '../parts/rows.jsx'
import { SearchBox } from '../parts/search-box.jsx'
import { searched } from './instances.jsx'
import type { InstanceRow } from './instances.jsx'
import { EXAMPLE } from './overview.jsx'
import type { ServiceRow } from './overview.jsx'

function byInstances (query: string): ReadonlySet<string> | undefined {
  const needed = needsInstances(query)
  const table = useTable<InstanceRow>(needed ? 'instances' : 'guard')
  if (!needed) return undefined
  const keeps = matcher(query)
  return new Set(table.list.filter(row => keeps(searched(row))).map(({ Service }) => Service))
}

export function Services () {
  const table = useTable<ServiceRow>('service-counts')
  const query = param('q')
  const having = byInstances(query)
  if (!table.loaded.value) return <Loading />
  if (table.list.length === 0) return <Empty title='No services yet' command={EXAMPLE}>Register one, and it appears here at once.</Empty>
  const keeps = matcher(query)
  const rows = table.list.filter(row => having?.has(row.Name) ?? keeps({ name: row.Name, text: row.Tags ?? [], fields: { tag: row.Tags, owner: row.Owner === undefined ? [] : [row.Owner], state: STATES.filter(state => countOf(row, state) > 0) } }))
  const order = param('sort')
  const name = (a: ServiceRow, b: ServiceRow): number => a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0
  rows.sort(order === 'state' ? (a, b) => b.Critical - a.Critical || b.Warning - a.Warning || name(a, b) : order === 'owner' ? (a, b) => (a.Owner ?? '\uffff') < (b.Owner ?? '\uffff') ? -1 : (a.Owner ?? '\uffff') > (b.Owner ?? '\uffff') ? 1 : name(a, b) : name)
  return (
    <div class='page'>
      <div class='bar-of-view'><h1>Services</h1><span class='dim numeric'>{rows.length} of {table.list.length}</span><SearchBox label='Search services' />
        <select aria-label='Order' value={order} onChange={event => set({ sort: event.currentTarget.value })}><option value=''>by name</option><option value='state'>in trouble first</option><option value='owner'>by owner</option></select>
      </div>
      {rows.length === 0
        ? <Empty title='No service matches'>Words are looked for in names and tags; <code>state:critical</code>, <code>tag:v2</code>, <code>owner:</code>, <code>node:</code>, <code>meta.key:</code> look at one thing.</Empty>
        : <Rows
            label='Services' rows={rows} keyOf={({ Key }) => Key} href={({ Name }) => href(['services', Name])} columns={[
              { title: 'Service', width: 'minmax(0, 3fr)', cell: row => <><a tabIndex={-1} href={href(['services', row.Name])}>{row.Name}</a>{row.Kind !== undefined && <span class='kind'>{row.Kind}</span>}</> },
              { title: 'Health', width: '110px', wide: true, cell: row => <Bar of={row} /> },
              { title: 'Passing', width: '84px', numeric: true, cell: row => `${row.Passing} / ${row.Instances}` },
              { title: 'Not passing', width: '120px', cell: row => <Numbers of={row} /> },
              { title: 'Owner', width: 'minmax(0, 1fr)', wide: true, cell: row => row.Owner ?? <span class='dim'>–</span> },
              { title: 'Tags', width: 'minmax(0, 2fr)', wide: true, cell: row => <Tags of={row.Tags} /> },
            ]}
          />}
    </div>
  )
}
