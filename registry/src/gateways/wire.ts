// A service behind a gateway as answers show it.

import type { Json } from '../catalog/wire.js'
import type { GatewayService } from './gateway-services.js'

export const gatewayServiceJson = (of: GatewayService): Json => ({
  Gateway: { Name: of.gateway },
  Service: { Name: of.service },
  GatewayKind: of.kind,
  ...(of.port === 0 ? {} : { Port: of.port }),
  ...(of.protocol === '' ? {} : { Protocol: of.protocol }),
  ...(of.hosts.length === 0 ? {} : { Hosts: of.hosts }),
  ...(of.caFile === '' ? {} : { CAFile: of.caFile }),
  ...(of.certFile === '' ? {} : { CertFile: of.certFile }),
  ...(of.keyFile === '' ? {} : { KeyFile: of.keyFile }),
  ...(of.sni === '' ? {} : { SNI: of.sni }),
  ...(of.fromWildcard ? { FromWildcard: true } : {}),
  ...(of.serviceKind === '' ? {} : { ServiceKind: of.serviceKind }),
  CreateIndex: of.createIndex,
  ModifyIndex: of.modifyIndex,
  ...(of.autoHostRewrite ? { AutoHostRewrite: true } : {}),
})
