// `roster rtt`: the estimated round trip time between two nodes, from their coordinates.

import { distance } from '@roster/client/api'
import { serverApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure, UsageFailure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'
import type { Coordinate, RosterApi } from '@roster/client/api'

export const rtt = verb({
  usage: 'roster rtt [options] node1 [node2]',
  text: `Estimates the round trip time between two nodes, or between a node and that of the
agent. With -wan the nodes are servers, named with their datacenter: n1.dc1.

    $ roster rtt n1 n2`,
  flags: flags([
    { name: 'wan', kind: 'bool', default: false, help: 'Use the coordinates of servers between datacenters. Default: false.' },
    ...serverApiFlags,
  ]),
  async run ({ values: { wan }, words, api, show }) {
    if (words.length < 1 || words.length > 2) throw new UsageFailure('One or two node names must be specified')
    const [first, second] = wan ? await wanPair(api(), words) : await lanPair(api(), words)
    const ms = distance(first.coordinate, second.coordinate) * 1000
    show(() => ({ Nodes: [first.name, second.name], Milliseconds: ms, Coordinates: wan ? 'WAN' : 'LAN' }),
      () => `Estimated ${first.name} <-> ${second.name} rtt: ${ms.toFixed(3)} ms (using ${wan ? 'WAN' : 'LAN'} coordinates)\n`)
    return 0
  },
})

interface Place { readonly name: string, readonly coordinate: Coordinate }

const missing = (name: string): Failure => new Failure(`Could not find a coordinate for node ${JSON.stringify(name)}`)

async function lanPair (api: RosterApi, words: readonly string[]): Promise<readonly [Place, Place]> {
  const name = words[1] ?? (await attempt('Unable to look up agent info', api.agent.self())).value.Config.NodeName
  const { value } = await attempt('Error getting coordinates', api.coordinate.nodes())
  const place = (wanted: string): Place => {
    // Of several segments those count that both nodes are in; with one segment that is the one.
    const found = value.find(({ Node }) => Node === wanted)
    if (found === undefined) throw missing(wanted)
    return { name: wanted, coordinate: found.Coord }
  }
  return [place(words[0]!), place(name)]
}

async function wanPair (api: RosterApi, words: readonly string[]): Promise<readonly [Place, Place]> {
  const self = words.length < 2 ? (await attempt('Unable to look up agent info', api.agent.self())).value.Config : undefined
  const names = [words[0]!, words[1] ?? `${self!.NodeName}.${self!.Datacenter}`]
  if (names.some(name => !name.includes('.'))) throw new Failure('Node names must be specified as <node name>.<datacenter> with -wan')
  const { value } = await attempt('Error getting coordinates', api.coordinate.datacenters())
  const place = (name: string): Place => {
    const dot = name.lastIndexOf('.')
    const [node, datacenter] = [name.slice(0, dot), name.slice(dot + 1)]
    const found = value.find(map => map.Datacenter === datacenter)?.Coordinates.find(({ Node }) => Node === node || Node === name)
    if (found === undefined) throw missing(name)
    return { name, coordinate: found.Coord }
  }
  return [place(names[0]!), place(names[1]!)]
}
