// The list of kinds of config entries. A new one is a file in kinds/ and a line here.

import { apiGateway } from './kinds/api-gateway.js'
import { boundApiGateway } from './kinds/bound-api-gateway.js'
import { fileSystemCertificate, inlineCertificate } from './kinds/certificates.js'
import { exportedServices } from './kinds/exported-services.js'
import { httpRoute } from './kinds/http-route.js'
import { ingressGateway } from './kinds/ingress-gateway.js'
import { jwtProvider } from './kinds/jwt-provider.js'
import { mesh } from './kinds/mesh.js'
import { proxyDefaults } from './kinds/proxy-defaults.js'
import { samenessGroup } from './kinds/sameness-group.js'
import { serviceDefaults } from './kinds/service-defaults.js'
import { serviceIntentions } from './kinds/service-intentions.js'
import { serviceResolver } from './kinds/service-resolver.js'
import { serviceRouter } from './kinds/service-router.js'
import { serviceSplitter } from './kinds/service-splitter.js'
import { tcpRoute } from './kinds/tcp-route.js'
import { terminatingGateway } from './kinds/terminating-gateway.js'
import type { SomeEntryKind } from './entry-kind.js'
import type { ApiGateway } from './kinds/api-gateway.js'
import type { BoundApiGateway } from './kinds/bound-api-gateway.js'
import type { Certificate } from './kinds/certificates.js'
import type { ExportedServices } from './kinds/exported-services.js'
import type { HttpRoute } from './kinds/http-route.js'
import type { IngressGateway } from './kinds/ingress-gateway.js'
import type { JwtProvider } from './kinds/jwt-provider.js'
import type { Mesh } from './kinds/mesh.js'
import type { ProxyDefaults } from './kinds/proxy-defaults.js'
import type { ServiceDefaults } from './kinds/service-defaults.js'
import type { ServiceIntentions } from './kinds/service-intentions.js'
import type { ServiceResolver } from './kinds/service-resolver.js'
import type { ServiceRouter } from './kinds/service-router.js'
import type { ServiceSplitter } from './kinds/service-splitter.js'
import type { TcpRoute } from './kinds/tcp-route.js'
import type { TerminatingGateway } from './kinds/terminating-gateway.js'

const list: readonly SomeEntryKind[] = [
  serviceDefaults,
  proxyDefaults,
  serviceRouter,
  serviceSplitter,
  serviceResolver,
  ingressGateway,
  terminatingGateway,
  serviceIntentions,
  mesh,
  exportedServices,
  samenessGroup,
  apiGateway,
  boundApiGateway,
  httpRoute,
  tcpRoute,
  fileSystemCertificate,
  inlineCertificate,
  jwtProvider,
]

/** What an entry of a kind is, where its content is looked at. */
export interface EntryOf {
  'service-defaults': ServiceDefaults
  'proxy-defaults': ProxyDefaults
  'service-router': ServiceRouter
  'service-splitter': ServiceSplitter
  'service-resolver': ServiceResolver
  'ingress-gateway': IngressGateway
  'terminating-gateway': TerminatingGateway
  'service-intentions': ServiceIntentions
  mesh: Mesh
  'exported-services': ExportedServices
  'api-gateway': ApiGateway
  'bound-api-gateway': BoundApiGateway
  'http-route': HttpRoute
  'tcp-route': TcpRoute
  'inline-certificate': Certificate
  'file-system-certificate': Certificate
  'jwt-provider': JwtProvider
}

const byName = new Map(list.map(of => [of.kind, of]))

/** Kinds are told apart by letter case too. */
export const entryKind = (kind: string): SomeEntryKind | undefined => byName.get(kind)
