// The policy file while the sidecar runs: read at the start, read again when it changes, handed on to the client. A file that cannot be used leaves the old one in force.

import { isInvalidPolicy, watchPolicyFile } from '@roster/client'
import type { PolicyFile, RosterClient, WatchedPolicyFile } from '@roster/client'
import type { SidecarConfig } from '../config/load-config.js'
import { configError } from '../errors.js'
import type { Log } from '../telemetry/log.js'

export class LivePolicy {
  #client: Pick<RosterClient, 'setPolicy'> | undefined
  /** Reloads that were taken, and that were refused. */
  reloads = 0
  refusals = 0

  private constructor (private readonly zone: string | undefined) {}

  #watched: WatchedPolicyFile | undefined

  /** @throws SidecarError with exit code 78 when there is no usable file at the start */
  static async read ({ policy, zone }: Pick<SidecarConfig, 'policy' | 'zone'>, log: Log): Promise<LivePolicy> {
    const live = new LivePolicy(zone)
    if (policy === undefined) return live
    try {
      live.#watched = await watchPolicyFile(policy, {
        onChange: () => {
          live.reloads++
          live.#client?.setPolicy(live.current)
          log.info({ file: policy }, 'the policy has changed')
        },
        onError: error => {
          live.refusals++
          log.warn({ err: error }, 'the policy file cannot be used; the old policy stays in force')
        },
      })
    } catch (error) {
      throw isInvalidPolicy(error) ? configError(error.message, error) : error
    }
    return live
  }

  /** The file, with the zone of this sidecar where the file says none. */
  get current (): PolicyFile | undefined { return withZone(this.#watched?.current, this.zone) }

  follow (client: Pick<RosterClient, 'setPolicy'>): void { this.#client = client }

  /** Looks now. @throws InvalidPolicyError; the old one stays */
  async reload (): Promise<PolicyFile | undefined> {
    await this.#watched?.reload()
    return this.current
  }

  close (): void { this.#watched?.close() }
}

/** @example withZone(undefined, 'eu-1') → { version: 1, defaults: { balance: { zone: { zone: 'eu-1' } } } } */
export function withZone (file: PolicyFile | undefined, zone: string | undefined): PolicyFile | undefined {
  if (zone === undefined || file?.defaults?.balance?.zone !== undefined) return file
  return { version: 1, ...file, defaults: { ...file?.defaults, balance: { ...file?.defaults?.balance, zone: { zone } } } }
}
