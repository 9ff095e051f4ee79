// Where the local process's requests go: the shared port by the name in the request, a port of one upstream always there. Decided once a request, by a look into a map once the name is known.

import type { Clock } from '@roster/client'
import type { Decision, Route } from '../http1/route.js'
import type { Directory } from '../upstreams/directory.js'
import type { NamedUpstream } from '../upstreams/named-upstream.js'
import type { MakeForward } from './forward.js'
import { foreignHost, noServiceNamed, notAService, notReady, notRegistered, tooManyNames } from './reasons.js'
import { serviceNamed } from './service-name.js'

export interface OutboundParts {
  readonly directory: Directory
  readonly clock: Clock
  readonly forward: MakeForward
}

/** Hosts remembered with their names; beyond it all are looked at anew. */
const MAX_HOSTS = 4096
/** For the first list of a name that was never called, ms. */
const FIRST_LIST_MS = 5000

/** The shared port. */
export function sharedRoute ({ directory, clock, forward }: OutboundParts): Route {
  const names = new Map<string, string>()
  return head => {
    const { host } = head
    let name = names.get(host)
    if (name === undefined) {
      const named = serviceNamed(host)
      if (named.kind === 'nobody') return noServiceNamed()
      if (named.kind === 'foreign') return notAService(host)
      if (names.size >= MAX_HOSTS) names.clear()
      names.set(host, name = named.name)
    }
    return toUpstream(name, directory, clock, upstream => forward(upstream, head, undefined))
  }
}

/** A port of one upstream. Its Host is the service's name where the caller wrote the address of this machine; a page that has pointed a name of its own here (DNS rebinding) gets nothing. */
export function singleRoute (service: string, { directory, clock, forward }: OutboundParts): Route {
  const own = `${service}.service.roster`
  const hosts = new Map<string, boolean>()
  return head => {
    const { host } = head
    let isLocal = hosts.get(host)
    if (isLocal === undefined) {
      const named = serviceNamed(host)
      if (named.kind === 'foreign' || (named.kind === 'service' && named.name !== service)) return foreignHost(host, service)
      if (hosts.size >= MAX_HOSTS) hosts.clear()
      hosts.set(host, isLocal = named.kind === 'nobody')
    }
    return toUpstream(service, directory, clock, upstream => forward(upstream, head, isLocal ? own : undefined))
  }
}

function toUpstream (name: string, directory: Directory, clock: Clock, forward: (upstream: NamedUpstream) => Decision): Decision | Promise<Decision> {
  const upstream = directory.find(name) ?? directory.open(name)
  if (upstream === undefined) return tooManyNames()
  upstream.usedAt = clock.monotonic()
  if (upstream.registered) return forward(upstream)
  if (upstream.source.snapshot().complete && upstream.service.lanes.known) return notRegistered(name)
  return upstream.source.ready({ timeout: FIRST_LIST_MS }).then(
    () => upstream.registered ? forward(upstream) : notRegistered(name),
    (error: Error) => notReady(error.message)
  )
}
