// `roster services watch`: a line for each change of a service's instances, as it comes.

import { nextIndex } from '@roster/client/api'
import { serverApiFlags } from '../common-flags.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { follow } from '../follow.js'
import { verb } from '../verb.js'
import { changesBetween } from './changes.js'
import type { HealthEntry } from '@roster/client/api'

export const servicesWatch = verb({
  usage: 'roster services watch [options] NAME',
  text: `Prints a line for each instance that comes, goes, moves or changes its health, until
Ctrl-C. The first lines are the instances that are there. To run a command for each
change see "roster watch".

    $ roster services watch web`,
  flags: flags([
    { name: 'filter', kind: 'string', help: 'Expression over the fields of an instance, such as Service.Meta.version == "2".' },
    { name: 'passing', kind: 'bool', default: false, help: 'Only instances whose every check is passing. Default: false.' },
    { name: 'tag', kind: 'list', help: 'Only instances with this tag. May be given several times; all must be there.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { filter, passing, tag }, words, api, io, say, complain, json, colours }) {
    if (words.length !== 1) throw new Failure(`Must specify one service (got ${words.length})`)
    const name = words[0]!
    const ended = new AbortController()
    const deaf = io.onSignal(() => ended.abort())
    let before: readonly HealthEntry[] = []
    try {
      await follow<readonly HealthEntry[]>({
        signal: ended.signal,
        ask: (index, signal) => api().health.service(name, { index, signal, filter: filter || undefined, passing, tags: tag }),
        next: (index, { meta }) => String(nextIndex(Number(index), meta.index)),
        onAnswer: async ({ value, meta }) => {
          for (const change of changesBetween(before, value)) say(json ? JSON.stringify({ Index: meta.index, ...change }) : change.line(colours))
          before = value
          return true
        },
        onFailure: (error, pauseMs) => complain(`${error.message}; trying again in ${pauseMs / 1000} s`),
      })
      return 0
    } finally {
      deaf()
    }
  },
})
