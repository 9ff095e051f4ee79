// An intention as answers show it.

import { createHash } from 'node:crypto'
import { DEFAULT } from '../chain/chain.js'
import { jwtRequirement, permission } from '../config-entries/kinds/service-intentions.js'
import type { Json } from '../catalog/wire.js'
import type { Intention } from './intention.js'

/** Of the content; only intentions with an id have one, for those who copy them. */
const hashOf = (content: Json): string => createHash('sha256').update(JSON.stringify(content)).digest('base64')

export function intentionJson (of: Intention): Json {
  const { legacy, permissions, meta } = of
  const content: Json = {
    ...(legacy === undefined ? {} : { ID: legacy.id }),
    ...(of.description === '' ? {} : { Description: of.description }),
    SourceNS: DEFAULT,
    SourceName: of.source,
    DestinationNS: DEFAULT,
    DestinationName: of.destination,
    ...(of.peer === '' ? {} : { SourcePeer: of.peer }),
    SourceType: of.sourceType,
    ...(of.action === '' ? {} : { Action: of.action }),
    ...(permissions === null || permissions.length === 0 ? {} : { Permissions: permissions.map(permission.show) }),
    ...(of.jwt === null ? {} : { JWT: jwtRequirement.show(of.jwt) }),
    ...(meta === null || Object.keys(meta).length === 0 ? {} : { Meta: meta }),
    Precedence: of.precedence,
  }
  const times = legacy === undefined ? {} : { CreatedAt: legacy.createdAt, UpdatedAt: legacy.updatedAt }
  return { ...times, ...content, ...(legacy === undefined ? {} : { Hash: hashOf(content) }), CreateIndex: of.createIndex, ModifyIndex: of.modifyIndex }
}
