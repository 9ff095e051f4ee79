// The watches of the configuration files, while the agent runs: each asks this agent over HTTP, as any client would, and hands every change to its handler, one
// at a time. What changes while a handler is at work is handed over in one piece afterwards, so that nothing piles up. Handlers need no permission of their own:
// whoever writes the agent's files may run what he likes.

import { createApi } from '@roster/client/api'
import { follow } from '../cli/follow.js'
import { goJson } from '../cli/go-json.js'
import { errors } from '../errors.js'
import { readWatch, WatchError } from './read.js'
import { runScript } from './run-script.js'
import { sendHttp } from './send-http.js'
import type { RosterApi } from '@roster/client/api'
import type { Logger } from '../telemetry/log.js'
import type { ConfiguredWatch, WatchSettings } from './read.js'

export interface WatchKeeperOptions {
  /** Where this agent listens, for its own watches. */
  readonly address: string
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
}

/** @throws RosterError in words for the operator */
export function configuredWatches (settings: readonly WatchSettings[]): readonly ConfiguredWatch[] {
  try {
    return settings.map(readWatch)
  } catch (error) {
    if (error instanceof WatchError) throw errors.RELOAD_FAILED(error.message)
    throw error
  }
}

export class WatchKeeper {
  #ended = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  constructor (private readonly options: WatchKeeperOptions) {}

  /** Ends what ran before. A reload hands over all watches anew, so each handler is called once more. */
  async start (watches: readonly ConfiguredWatch[]): Promise<void> {
    await this.stop()
    this.#ended = new AbortController()
    this.#running = Promise.all(watches.map(watch => this.#run(watch, this.#ended.signal)))
  }

  /** Kills the handlers that are at work. Idempotent. */
  async stop (): Promise<void> {
    this.#ended.abort()
    await this.#running
  }

  /** Never rejects. */
  async #run (watch: ConfiguredWatch, signal: AbortSignal): Promise<void> {
    const { address, log } = this.options
    const api: RosterApi = createApi({ address, ...watch.token !== '' && { token: watch.token }, ...watch.datacenter !== '' && { datacenter: watch.datacenter } }, {})
    try {
      await follow({
        signal,
        ask: (index, aborted) => watch.subject.ask(api, index, aborted),
        next: watch.subject.next,
        onAnswer: async answer => {
          await this.#handle(watch, goJson(watch.subject.fresh(answer), '') + '\n', answer.meta.indexText ?? '0', signal)
          return true
        },
        onFailure: (error, pauseMs) => log.error('Watch errored', { type: watch.type, error: error.message, retry: `${pauseMs / 1000}s` }),
      })
    } catch (error) {
      log.error('Watch ended', { type: watch.type, error: String(error) })
    } finally {
      await api.close()
    }
  }

  async #handle ({ handler }: ConfiguredWatch, json: string, index: string, signal: AbortSignal): Promise<void> {
    const { env, log } = this.options
    if (handler.kind === 'http') {
      const { ok, status, output } = await sendHttp(handler, json, index, signal)
      if (signal.aborted) return
      if (ok) log.trace('http watch handler succeeded', { watch: handler.url.href, output })
      else log.error('http watch handler failed with output', { watch: handler.url.href, status, output })
      return
    }
    const { error, output } = await runScript(handler, json, index, env, signal)
    if (signal.aborted) return
    const shown = JSON.stringify(handler.args)
    if (error !== undefined) log.error('Failed to run watch handler', { watch_handler: shown, error })
    log.debug('watch handler output', { watch_handler: shown, output })
  }
}
