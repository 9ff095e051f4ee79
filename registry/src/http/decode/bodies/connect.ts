// Bodies of connect/ca/configuration and agent/connect/authorize.

import { anyMap, textMap } from '../collection-kinds.js'
import { flag, text, uint64 } from '../scalar-kinds.js'
import { field, table } from '../table.js'
import type { Value } from '../kind.js'

export const caConfiguration = table({ name: 'CAConfiguration', type: 'structs.CAConfiguration' }, {
  Provider: field('Provider', text),
  Config: field('Config', anyMap),
  State: field('State', textMap),
  ForceWithoutCrossSigning: field('ForceWithoutCrossSigning', flag, 'force_without_cross_signing'),
}, {
  ClusterID: field('ClusterID', text),
  CreateIndex: field('CreateIndex', uint64),
  ModifyIndex: field('ModifyIndex', uint64),
})

export const connectAuthorize = table({ name: 'ConnectAuthorizeRequest', type: 'structs.ConnectAuthorizeRequest' }, {
  /** Service that is called. */
  Target: field('Target', text),
  /** Name in the caller's certificate. */
  ClientCertURI: field('ClientCertURI', text),
  ClientCertSerial: field('ClientCertSerial', text),
})

export type ConnectAuthorizeBody = Value<typeof connectAuthorize>
