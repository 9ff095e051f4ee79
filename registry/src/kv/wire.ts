// The JSON shape of a key, as clients know it.

import { uint64 } from '../exact-json.js'
import type { Json } from '../catalog/wire.js'
import type { KvEntry, KvRecord } from '../state/kv.js'

/** @param withValue false where a write is echoed: the value is `null` then, as an empty one is */
export function kvJson ({ value: record, createIndex, modifyIndex }: KvEntry, withValue = true): Json {
  const out: Record<string, unknown> = {
    LockIndex: record.lockIndex,
    Key: record.key,
    Flags: uint64(record.flags),
    Value: withValue && record.value !== '' ? record.value : null,
  }
  if (record.session !== '') out['Session'] = record.session
  out['CreateIndex'] = createIndex
  out['ModifyIndex'] = modifyIndex
  return out
}

export const kvBytes = (record: KvRecord): Buffer => Buffer.from(record.value, 'base64')
