// `roster watch`: what is there, once, as JSON; or a command that is run for each change. The types are watch-types.ts.

import { runChild } from './child.js'
import { serverApiFlags } from './common-flags.js'
import { attempt } from './attempt.js'
import { Failure, UsageFailure } from './failure.js'
import { flags } from './flags.js'
import { follow } from './follow.js'
import { goJson } from './go-json.js'
import { verb } from './verb.js'
import { watched, WATCH_TYPES } from './watch-types.js'
import type { Child, Command } from './child.js'
import type { Io } from './io.js'
import type { ParamName } from './watch-types.js'

const PARAMS: readonly ParamName[] = ['key', 'prefix', 'service', 'tag', 'passingonly', 'state', 'name', 'filter']

export const watch = verb({
  usage: 'roster watch [options] [child...]',
  text: `Without a command: prints what is there as JSON and ends. With one: runs it at
first and for each change, with the JSON on its standard input and the index in
CONSUL_INDEX, until Ctrl-C or until it fails.

    $ roster watch -type=service -service=web
    $ roster watch -type=keyprefix -prefix=shop/ ./render.sh`,
  takesCommand: true,
  flags: flags([
    { name: 'filter', kind: 'string', default: '', help: 'Expression over the fields of a row, for services, nodes, service and checks.' },
    { name: 'key', kind: 'string', default: '', help: 'Key to watch, for key.' },
    { name: 'name', kind: 'string', default: '', help: 'Name of the events to watch, for event. Default: all.' },
    { name: 'passingonly', kind: 'string', default: '', values: ['true', 'false'], help: 'Only instances whose every check is passing, true or false, for service. Default: false.' },
    { name: 'prefix', kind: 'string', default: '', help: 'Prefix of the keys to watch, for keyprefix.' },
    { name: 'service', kind: 'string', default: '', help: 'Service to watch, for service and checks.' },
    { name: 'shell', kind: 'bool', default: true, help: 'Run the command by $SHELL, or /bin/sh. Default: true.' },
    { name: 'state', kind: 'string', default: '', values: ['any', 'passing', 'warning', 'critical'], help: 'State of the checks to watch, for checks.' },
    { name: 'tag', kind: 'list', help: 'Only instances with this tag, for service. May be given several times; all must be there.' },
    { name: 'type', kind: 'string', default: '', values: WATCH_TYPES, help: 'What to watch: key, keyprefix, services, nodes, service, checks or event.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, complain }) {
    if (values.type === '') throw new UsageFailure('Watch type must be specified')
    const subject = watched(values.type, values, PARAMS.filter(name => values[name].length > 0))
    const command = words.length > 0 ? { words, shell: values.shell } : undefined
    await attempt('Error querying Consul agent', api().status.leader())
    const ended = new AbortController()
    const handler = command === undefined ? undefined : new Handler(command, io)
    const deaf = io.onSignal(signal => {
      ended.abort()
      handler?.stop(signal)
    })
    try {
      await attempt('Error querying Consul agent', follow({
        signal: ended.signal,
        ask: (index, signal) => subject.ask(api(), index, signal),
        next: subject.next,
        onAnswer: async answer => {
          const value = subject.fresh(answer)
          if (handler === undefined) {
            io.out(goJson(value, '    ') + '\n')
            return false
          }
          await handler.run(goJson(value, '') + '\n', answer.meta.indexText ?? '0')
          return true
        },
        onFailure: (error, pauseMs) => complain(`${new Date().toISOString()} [ERROR] watch.watch: Watch errored: type=${values.type} error=${JSON.stringify(error.message)} retry=${pauseMs / 1000}s`),
      }))
      return 0
    } finally {
      deaf()
    }
  },
})

/** How long a handler may go on after we were told to end, ms. */
const GRACE_MS = 5000

/** Runs the command, once at a time. */
class Handler {
  #child: Child | undefined
  #stopped = false

  constructor (private readonly command: Command, private readonly io: Io) {}

  /** @throws Failure when the command cannot be started or fails, unless it was stopped */
  async run (json: string, index: string): Promise<void> {
    this.#child = runChild(this.command, { io: this.io, input: json, env: { CONSUL_INDEX: index } })
    const ending = await this.#child.ended
    this.#child = undefined
    if (ending.kind === 'done' || this.#stopped) return
    throw new Failure(`Error ${ending.kind === 'failed' ? 'executing' : 'starting'} handler: ${ending.reason}`)
  }

  stop (signal: NodeJS.Signals): void {
    this.#stopped = true
    const child = this.#child
    if (child === undefined) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    void child.ended.then(() => clearTimeout(timer))
  }
}
