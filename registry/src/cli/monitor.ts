// `roster monitor`: the agent's log as it is written, until somebody has seen enough.

import { isRosterClientError } from '@roster/client/api'
import { agentApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const monitor = verb({
  usage: 'roster monitor [options]',
  text: 'Shows the log of the agent as it is written, from any level on, whatever level\nthe agent itself logs at. Ctrl-C ends it.',
  flags: flags([
    { name: 'log-json', kind: 'bool', default: false, help: 'Lines as JSON.' },
    { name: 'log-level', kind: 'string', default: 'INFO', values: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'], help: 'Least weight of what is shown. Default: INFO.' },
    ...agentApiFlags,
  ]),
  async run ({ values, api, io, json }) {
    const ended = new AbortController()
    const deaf = io.onSignal(() => ended.abort())
    try {
      const { body } = await attempt('Error starting monitor', api().agent.monitor({ logLevel: values['log-level'], logJson: values['log-json'] || json, signal: ended.signal }))
      ended.signal.addEventListener('abort', () => body.destroy())
      for await (const chunk of body as AsyncIterable<Buffer>) io.out(chunk)
      throw new Failure('Remote side ended the monitor! This usually means that the\nremote side has exited or crashed.')
    } catch (error) {
      if (ended.signal.aborted) return 0
      if (isRosterClientError(error)) throw new Failure(`Error while monitoring: ${error.message}`)
      throw error
    } finally {
      deaf()
    }
  },
})
