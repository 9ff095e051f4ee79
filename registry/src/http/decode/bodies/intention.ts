// Body of connect/intentions: one intention, in the form that answers have too.

import { anyMap, list, mapOf, optional, texts } from '../collection-kinds.js'
import { flag, int, text, textOf, uint64 } from '../scalar-kinds.js'
import { field, table } from '../table.js'
import type { Value } from '../kind.js'

const action = textOf('structs.IntentionAction')

const jwt = table({ name: 'IntentionJWTRequirement', type: 'structs.IntentionJWTRequirement' }, {
  Providers: field('Providers', list(table({ name: 'IntentionJWTProvider', type: 'structs.IntentionJWTProvider' }, {
    Name: field('Name', text),
    VerifyClaims: field('VerifyClaims', list(table({ name: 'IntentionJWTClaimVerification', type: 'structs.IntentionJWTClaimVerification' }, {
      Path: field('Path', texts),
      Value: field('Value', text),
    }))),
  }))),
})

const permission = table({ name: 'IntentionPermission', type: 'structs.IntentionPermission' }, {
  Action: field('Action', action),
  HTTP: field('HTTP', optional(table({ name: 'IntentionHTTPPermission', type: 'structs.IntentionHTTPPermission' }, {
    PathExact: field('PathExact', text),
    PathPrefix: field('PathPrefix', text),
    PathRegex: field('PathRegex', text),
    Header: field('Header', list(table({ name: 'IntentionHTTPHeaderPermission', type: 'structs.IntentionHTTPHeaderPermission' }, {
      Name: field('Name', text),
      Present: field('Present', flag),
      Exact: field('Exact', text),
      Prefix: field('Prefix', text),
      Suffix: field('Suffix', text),
      Contains: field('Contains', text),
      Regex: field('Regex', text),
      Invert: field('Invert', flag),
      IgnoreCase: field('IgnoreCase', flag),
    }))),
    Methods: field('Methods', texts),
  }))),
  JWT: field('JWT', optional(jwt)),
})

/** Properties are named as in the config entry that the intention becomes part of. */
export const intentionBody = table({ name: 'Intention', type: 'structs.Intention', own: 'strict' }, {
  ID: field('ID', text),
  Description: field('Description', text),
  SourceNS: field('SourceNS', text),
  SourceName: field('SourceName', text),
  DestinationNS: field('DestinationNS', text),
  DestinationName: field('DestinationName', text),
  SourcePartition: field('SourcePartition', text),
  DestinationPartition: field('DestinationPartition', text),
  SourcePeer: field('SourcePeer', text),
  SourceSamenessGroup: field('SourceSamenessGroup', text),
  SourceType: field('SourceType', textOf('structs.IntentionSourceType')),
  Action: field('Action', action),
  Permissions: field('Permissions', list(permission)),
  Meta: field('Meta', mapOf(text)),
}, {
  // What answers show and writers therefore send back: taken, and not looked at.
  JWT: field('JWT', anyMap),
  DefaultAddr: field('DefaultAddr', text),
  DefaultPort: field('DefaultPort', int),
  Precedence: field('Precedence', int),
  CreatedAt: field('CreatedAt', text),
  UpdatedAt: field('UpdatedAt', text),
  Hash: field('Hash', text),
  CreateIndex: field('CreateIndex', uint64),
  ModifyIndex: field('ModifyIndex', uint64),
})

export type IntentionBody = Value<typeof intentionBody>
