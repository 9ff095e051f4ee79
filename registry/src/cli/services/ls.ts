// `roster services ls`: services with the health of their instances. Names alone, in the form that scripts know: catalog/services.ts.

import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { expectWords } from '../failure.js'
import { flags } from '../flags.js'
import { countStates, worstOf } from '../health-text.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import type { RosterApi } from '@roster/client/api'

/** Services asked about at the same time. More: sooner; less: lighter on the server. */
const AT_ONCE = 16

export const servicesLs = verb({
  usage: 'roster services ls [options]',
  text: `Lists services with how many of their instances are in which state.

    $ roster services ls
    $ roster services ls -o json`,
  flags: flags([
    { name: 'filter', kind: 'string', help: 'Expression over the fields of an instance in the catalog, such as ServiceKind == "".' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, show }) {
    expectWords(words, 0)
    const { value: services } = await attempt('Error listing services', api().catalog.services({ filter: values.filter || undefined }))
    const names = Object.keys(services).sort()
    const rows = await attempt('Error listing services', eachOf(names, async name => ({ Service: name, ...await summary(api(), name), Tags: [...services[name]!].sort() })))
    show(() => rows, () => rows.length === 0
      ? ''
      : table(['Service', 'Instances', 'Passing', 'Warning', 'Critical', 'Tags'], rows.map(row =>
        [row.Service, String(row.Instances), String(row.Passing), String(row.Warning), String(row.Critical), row.Tags.join(',')])).replace(/ +$/gm, ''))
    return 0
  },
})

async function summary (api: RosterApi, name: string): Promise<{ readonly Instances: number, readonly Passing: number, readonly Warning: number, readonly Critical: number }> {
  const { value } = await api.health.service(name)
  const { passing, warning, critical } = countStates(value.map(({ Checks }) => worstOf(Checks)))
  return { Instances: value.length, Passing: passing, Warning: warning, Critical: critical }
}

/** Results in the order of `items`, some at a time. */
async function eachOf<T, R> (items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => { for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!) }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  return results
}
