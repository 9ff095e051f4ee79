import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openStores } from '../open-stores.js'
import type { Act } from '../act.js'
import { until } from '../support.js'

export const dataIsPrivate: Act = {
  id: 'data-is-private',
  title: 'Data is private',
  claim: 'Each store is open in its own service\'s processes and in no other; one that opens it besides is caught.',
  async play ({ shop }) {
    if (!existsSync('/proc/self/fd')) return { passed: true, measured: 'this system does not tell who has a file open (no /proc)' }
    const data = join(shop.folder, 'data')
    const owners = (): Map<number, readonly string[]> => new Map(shop.instances.filter(({ running }) => running).map(({ pid, services }) => [pid, services]))
    const strangers = (): string[] => openStores(data).filter(({ pid, store }) => !owners().get(pid)?.includes(store)).map(({ pid, store }) => `${store} in process ${pid}`)
    const open = openStores(data)
    const clean = strangers()
    // Somebody who means no harm reads another's file.
    const planted = spawn(process.execPath, ['-e', `require('fs').openSync(${JSON.stringify(join(data, 'payments', 'data.mdb'))}); setTimeout(() => {}, 60000)`], { stdio: 'ignore' })
    try {
      await until('the planted reader is caught', 10_000, () => strangers().some(text => text.endsWith(` ${planted.pid}`)))
      return { passed: clean.length === 0 && open.length > 0, measured: `${new Set(open.map(({ store }) => store)).size} stores, ${clean.length} strangers${clean.length > 0 ? ` (${clean.join(', ')})` : ''}; the planted one was caught` }
    } finally { planted.kill('SIGKILL') }
  },
}
