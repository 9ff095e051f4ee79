// `roster services register`: services of files, or one of flags, to the local agent.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { servicesOfFiles } from './files.js'
import { serviceBody } from './service-body.js'
import type { AgentServiceBody, ServiceKind } from '@roster/client/api'

export const servicesRegister = verb({
  usage: 'roster services register [options] [FILE...]',
  text: `Registers services with the local agent: those of files (HCL or JSON, as the
agent's own configuration has them), or one that flags describe. They stay until
they are deregistered.

    $ roster services register web.hcl
    $ roster services register -name=web -port=8080 -tag=primary`,
  flags: flags([
    { name: 'address', kind: 'string', default: '', help: 'Address of the service. Default: that of the node.' },
    { name: 'id', kind: 'string', default: '', help: 'ID, unique on the agent. Default: the name.' },
    { name: 'kind', kind: 'string', default: '', help: 'Kind of the service, such as connect-proxy.' },
    { name: 'meta', kind: 'pairs', help: 'Metadata, as key=value. May be given several times.' },
    { name: 'name', kind: 'string', default: '', help: 'Name of the service.' },
    { name: 'port', kind: 'int', default: 0, help: 'Port of the service.' },
    { name: 'socket', kind: 'string', default: '', help: 'Path of its socket, instead of address and port.' },
    { name: 'tag', kind: 'list', help: 'Tag. May be given several times.' },
    { name: 'tagged-address', kind: 'pairs', help: 'Address for a purpose, such as wan=192.0.2.1:80. May be given several times.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  words: 'file',
  async run ({ values, words, io, api, show, say, json }) {
    if (words.length > 0 && (values.name !== '' || values.id !== '')) throw new Failure('Service registration requires arguments or -id, not both.')
    if (words.length === 0 && values.name === '') throw new Failure('Service registration requires at least one argument or flags.')
    const services: readonly AgentServiceBody[] = words.length > 0
      ? servicesOfFiles(words, io.cwd).map(serviceBody)
      : [{
          Kind: values.kind as ServiceKind,
          ID: values.id || undefined,
          Name: values.name,
          Address: values.address || undefined,
          Port: values.port,
          SocketPath: values.socket || undefined,
          Tags: values.tag,
          Meta: values.meta,
          TaggedAddresses: Object.fromEntries(Object.entries(values['tagged-address']).map(([tag, text]) => [tag, taggedAddress(text)])),
        }]
    for (const service of services) {
      await attempt(`Error registering service ${JSON.stringify(service.Name)}`, api().agent.registerService(service))
      if (!json) say(`Registered service: ${service.Name}`)
    }
    if (json) show(() => services, () => '')
    return 0
  },
})

/** `host:port`, the host in brackets where it has colons. */
function taggedAddress (text: string): { readonly Address: string, readonly Port: number } {
  const colon = text.lastIndexOf(':')
  if (colon < 0 || text.endsWith(']')) throw new Failure(`Invalid Tagged address: address ${text}: missing port in address`)
  const host = text.slice(0, colon)
  const bare = /^\[(.*)\]$/.exec(host)?.[1]
  if (bare === undefined && host.includes(':')) throw new Failure(`Invalid Tagged address: address ${text}: too many colons in address`)
  const port = text.slice(colon + 1)
  if (!/^[+-]?\d+$/.test(port)) throw new Failure(`Invalid Tagged address: strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`)
  return { Address: bare ?? host, Port: Number(port) }
}
