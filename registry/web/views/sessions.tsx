// Who holds what, since when: locks with their sessions, and sessions with their locks.

import { href, param } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { pathOf, request } from '../lib/api.js'
import { Empty, Loading, Time } from '../parts/bits.jsx'
import { Write } from '../parts/dialog.jsx'
import { Rows } from '../parts/rows.jsx'

interface LockRow extends Row { readonly Session: string, readonly SessionName: string, readonly Node: string, readonly LockIndex: number, readonly Since: string | null }
interface SessionRow extends Row { readonly ID: string, readonly Name: string, readonly Node: string, readonly TTL: string, readonly Behavior: string, readonly Since: string | null, readonly Keys: readonly string[] }

export function Sessions () {
  const locks = useTable<LockRow>('locks')
  const sessions = useTable<SessionRow>('session-times')
  if (!locks.loaded.value || !sessions.loaded.value) return <Loading />
  const tab = param('show')
  return (
    <div class='page'>
      <div class='bar-of-view'><h1>Sessions and locks</h1></div>
      <nav class='tabs' aria-label='What is shown'><a href={href(['sessions'])} {...tab === '' ? { 'aria-current': 'page' as const } : {}}>Locks ({locks.list.length})</a><a href={href(['sessions'], { show: 'sessions' })} {...tab !== '' ? { 'aria-current': 'page' as const } : {}}>Sessions ({sessions.list.length})</a></nav>
      {tab === ''
        ? locks.list.length === 0
          ? <Empty title='No lock is held' command='roster lock service/migrate ./migrate.sh'>A lock is a key that a session holds. The command runs a program while it holds one.</Empty>
          : <Rows
              label='Locks' rows={locks.list} keyOf={({ Key }) => Key} href={row => href(['kv'], { prefix: row.Key.slice(0, row.Key.lastIndexOf('/') + 1), key: row.Key })} columns={[
                { title: 'Key', width: 'minmax(0, 2fr)', cell: row => row.Key },
                { title: 'Held by', width: 'minmax(0, 1.4fr)', cell: row => row.SessionName || <code>{row.Session}</code> },
                { title: 'Node', width: 'minmax(0, 1fr)', wide: true, cell: row => <a tabIndex={-1} href={href(['nodes', row.Node])}>{row.Node}</a> },
                { title: 'Since', width: '120px', cell: row => <Time at={row.Since} none='before the start' /> },
                { title: 'Times taken', width: '96px', wide: true, numeric: true, cell: row => row.LockIndex },
              ]}
            />
        : sessions.list.length === 0
          ? <Empty title='No sessions' command={'curl -X PUT -d \'{"Name":"job","TTL":"30s"}\' http://127.0.0.1:8500/v1/session/create'}>A session ties locks to the life of a process.</Empty>
          : <Rows
              label='Sessions' rows={sessions.list} keyOf={({ Key }) => Key} columns={[
                { title: 'Session', width: 'minmax(0, 1.5fr)', cell: row => row.Name || <code>{row.ID}</code> },
                { title: 'Node', width: 'minmax(0, 1fr)', cell: row => <a tabIndex={-1} href={href(['nodes', row.Node])}>{row.Node}</a> },
                { title: 'Since', width: '120px', wide: true, cell: row => <Time at={row.Since} none='before the start' /> },
                { title: 'TTL', width: '64px', wide: true, cell: row => row.TTL || '–' },
                { title: 'Holds', width: 'minmax(0, 1.5fr)', wide: true, cell: row => row.Keys.join(', ') || <span class='dim'>nothing</span> },
                { title: 'Act', width: '76px', cell: row => <Write severe question={() => ({ title: `End session ${row.Name || row.ID}?`, severe: true, body: <>Its {row.Keys.length === 0 ? 'holder loses the session; it holds no lock' : <>locks are {row.Behavior === 'delete' ? 'deleted with their keys' : 'released'}: {row.Keys.join(', ')}</>}. The process on {row.Node} is told when it renews next.</>, action: 'End the session', run: () => request('PUT', pathOf('v1', 'session', 'destroy', row.ID)), done: 'The session has ended.' })}>End</Write> },
              ]}
            />}
    </div>
  )
}
