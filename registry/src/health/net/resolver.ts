// Host names to addresses, for checks: asks the system, once for all who ask the same at the same time.

import { getServers, lookup } from 'node:dns'
import { isIP } from 'node:net'
import { codeOf, NetError } from './net-error.js'

/** @returns addresses in the order in which they are tried */
export type LookupFunction = (host: string) => Promise<readonly string[]>

/**
 * Names asked for at once. The system's resolver blocks a thread of a pool of four that files share, so a dead name server must not take them all;
 * further names wait their turn (as many as there are checks running, at most) and their checks run into their own time limit.
 */
const MAX_LOOKUPS = 2

export class Resolver {
  readonly #lookup: LookupFunction
  readonly #asking = new Map<string, Promise<readonly string[]>>()
  readonly #queue: Array<() => void> = []
  #running = 0

  constructor (lookup: LookupFunction = systemLookup) { this.#lookup = lookup }

  /**
   * @param host a name, an IP address (given back as it is), or '' for this host
   * @throws NetError with Go's words: `lookup nope.example on 192.0.2.53:53: no such host`
   */
  async resolve (host: string): Promise<readonly string[]> {
    if (host === '') return LOOPBACK
    if (isIP(host.replace(/%.*$/, '')) !== 0) return [host]
    const name = host.toLowerCase()
    const asking = this.#asking.get(name)
    if (asking !== undefined) return asking
    const answer = this.#ask(host).finally(() => this.#asking.delete(name))
    this.#asking.set(name, answer)
    return answer
  }

  async #ask (host: string): Promise<readonly string[]> {
    if (this.#running >= MAX_LOOKUPS) await new Promise<void>(resolve => this.#queue.push(resolve))
    this.#running++
    try {
      return await this.#lookup(host)
    } finally {
      this.#running--
      this.#queue.shift()?.()
    }
  }
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1']

const systemLookup: LookupFunction = host => new Promise((resolve, reject) => {
  lookup(host, { all: true, verbatim: true }, (error, found) => {
    if (error === null) resolve(found.map(({ address }) => address))
    else reject(new NetError(`lookup ${host}${nameServer()}: ${codeOf(error) === 'EAI_AGAIN' ? 'server misbehaving' : 'no such host'}`, { cause: error }))
  })
})

/** The name server that was asked, as far as one can tell: the system does not say. */
function nameServer (): string {
  const [server] = getServers()
  return server === undefined ? '' : ` on ${/:\d+$/.test(server) && !/^[^[]*:.*:/.test(server) ? server : isIP(server) === 6 ? `[${server}]:53` : `${server}:53`}`
}
