// Where the page begins.

import { render } from 'preact'
import { connection } from './live/connection.js'
import { follow } from './live/location.js'
import { useTable } from './live/table.js'
import type { Row } from './live/table.js'

interface ServiceRow extends Row { readonly Name: string, readonly Instances: number, readonly Passing: number, readonly Warning: number, readonly Critical: number }

function Services () {
  const table = useTable<ServiceRow>('services')
  return <main><h1>Services</h1><ul>{table.list.map(row => <li key={row.Key}>{row.Name} {row.Passing}/{row.Instances}</li>)}</ul></main>
}

follow()
connection.start()
render(<Services />, document.getElementById('page')!)
