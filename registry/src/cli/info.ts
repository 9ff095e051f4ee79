// `roster info`: the agent's figures, block by block.

import { agentApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const info = verb({
  usage: 'roster info [options]',
  text: 'Shows figures of the agent for whoever runs it: what it looks after, who\nleads, how far the data has come.',
  flags: flags(agentApiFlags),
  async run ({ api, show }) {
    const { value: { Stats } } = await attempt('Error querying agent', api().agent.self())
    show(() => Stats, () => sorted(Stats).map(([part, figures]) => `${part}:\n${sorted(figures).map(([key, value]) => `\t${key} = ${value}\n`).join('')}`).join(''))
    return 0
  },
})

const sorted = <T>(map: Readonly<Record<string, T>>): Array<[string, T]> => Object.entries(map).sort(([a], [b]) => a < b ? -1 : 1)
