// Which service an authority names. Pure. Only names: an address, or a host of the internet, is none, so that the sidecar cannot be used to reach what is not registered.

import { isIP } from 'node:net'
import { isLoopback } from '@roster/client'

/** What an authority is. */
export type Named =
  | { readonly kind: 'service', readonly name: string }
  /** This machine, without a name: the caller has to say which service it means. */
  | { readonly kind: 'nobody' }
  /** An address or a host that is no name of a service. */
  | { readonly kind: 'foreign' }

/** Ends of the names under which services are known. */
const DOMAIN = /\.service(?:\.[a-z0-9-]+)?\.(?:roster|consul)\.?$/

/**
 * The port does not matter: whoever calls by name leaves it to the registry.
 *
 * @example serviceNamed('payments') → { kind: 'service', name: 'payments' }; also 'Payments:80', 'payments.service.consul', 'payments.service.dc1.consul'
 * @example serviceNamed('10.0.0.7:80'), serviceNamed('example.org') → { kind: 'foreign' }; serviceNamed('localhost:15001') → { kind: 'nobody' }
 */
export function serviceNamed (authority: string): Named {
  const host = hostOf(authority).toLowerCase()
  if (host === '' || isLoopback(host)) return { kind: 'nobody' }
  const name = host.replace(DOMAIN, '').replace(/\.$/, '')
  return /^[a-z0-9]([a-z0-9_-]{0,126}[a-z0-9])?$/.test(name) && isIP(host) === 0 ? { kind: 'service', name } : { kind: 'foreign' }
}

/** Without the port; an IPv6 address keeps its brackets. @example hostOf('[::1]:80') === '[::1]' */
export const hostOf = (authority: string): string => authority.replace(/:\d*$/, '')
