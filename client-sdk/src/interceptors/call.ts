// One call of the application, however often it is sent: what the policies tell one another about it. Made by the entry (../faces/entry.ts), read and written by the policies.

import type { Dispatcher } from 'undici'
import type { Instance } from '../balance/instance.js'
import type { OwnHeaders } from './headers.js'

const nobody: ReadonlySet<string> = new Set()

/** Why an instance was taken, for people: the picker's word, and the instance. */
export interface Taken { readonly instance: Instance, readonly reason: string }

export class Call {
  /** Which time the request is being sent, from 1. */
  attempt = 1
  /** Instances that failed it before. */
  tried: ReadonlySet<string> = nobody
  /** When the caller stops waiting, monotonic ms. */
  deadlineAt = Infinity
  /** May be sent again although an instance may have seen it. Set by the retry policy. */
  resendable = false
  /** Knows whether somebody else could take over right now, if the present instance does not answer. Set by the retry policy. */
  retrier: { couldMoveOn (): boolean } | undefined
  /** The caller has no use for an answer any more: aborted, or past its deadline. */
  givenUp = false
  /** Bytes of the present attempt may have reached a server. */
  sent = false
  /** The instance of the present attempt. */
  taken: Taken | undefined
  /** Headers that a policy adds to the present attempt. */
  added: Record<string, string> | undefined
  /** Told which instance was taken, before anything is sent to it. Set by the tracing policy. */
  onTaken: ((taken: Taken) => void) | undefined

  /**
   * @param route method and path pattern: what takes long by nature is found out by it
   * @param own what the request itself brought in headers that policies know
   * @param long takes long by nature: an upgrade, a stream, what the policy says
   * @param headers as the caller gave them, with what config entries change: each attempt has its own over these
   * @param readsHeaders whether the caller's handler wants the headers of the answer as an object. Else they are parsed only for a failure, where policies read them
   */
  constructor (
    readonly service: string,
    readonly route: string,
    public own: OwnHeaders,
    public long: boolean,
    public headers: Dispatcher.DispatchOptions['headers'],
    readonly readsHeaders: boolean
  ) {}

  /** The present instance will not do. */
  exclude (): void {
    if (this.taken === undefined) return
    this.tried = new Set([...this.tried, this.taken.instance.id])
  }

  /** Everybody has been tried; whoever is there may be tried again. */
  forget (): void { this.tried = nobody }
}
