// The DNS door: what is registered, as DNS answers it, over UDP and TCP (section names of the code: names.ts says what is asked, lookup.ts what is there,
// answer.ts what the client gets of it).
//
//   socket → source limit → kept bytes? ─yes→ copy, patched ─────────────────────────────→ socket
//                                └─no→ request → names → lookup (→ recursors) → answer → encode → kept, if its like will be asked again

import { Recursors } from './recursors.js'
import { Resolver } from './resolver.js'
import { Responder } from './responder.js'
import { TcpListener } from './tcp.js'
import { UdpListener } from './udp.js'
import type { NameSources } from './lookup.js'
import type { DnsRoster } from './resolver.js'
import type { DnsStats } from './stats.js'

export interface DnsDoor {
  /**
   * Listens on UDP and TCP at one address. May be called for several.
   * @param host IP or name of a local interface
   * @param port 0 asks the system for one that is free on both
   * @throws the system's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`); then neither is bound
   */
  listen (host: string, port: number): Promise<{ readonly host: string, readonly port: number }>
  /** Stops answering and releases every socket and timer. Idempotent. */
  close (): Promise<void>
  readonly stats: DnsStats
  /** Questions handed on. */
  readonly recursorStats: Recursors['stats']
}

/** A port that is free for TCP may be taken for UDP; another one is tried so often. */
const MAX_PORT_TRIES = 20

/** Settings are those of `roster.config` at each question, so that a reload counts at once; `sources` are what other rooms know about names. */
export function dnsDoor (roster: DnsRoster, sources: NameSources = {}): DnsDoor {
  const recursors = new Recursors(roster)
  const resolver = new Resolver(roster, sources, recursors)
  const responder = new Responder(roster, resolver)
  const listeners: Array<{ close: () => Promise<void> }> = []

  const bind = async (host: string, port: number): Promise<{ host: string, port: number }> => {
    const tcp = new TcpListener(responder, roster.clock)
    const bound = await tcp.bind(host, port)
    const udp = new UdpListener(responder, bound.address)
    try {
      await udp.bind(bound.address, bound.port)
    } catch (error) {
      await Promise.all([tcp.close(), udp.close()])
      throw error
    }
    listeners.push(tcp, udp)
    return { host: bound.address, port: bound.port }
  }

  return {
    stats: responder.stats,
    recursorStats: recursors.stats,
    async listen (host, port) {
      for (let tries = 1; ; tries++) {
        try {
          return await bind(host, port)
        } catch (error) {
          if (port !== 0 || tries === MAX_PORT_TRIES || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
        }
      }
    },
    async close () {
      recursors.close()
      await Promise.all(listeners.splice(0).map(listener => listener.close()))
      resolver.close()
    },
  }
}
