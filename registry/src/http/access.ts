// Who may ask at all: hosts and origins (a web page must not steer a registry), blocked endpoints, networks that may write. Pure decisions.

import { BlockList, isIP } from 'node:net'
import { errors } from '../errors.js'
import type { RosterError } from '../errors.js'
import type { HttpConfig } from '../config/runtime-config.js'
import type { IncomingHttpHeaders } from 'node:http'

/** Hosts remembered as allowed, so that the usual request costs one look-up. */
const MAX_KNOWN_HOSTS = 256

export class Access {
  readonly #config: HttpConfig
  readonly #writers: BlockList | undefined
  readonly #knownHosts = new Set<string>()

  constructor (config: HttpConfig) {
    this.#config = config
    if (config.allowWriteFrom.length > 0) {
      this.#writers = new BlockList()
      for (const net of config.allowWriteFrom) {
        const [address, bits] = net.split('/')
        const family = isIP(address!) === 6 ? 'ipv6' : 'ipv4'
        this.#writers.addSubnet(address!, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
      }
    }
  }

  /**
   * A listener on loopback answers to names that only this machine can have meant: IPs, `localhost`, names without a dot and configured ones.
   * A public name that was made to point here (DNS rebinding) always has a dot.
   */
  hostError (host: string | undefined, loopback: boolean): RosterError | undefined {
    if (!loopback || host === undefined || this.#knownHosts.has(host)) return undefined
    const name = hostName(host)
    if (!this.#mayBe(name)) return errors.FOREIGN_HOST(name)
    if (this.#knownHosts.size < MAX_KNOWN_HOSTS) this.#knownHosts.add(host)
    return undefined
  }

  #mayBe (name: string): boolean {
    return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || !name.includes('.') || this.#config.allowedHosts.includes(name)
  }

  /**
   * A page of another site may look at nothing that changes state: browsers send `Origin` or `Sec-Fetch-Site` with it, other clients send neither.
   * @param pageReadOnly nor may the own page
   */
  originError (method: string, headers: IncomingHttpHeaders, pageReadOnly = false): RosterError | undefined {
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined
    if (pageReadOnly && (headers['sec-fetch-site'] === 'same-origin' || headers.origin !== undefined)) return errors.PAGE_READ_ONLY()
    const site = headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return errors.FOREIGN_ORIGIN(String(headers.origin ?? site))
    return this.foreignOrigin(headers)
  }

  /** The same for what looks like reading but opens a channel (WebSocket). */
  foreignOrigin (headers: IncomingHttpHeaders): RosterError | undefined {
    const { origin } = headers
    if (origin === undefined || this.#config.allowedOrigins.includes(origin)) return undefined
    let host: string
    try {
      host = new URL(origin).host
    } catch {
      return errors.FOREIGN_ORIGIN(origin)
    }
    return host === headers.host ? undefined : errors.FOREIGN_ORIGIN(origin)
  }

  /** `http_config.block_endpoints` and `allow_write_http_from`. */
  blockedError (method: string, path: string, remoteAddress: string): RosterError | undefined {
    for (const blocked of this.#config.blockEndpoints) {
      if (path.startsWith(blocked)) return errors.ENDPOINT_BLOCKED()
    }
    if (this.#writers === undefined || method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined
    const address = remoteAddress.replace(/^::ffff:/, '')
    return this.#writers.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') ? undefined : errors.WRITE_RESTRICTED()
  }
}

/** The name in a Host header, without port and brackets, in small letters. */
export function hostName (host: string): string {
  const v6 = /^\[([^\]]+)\]/.exec(host)
  return (v6 !== null ? v6[1]! : host.replace(/:\d*$/, '')).toLowerCase()
}
