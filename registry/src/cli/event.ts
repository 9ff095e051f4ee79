// `roster event`: fires an event.

import { compileRegexp } from '../catalog/filter/regexp.js'
import { serverApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure, UsageFailure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const event = verb({
  usage: 'roster event [options] [payload]',
  text: `Fires an event, which those who watch events of this name are told.

    $ roster event -name=deploy 1.2.3`,
  flags: flags([
    { name: 'name', kind: 'string', default: '', help: 'Name of the event.' },
    { name: 'node', kind: 'string', default: '', help: 'Regular expression: only for nodes of such a name.' },
    { name: 'service', kind: 'string', default: '', help: 'Regular expression: only for nodes with such a service.' },
    { name: 'tag', kind: 'string', default: '', help: 'Regular expression: only where that service has such a tag.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { name, node, service, tag }, words, api, show }) {
    if (name === '') throw new UsageFailure('Event name must be specified')
    for (const [what, pattern] of [['node', node], ['service', service], ['tag', tag]] as const) if (pattern !== '') check(what, pattern)
    if (tag !== '' && service === '') throw new Failure('Cannot provide tag filter without service filter.')
    if (words.length > 1) throw new UsageFailure('Too many command line arguments.')
    await attempt('Error querying Consul agent', api().agent.self())
    const { value } = await attempt('Error firing event', api().event.fire(name, { payload: words[0], node: node || undefined, service: service || undefined, tag: tag || undefined }))
    show(() => value, () => `Event ID: ${value.ID}\n`)
    return 0
  },
})

function check (what: string, pattern: string): void {
  try {
    compileRegexp(pattern)
  } catch (error) {
    throw new Failure(`Failed to compile ${what} filter regexp: ${(error as Error).message}`)
  }
}
