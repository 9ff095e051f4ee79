// Keys as a tree, a value to be read first; changed only on purpose, after its difference was seen, and only if nobody changed it meanwhile.

import { useState } from 'preact/hooks'
import { href, param, set } from '../live/location.js'
import { useTable } from '../live/table.js'
import type { Row } from '../live/table.js'
import { request } from '../lib/api.js'
import { diff } from '../lib/diff.js'
import { bytes, plural } from '../lib/format.js'
import { readOnly } from '../live/connection.js'
import { Copy, Empty, Loading } from '../parts/bits.jsx'
import { Write, confirm } from '../parts/dialog.jsx'
import { Rows } from '../parts/rows.jsx'
import { SearchBox } from '../parts/search-box.jsx'

interface KeyRow extends Row { readonly Keys?: number, readonly Bytes?: number, readonly Locked?: boolean, readonly ModifyIndex?: number }
interface ValueRow extends Row { readonly Value: string | null, readonly Flags: number, readonly ModifyIndex: number, readonly CreateIndex: number, readonly LockIndex: number, readonly Session?: string }

const keyPath = (key: string): string => `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`

export function Kv () {
  const prefix = param('prefix')
  const key = param('key')
  const table = useTable<KeyRow>('keys', { prefix })
  const [creating, setCreating] = useState('')
  if (!table.loaded.value) return <Loading />
  const query = param('q').toLowerCase()
  const rows = table.list.filter(row => row.Key.slice(prefix.length).toLowerCase().includes(query)).sort((a, b) => Number(a.Keys === undefined) - Number(b.Keys === undefined) || (a.Key < b.Key ? -1 : 1))
  const parts = prefix.split('/').filter(part => part !== '')
  return (
    <div class='page split'>
      <div class='list'>
        <div class='bar-of-view'><h1>Keys</h1><SearchBox label='Search this level' />
          {!readOnly.value && <form onSubmit={event => { event.preventDefault(); if (creating !== '') set({ key: prefix + creating, new: '1' }) }}><input aria-label='New key' placeholder='new key' value={creating} onInput={event => setCreating(event.currentTarget.value)} /></form>}
        </div>
        <nav class='crumbs' aria-label='Level'><a href={href(['kv'])}>all keys</a>{parts.map((part, i) => <a key={i} href={href(['kv'], { prefix: `${parts.slice(0, i + 1).join('/')}/` })}>/ {part}</a>)}</nav>
        {table.list.length === 0
          ? <Empty title='No keys here' command={`curl -X PUT -d 'value' ${location.origin}/v1/kv/${prefix}example`}>Keys hold small settings, up to 512 KiB each.</Empty>
          : <Rows
              label='Keys' rows={rows} keyOf={row => row.Key} selected={key === '' ? undefined : key} href={row => row.Keys === undefined ? href(['kv'], { prefix, key: row.Key }) : href(['kv'], { prefix: row.Key })} columns={[
                { title: 'Key', width: 'minmax(0, 1fr)', cell: row => <a tabIndex={-1} href={row.Keys === undefined ? href(['kv'], { prefix, key: row.Key }) : href(['kv'], { prefix: row.Key })}>{row.Key.slice(prefix.length) || '(empty name)'}</a> },
                { title: 'Holds', width: '110px', numeric: true, cell: row => row.Keys !== undefined ? plural(row.Keys, 'key') : <>{row.Locked === true && <span class='kind'>locked</span>} {bytes(row.Bytes ?? 0)}</> },
              ]}
            />}
      </div>
      {key !== '' && <Value key={key} name={key} />}
    </div>
  )
}

/** The text of a value; `undefined` when it is none. */
function decoded (base64: string | null): string | undefined {
  const raw = Uint8Array.from(atob(base64 ?? ''), c => c.charCodeAt(0))
  try { return new TextDecoder('utf-8', { fatal: true }).decode(raw) } catch { return undefined }
}

function pretty (text: string): string {
  try { return /^\s*[[{]/.test(text) ? JSON.stringify(JSON.parse(text), null, 2) : text } catch { return text }
}

function Value ({ name }: { name: string }) {
  const table = useTable<ValueRow>('kv', { key: name })
  const [edit, setEdit] = useState<{ readonly text: string, readonly before: string, readonly index: number } | undefined>(param('new') === '1' ? { text: '', before: '', index: 0 } : undefined)
  const row = table.list[0]
  if (!table.loaded.value) return <aside class='detail'><Loading /></aside>
  const text = row === undefined ? '' : decoded(row.Value)
  const save = ({ text: after, before, index }: NonNullable<typeof edit>): void => confirm({
    title: `Write ${name}?`,
    body: <pre class='diff' tabIndex={0}>{diff(before, after).map((line, i) => <div key={i} class={line.kind}>{line.kind === 'in' ? '+ ' : line.kind === 'out' ? '− ' : '  '}{line.text}</div>)}</pre>,
    action: 'Write',
    run: async () => {
      if ((await request('PUT', `${keyPath(name)}?cas=${index}&flags=${row?.Flags ?? 0}`, after)).trim() !== 'true') throw new Error('Somebody changed it meanwhile, so nothing was written. Close this, look at what it is now, and edit that.')
      setEdit(undefined)
      set({ new: undefined })
    },
    done: `${name} is written.`,
  })
  return (
    <aside class='detail' aria-label={`Key ${name}`}>
      <div class='bar-of-view'><h2>{name}</h2><button type='button' class='quiet' aria-label='Close' onClick={() => set({ key: undefined, new: undefined })}>✕</button></div>
      {row === undefined && edit === undefined && <Empty title='There is no such key'>It was deleted, or never written.</Empty>}
      {edit !== undefined
        ? <>
          <textarea aria-label='Value' rows={14} value={edit.text} onInput={event => setEdit({ ...edit, text: event.currentTarget.value })} />
          {row !== undefined && row.ModifyIndex !== edit.index && <p class='refused' role='alert'>It has been changed since you began.</p>}
          <p class='buttons'><button type='button' onClick={() => setEdit(undefined)}>Cancel</button><button type='button' class='main' onClick={() => save(edit)}>Review</button></p>
          </>
        : row !== undefined && <>
          {text === undefined ? <p class='dim'>Binary, {bytes(Math.floor((row.Value ?? '').length * 3 / 4))}. It is not shown as text.</p> : <pre class='value' tabIndex={0}>{pretty(text) || ' '}</pre>}
          <p class='buttons'>
            {text !== undefined && <Copy text={text} label='the value' />}
            {text !== undefined && !readOnly.value && <button type='button' onClick={() => setEdit({ text, before: text, index: row.ModifyIndex })}>Edit</button>}
            <Write severe question={() => ({ title: `Delete ${name}?`, severe: true, body: row.Session !== undefined ? <>Session <code>{row.Session}</code> holds a lock on it, which goes too.</> : <>It is deleted if nobody changes it meanwhile. There is no way back.</>, action: 'Delete', run: async () => { if ((await request('DELETE', `${keyPath(name)}?cas=${row.ModifyIndex}`)).trim() !== 'true') throw new Error('Somebody changed it meanwhile, so it was not deleted.') }, done: `${name} is deleted.` })}>Delete</Write>
          </p>
          <dl class='facts'><dt>Changed at</dt><dd>revision {row.ModifyIndex}</dd><dt>Made at</dt><dd>revision {row.CreateIndex}</dd><dt>Flags</dt><dd>{String(row.Flags)}</dd><dt>Lock</dt><dd>{row.Session === undefined ? 'free' : <>held by <code>{row.Session}</code></>}, taken {row.LockIndex} times</dd></dl>
                               </>}
    </aside>
  )
}
