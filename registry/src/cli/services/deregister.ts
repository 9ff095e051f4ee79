// `roster services deregister`: services of files, or one by ID, out of the local agent.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { servicesOfFiles } from './files.js'

export const servicesDeregister = verb({
  usage: 'roster services deregister [options] [FILE...]',
  text: `Takes services out of the local agent: those that files define, or one by ID.

    $ roster services deregister web.hcl
    $ roster services deregister -id=web-1`,
  flags: flags([
    { name: 'id', kind: 'string', default: '', help: 'ID of the one service, instead of files.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  words: 'file',
  async run ({ values, words, io, api, say, show, json }) {
    if (words.length > 0 && values.id !== '') throw new Failure('Service deregistration requires arguments or -id, not both.')
    if (words.length === 0 && values.id === '') throw new Failure('Service deregistration requires at least one argument or -id.')
    const services = words.length > 0 ? servicesOfFiles(words, io.cwd) : [{ id: values.id, name: '' }]
    for (const { id, name } of services) {
      await attempt(`Error deregistering service ${JSON.stringify(name)}`, api().agent.deregisterService(id || name))
      if (!json) say(`Deregistered service: ${id || name}`)
    }
    if (json) show(() => services.map(({ id, name }) => ({ ID: id || name })), () => '')
    return 0
  },
})
