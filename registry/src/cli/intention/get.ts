// `roster intention get`

import { isNotFound, isRefused } from '@roster/client/api'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { pairs } from '../table.js'
import { verb } from '../verb.js'
import { actionOf, destinationOf, sourceOf } from './names.js'
import type { Intention, RosterApi } from '@roster/client/api'

export const intentionGet = verb({
  usage: 'roster intention get [options] SRC DST\nUsage: roster intention get [options] ID',
  text: 'Shows an intention, by the two names or by its ID.\n\n    $ roster intention get web db',
  flags: flags([...scopeFlags, ...serverApiFlags]),
  async run ({ words, api, show }) {
    if (words.length < 1 || words.length > 2) throw new Failure('command requires exactly 1 or 2 arguments')
    const intention = await read(api(), words)
    show(() => intention, () => text(intention))
    return 0
  },
})

async function read (api: RosterApi, [first, second]: readonly string[]): Promise<Intention> {
  const answer = second === undefined ? api.intentions.getById(first!) : api.intentions.get(first!, second)
  const { value } = await attempt('Error reading the intention', answer.catch((error: unknown) => {
    if (isNotFound(error)) throw new Failure(`Intention not found with ${second === undefined ? `ID ${JSON.stringify(first)}` : `source ${JSON.stringify(first)} and destination ${JSON.stringify(second)}`}`)
    if (second === undefined && isRefused(error)) throw new Failure(`Error reading the intention: Unexpected response ${error.status}: ${error.body}`)
    throw error
  }))
  return value
}

const LABEL_WIDTH = 14

function text (intention: Intention): string {
  const { ID, Description, Meta, CreatedAt, Permissions } = intention
  const rows: Array<readonly [string, string]> = [['Source', sourceOf(intention)], ['Destination', destinationOf(intention)]]
  if (Permissions !== undefined && Permissions.length > 0) rows.push(['Permissions', actionOf(intention)])
  else rows.push(['Action', intention.Action ?? ''])
  if (ID) rows.push(['ID', ID])
  if (Description) rows.push(['Description', Description])
  for (const [key, value] of Object.entries(Meta ?? {}).sort(([a], [b]) => a < b ? -1 : 1)) rows.push([`Meta[${key}]`, value])
  if (CreatedAt !== undefined) rows.push(['Created At', rfc850(new Date(CreatedAt))])
  return pairs(rows, LABEL_WIDTH)
}

/** `Tuesday, 24-Nov-26 14:01:10 UTC` (RFC 850) */
function rfc850 (date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const part = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options }).format(date)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${part({ weekday: 'long' })}, ${two(date.getUTCDate())}-${part({ month: 'short' })}-${two(date.getUTCFullYear() % 100)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} UTC`
}
