// `roster maint`: maintenance of the agent's node or of one of its services, on, off, or what is on. The shorter way for a service is services/maint.ts.

import { agentApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { pairs } from './table.js'
import { verb } from './verb.js'
import type { RosterApi } from '@roster/client/api'

export const maint = verb({
  usage: 'roster maint [options]',
  text: `Takes the agent's node, or one of its services, out of what callers are given,
by a critical check, until it is switched off again; a restart of the agent
keeps it. Without flags: shows what is under maintenance.

    $ roster maint -enable -reason="new disk"
    $ roster maint -enable -service=web-1
    $ roster maint -disable -service=web-1`,
  flags: flags([
    { name: 'disable', kind: 'bool', default: false, help: 'End the maintenance.' },
    { name: 'enable', kind: 'bool', default: false, help: 'Begin a maintenance. The reason of one that is on already stays.' },
    { name: 'reason', kind: 'string', default: '', help: 'Why, for whoever looks at the check.' },
    { name: 'service', kind: 'string', default: '', help: 'ID of the service, instead of the node.' },
    ...agentApiFlags,
  ]),
  async run ({ values: { enable, disable, reason, service }, api, say, show }) {
    if (enable && disable) throw new Failure('Only one of -enable or -disable may be provided')
    if (!enable && reason !== '') throw new Failure('Reason may only be provided with -enable')
    if (!enable && !disable && service !== '') throw new Failure('Service requires either -enable or -disable')
    if (!enable && !disable) {
      const found = await maintenances(api())
      show(() => found, () => found.map(shown).join(''))
      return 0
    }
    say(await setMaintenance(api(), enable, service, reason))
    return 0
  },
})

/** @param service '' for the node @returns the line that tells of it */
export async function setMaintenance (api: RosterApi, enable: boolean, service: string, reason: string): Promise<string> {
  const doing = enable ? 'enabling' : 'disabling'
  const done = enable ? 'enabled' : 'disabled'
  if (service === '') {
    await attempt(`Error ${doing} node maintenance`, api.agent.maintenance(enable, { reason: enable ? reason : undefined }))
    return `Node maintenance is now ${done}`
  }
  await attempt(`Error ${doing} service maintenance`, api.agent.serviceMaintenance(service, enable, { reason: enable ? reason : undefined }))
  return `Service maintenance is now ${done} for ${JSON.stringify(service)}`
}

interface Maintenance { readonly Node?: string, readonly ServiceID?: string, readonly Reason: string }

const NODE_CHECK = '_node_maintenance'
const SERVICE_CHECK = '_service_maintenance:'

async function maintenances (api: RosterApi): Promise<readonly Maintenance[]> {
  const { value: { Config: { NodeName } } } = await attempt('Error querying Consul agent', api.agent.self())
  const { value: checks } = await attempt('Error querying checks', api.agent.checks())
  const found = Object.values(checks).sort((a, b) => a.CheckID < b.CheckID ? -1 : 1)
  return found.flatMap(({ CheckID, Notes }): Maintenance[] => {
    if (CheckID === NODE_CHECK) return [{ Node: NodeName, Reason: Notes }]
    return CheckID.startsWith(SERVICE_CHECK) ? [{ ServiceID: CheckID.slice(SERVICE_CHECK.length), Reason: Notes }] : []
  })
}

const shown = ({ Node, ServiceID, Reason }: Maintenance): string =>
  `${Node === undefined ? 'Service' : 'Node'}:\n${pairs([Node === undefined ? ['  ID', ServiceID!] : ['  Name', Node], ['  Reason', Reason]], 10)}\n`
