// The name that a certificate of the mesh carries, a SPIFFE ID: who speaks, in which cluster. Source: the SPIFFE-ID standard, and the paths that the
// compatible servers give.

import { parseGoUrl } from '../health/kinds/http/go-url.js'
import { NetError } from '../health/net/net-error.js'

export type CertIdentity =
  | { readonly kind: 'service', readonly trustDomain: string, readonly namespace: string, readonly datacenter: string, readonly service: string }
  /** An agent, a server, a mesh gateway or the authority itself: nobody who calls services. */
  | { readonly kind: 'other' }

const SERVICE = /^(?:\/ap\/[^/]+)?\/ns\/([^/]+)\/dc\/([^/]+)\/svc\/([^/]+)$/
const OTHERS: readonly RegExp[] = [/^(?:\/ap\/[^/]+)?\/agent\/client\/dc\/[^/]+\/id\/[^/]+$/, /^\/agent\/server\/dc\/[^/]+$/, /^(?:\/ap\/[^/]+)?\/gateway\/mesh\/dc\/[^/]+$/]

/** `undefined`: no name of the mesh. */
export function parseCertUri (text: string): CertIdentity | undefined {
  try {
    const { scheme, host, path } = parseGoUrl(text)
    if (scheme !== 'spiffe') return undefined
    const [, namespace, datacenter, service] = SERVICE.exec(path) ?? []
    if (service !== undefined) return { kind: 'service', trustDomain: host, namespace: decodeURIComponent(namespace!), datacenter: decodeURIComponent(datacenter!), service: decodeURIComponent(service) }
    const isOther = OTHERS.some(pattern => pattern.test(path)) || (path === '' && host.indexOf('.') > 0)
    return isOther ? { kind: 'other' } : undefined
  } catch (error) {
    if (error instanceof NetError || error instanceof URIError) return undefined
    throw error
  }
}
