// The way in to this folder: the settings' watches, judged first and then run. What runs them (keeper.ts) is loaded only when there is one.

import type { WatchKeeper } from './keeper.js'
import type { WatchSettings } from './read.js'
import type { Logger } from '../telemetry/log.js'

export interface WatchHandlersOptions {
  /** `host:port` or a socket's path where this agent listens for HTTP; undefined when it does not. */
  readonly address: () => string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
}

export class WatchHandlers {
  #keeper: WatchKeeper | undefined

  constructor (private readonly options: WatchHandlersOptions) {}

  /** @returns what puts them in force, in place of those that run @throws RosterError for one that cannot be; nothing has changed then */
  async prepare (settings: readonly WatchSettings[]): Promise<() => Promise<void>> {
    if (settings.length === 0 && this.#keeper === undefined) return async () => {}
    const { WatchKeeper, configuredWatches } = await import('./keeper.js')
    const watches = configuredWatches(settings)
    const { env, log } = this.options
    return async () => {
      const address = this.options.address()
      if (address === undefined) {
        log.warn('Watches need the HTTP API, which is off', { watches: watches.length })
        return
      }
      this.#keeper ??= new WatchKeeper({ address: reachable(address), env, log })
      await this.#keeper.start(watches)
    }
  }

  /** Idempotent. */
  async stop (): Promise<void> { await this.#keeper?.stop() }
}

/** @example reachable('0.0.0.0:8500') === 'http://127.0.0.1:8500' */
const reachable = (address: string): string => address.startsWith('/') ? `unix://${address}` : `http://${address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:')}`
