// `roster import consul`: what another registry stores is copied, and with -follow its instances are mirrored until stopped.

import { createApi, isInvalidOption, isRosterClientError } from '@roster/client/api'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Report } from '../../import/report.js'
import { attempt } from '../attempt.js'
import { serverApiFlags } from '../common-flags.js'
import { Failure, UsageFailure, expectWords } from '../failure.js'
import { flags } from '../flags.js'
import { failure } from '../../config/fs.js'
import { progress } from '../progress.js'
import { table } from '../table.js'
import { verb } from '../verb.js'
import { copyEntries, copyKeys, copyQueries, lookAtTheRest } from './copy.js'
import { mirror } from './mirror.js'
import type { RosterApi } from '@roster/client/api'
import type { Io } from '../io.js'
import type { CopyOptions } from './copy.js'

const SORTS = ['keys', 'queries', 'config'] as const

/** What is copied, in this order; one that is skipped is not even looked at. */
const COPIES: Readonly<Record<typeof SORTS[number], (options: CopyOptions) => Promise<void>>> = { keys: copyKeys, queries: copyQueries, config: copyEntries }

const SOURCE = 'Source Options'

export const importConsul = verb({
  usage: 'roster import consul -addr=ADDRESS [options]',
  text: `Copies keys, prepared queries, config entries and intentions from a running Consul,
which it only reads from. What is there already and says the same is left alone, what
says something else is overwritten: it can be run again at any time. In the end it
reports what was done and what could not be carried over.

With -follow it then mirrors the instances of the source and their health, until
Ctrl-C. They are marked external-source=consul, on nodes named like those there with
"-mirror" behind. An instance that is registered here as well is not mirrored. When the
mirror ends, or cannot reach the source any more, they turn critical ("mirror stopped")
one -ttl later.

    $ roster import consul -addr=http://10.0.0.7:8500 -dry-run
    $ roster import consul -addr=http://10.0.0.7:8500
    $ roster import consul -addr=http://10.0.0.7:8500 -skip=keys -follow`,
  mixed: true,
  flags: flags([
    { name: 'addr', kind: 'string', group: SOURCE, default: '', help: 'Where to copy from: host:port, http://… or https://…. Required.' },
    { name: 'addr-token', kind: 'string', group: SOURCE, default: '', help: 'Token to send there; reading everything is enough.' },
    { name: 'addr-token-file', kind: 'string', group: SOURCE, default: '', values: 'file', help: 'File that holds it; goes before -addr-token.' },
    { name: 'addr-ca-file', kind: 'string', group: SOURCE, default: '', values: 'file', help: 'File of the authority that signed its certificate.' },
    { name: 'dry-run', kind: 'bool', default: false, help: 'Read and compare, write nothing. Default: false.' },
    { name: 'follow', kind: 'bool', default: false, help: 'Afterwards mirror the instances until stopped. Default: false.' },
    { name: 'skip', kind: 'string', default: '', help: 'What not to copy, apart by commas: keys, queries, config (which holds the intentions).' },
    { name: 'ttl', kind: 'duration', default: 15_000, help: 'How long mirrored instances outlive the last sign of their mirror; a mirror shows itself three times as often. Default: 15s.' },
    { name: 'deregister-after', kind: 'duration', default: 86_400_000, help: 'How long they stay critical then, before they are removed. Default: 24h.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, show, say, complain, json }) {
    expectWords(words, 0)
    if (values.addr === '') throw new UsageFailure('Must specify the -addr to copy from')
    const skipped = values.skip === '' ? [] : values.skip.split(',')
    for (const word of skipped) if (!SORTS.some(sort => sort === word)) throw new Failure(`Cannot skip ${JSON.stringify(word)}: there are ${SORTS.join(', ')}`)
    if (values.follow && values['dry-run']) throw new Failure('Cannot specify -follow and -dry-run')
    const ttlMs = values.ttl ?? 0
    if (ttlMs < 1000) throw new Failure('-ttl must be at least 1s')
    const source = sourceApi(values, io)
    try {
      const target = api()
      const datacenter = await datacenterOf(source, target)
      // A registry without leases is found out before anything is copied.
      if (values.follow) await attempt('Error asking the target for leases, which a mirror needs', target.lease.list())
      const report = new Report()
      await copy({ source, target, report, dryRun: values['dry-run'] }, skipped, values.follow, io)
      show(() => ({ DryRun: values['dry-run'], Counts: Object.fromEntries(report.counts), Left: report.left, More: report.more }), () => shown(report, values['dry-run']))
      if (!values.follow) return report.failed > 0 ? 1 : 0
      const ended = new AbortController()
      const deaf = io.onSignal(() => ended.abort())
      try {
        await mirror({
          source,
          target,
          datacenter,
          ttlMs,
          deregisterAfterMs: values['deregister-after'] ?? 0,
          signal: ended.signal,
          onRound: (nodes, instances) => say(json ? JSON.stringify({ Nodes: nodes, Instances: instances }) : `Mirrored: ${instances} instances on ${nodes} nodes`),
          onFailure: error => complain(`Error mirroring, trying again: ${error.message}`),
        })
      } finally {
        deaf()
      }
      return 0
    } finally {
      await source.close()
    }
  },
})

/** The environment says where the target is, never the source. */
function sourceApi (values: { readonly addr: string, readonly 'addr-token': string, readonly 'addr-token-file': string, readonly 'addr-ca-file': string }, io: Io): RosterApi {
  const read = (what: string, path: string): string => {
    try {
      return readFileSync(resolve(io.cwd, path), 'utf8')
    } catch (error) {
      throw new Failure(`Error loading ${what}: ${failure('open', path, error)}`)
    }
  }
  const token = values['addr-token-file'] === '' ? values['addr-token'] : read('token file', values['addr-token-file']).trim()
  try {
    return createApi({
      address: values.addr,
      maxAnswerBytes: 1 << 30,
      timeoutMs: 60_000,
      ...token !== '' && { token },
      ...values['addr-ca-file'] !== '' && { tls: { ca: read('CA file', values['addr-ca-file']) } },
    }, {})
  } catch (error) {
    if (isInvalidOption(error)) throw new Failure(`Error connecting to ${values.addr}: ${error.message}`)
    throw error
  }
}

/** @throws Failure when one of them does not answer, or when both are the same: copying a registry onto itself would mirror the mirror */
async function datacenterOf (source: RosterApi, target: RosterApi): Promise<string> {
  const { value: theirs } = await attempt('Error querying the source', source.agent.self())
  const { value: ours } = await attempt('Error querying the target', target.agent.self())
  if (theirs.Config.NodeID === ours.Config.NodeID) throw new Failure('Source and target are the same registry')
  return theirs.Config.Datacenter
}

async function copy (options: Omit<CopyOptions, 'onKey'>, skipped: readonly string[], follow: boolean, io: Io): Promise<void> {
  let all = 0
  const told = progress(io, 'keys compared', undefined, sum => `${sum}/${all}`)
  const whole: CopyOptions = { ...options, onKey: (_done, of) => { all = of; told.add(1) } }
  try {
    for (const sort of SORTS) if (!skipped.includes(sort)) await COPIES[sort](whole)
    await lookAtTheRest(whole, follow)
  } catch (error) {
    if (isRosterClientError(error)) throw new Failure(`Error copying: ${error.message}\nWhat was copied so far is complete in itself; run it again to go on.`)
    throw error
  } finally {
    told.end()
  }
}

function shown (report: Report, dryRun: boolean): string {
  const rows = [...report.counts].map(([kind, { new: made, changed, same, failed }]) => [kind, String(made), String(changed), String(same), String(failed)])
  const counts = rows.length === 0 ? '' : table([dryRun ? 'Would copy' : 'Copied', 'New', 'Changed', 'Same', 'Failed'], rows)
  if (report.left.length === 0) return counts
  const left = report.left.map(({ what, why, failed }) => `  ${what}: ${failed ? `refused: ${why}` : why}\n`).join('')
  return `${counts}${counts === '' ? '' : '\n'}Not carried over:\n${left}${report.more > 0 ? `  and ${report.more} more\n` : ''}`
}
