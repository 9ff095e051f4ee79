// Nodes, and what is on one of them.

import { href, param } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { matcher } from '../lib/search.js'
import { Bar, Empty, Loading, Mark, Meta, Numbers, STATE_WORDS } from '../parts/bits.jsx'
import type { Counts, State } from '../parts/bits.jsx'
import { Rows } from '../parts/rows.jsx'
import { SearchBox } from '../parts/search-box.jsx'
import { Instances } from './instances.jsx'

interface NodeRow extends Row, Counts { readonly Node: string, readonly Address: string, readonly Meta: Readonly<Record<string, string>> | null, readonly Instances: number, readonly Checks: number, readonly Failing: number }
interface CheckRow extends Row { readonly Check?: { readonly CheckID: string, readonly Name: string, readonly Status: State, readonly Output: string, readonly ServiceID: string } }

export function Nodes () {
  const table = useTable<NodeRow>('node-counts')
  if (!table.loaded.value) return <Loading />
  const keeps = matcher(param('q'))
  const rows = table.list.filter(row => keeps({ name: row.Node, text: [row.Address], fields: { node: [row.Node] }, meta: row.Meta ?? undefined })).sort((a, b) => a.Node < b.Node ? -1 : 1)
  return (
    <div class='page'>
      <div class='bar-of-view'><h1>Nodes</h1><span class='dim numeric'>{rows.length} of {table.list.length}</span><SearchBox label='Search nodes' /></div>
      {rows.length === 0
        ? <Empty title='No node matches' />
        : <Rows
            label='Nodes' rows={rows} keyOf={({ Key }) => Key} href={({ Node }) => href(['nodes', Node])} columns={[
              { title: 'Node', width: 'minmax(0, 2fr)', cell: row => <a tabIndex={-1} href={href(['nodes', row.Node])}>{row.Node}</a> },
              { title: 'Address', width: 'minmax(0, 1fr)', cell: row => <code>{row.Address}</code> },
              { title: 'Instances', width: '84px', numeric: true, cell: row => row.Instances },
              { title: 'Health', width: '110px', wide: true, cell: row => <Bar of={row} /> },
              { title: 'Not passing', width: '130px', wide: true, cell: row => <Numbers of={row} /> },
              { title: 'Checks', width: '80px', wide: true, numeric: true, cell: row => row.Checks },
            ]}
          />}
    </div>
  )
}

export function Node ({ name }: { name: string }) {
  const table = useTable<CheckRow>('node', { node: name })
  const counts = useTable<NodeRow>('node-counts')
  const row = counts.list.find(({ Node }) => Node === name)
  const checks = table.list.flatMap(({ Check }) => Check !== undefined && Check.ServiceID === '' ? [Check] : [])
  return (
    <div class='page'>
      <div class='bar-of-view'><h1>{name}</h1>{row !== undefined && <code>{row.Address}</code>}</div>
      <details><summary>Meta and checks of the node ({checks.length})</summary><Meta of={row?.Meta} />{checks.map(check => <div class='check' key={check.CheckID}><div><Mark state={check.Status in STATE_WORDS ? check.Status : 'critical'} /> {check.Name}</div>{check.Output !== '' && <pre tabIndex={0}>{check.Output}</pre>}</div>)}</details>
      <Instances node={name} />
    </div>
  )
}
