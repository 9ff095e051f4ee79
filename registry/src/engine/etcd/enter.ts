// The way into a prefix: is etcd there, is it new enough, is what lies there ours, may this version read it? A prefix with nothing in it becomes ours.

import { EngineError } from '../engine.js'
import { EtcdError } from './client.js'
import { FIRST_STEPS } from './revisions.js'
import type { Clock } from '../../clock.js'
import type { EtcdClient } from './client.js'
import type { Status } from './messages.js'
import type { Names } from './names.js'

/** What stands under `<prefix>meta`. */
interface Marker {
  readonly roster: 'registry'
  /** Of the keys' layout. */
  readonly form: number
  /** Of the tables. */
  readonly schema: number
  readonly madeBy: string
}

const FORM = 1
/** Compares over ranges came with 3.3, requests for a watch's progress with 3.4. */
const OLDEST = [3, 4] as const
const TRY_FOR_MS = 10_000
const PAUSE_MS = 200

export interface Entering {
  readonly prefix: string
  readonly schema: number
  readonly madeBy: string
  readonly readOnly: boolean
}

/** @throws EngineError `UNREACHABLE`, `DENIED`, `UNSUPPORTED`, `FOREIGN`, `NEWER`, `READ_ONLY` */
export async function enterPrefix (client: EtcdClient, names: Names, entering: Entering, clock: Clock): Promise<void> {
  const end = clock.monotonic() + TRY_FOR_MS
  for (;;) {
    try {
      return await enterOnce(client, names, entering)
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error
      const { failure, message } = error
      if (failure === 'denied') throw new EngineError('DENIED', `etcd refuses: ${message}`, { cause: error })
      if (failure === 'no-space') throw new EngineError('NO_SPACE', `etcd's quota is used up: ${message}`, { cause: error })
      if (failure !== 'unreachable' && failure !== 'busy') throw new EngineError('UNREACHABLE', message, { cause: error })
      if (clock.monotonic() >= end) throw new EngineError('UNREACHABLE', `none of ${client.endpoints.join(', ')} answers as etcd with a leader does: ${message}`, { cause: error })
      await new Promise<void>(resolve => { clock.after(PAUSE_MS, resolve) })
    }
  }
}

async function enterOnce (client: EtcdClient, names: Names, { prefix, schema, madeBy, readOnly }: Entering): Promise<void> {
  judgeVersion(await client.status(), client)
  // In one look: another server may be making the prefix its own at this moment.
  const { ranges } = await client.txn({ then: [{ range: { key: names.meta } }, { range: { key: names.prefix, end: names.end, limit: 1, keysOnly: true } }] })
  const [{ kvs } = { kvs: [] }, { kvs: others } = { kvs: [] }] = ranges
  if (kvs.length > 0) {
    const marker = markerOf(kvs[0]!.value, prefix)
    if (marker.form > FORM || marker.schema > schema) throw new EngineError('NEWER', `${prefix} in etcd was written by Roster ${marker.madeBy} (form ${marker.form}, schema ${marker.schema}); this is Roster ${madeBy} (form ${FORM}, schema ${schema})`)
    if (marker.schema === schema || readOnly) return
    await client.txn({ compares: [{ key: names.meta, mod: kvs[0]!.mod, is: 'equal' }], then: [{ put: names.meta, value: encode({ roster: 'registry', form: FORM, schema, madeBy }) }] })
    return
  }
  if (others.length > 0) throw new EngineError('FOREIGN', `${prefix} in etcd holds keys that are not Roster's, such as ${JSON.stringify(others[0]!.key.toString())}: give the registry a prefix of its own`)
  if (readOnly) throw new EngineError('READ_ONLY', `${prefix} in etcd is empty, and a read-only server does not begin a registry: start a server that writes first`)
  const head = Buffer.from('begun')
  // Another server may be as quick: then it is there now, and is looked at again.
  const { succeeded } = await client.txn({
    compares: [{ key: names.meta, mod: 0, is: 'equal' }],
    then: [
      { put: names.meta, value: encode({ roster: 'registry', form: FORM, schema, madeBy }) },
      { put: names.count, value: Buffer.from(JSON.stringify(FIRST_STEPS)) },
      { put: names.fence, value: Buffer.from(JSON.stringify({ hold: false, by: '' })) },
      { put: names.head, value: head },
    ],
  })
  if (!succeeded) await enterOnce(client, names, { prefix, schema, madeBy, readOnly })
}

const encode = (marker: Marker): Buffer => Buffer.from(JSON.stringify(marker))

function markerOf (value: Buffer, prefix: string): Marker {
  try {
    const marker = JSON.parse(value.toString()) as Partial<Marker>
    if (marker.roster === 'registry' && typeof marker.form === 'number' && typeof marker.schema === 'number') return marker as Marker
  } catch { /* said below */ }
  throw new EngineError('FOREIGN', `${prefix}meta in etcd is not a registry's: give the registry a prefix of its own`)
}

function judgeVersion ({ version }: Status, client: EtcdClient): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new EngineError('UNSUPPORTED', `etcd at ${client.endpoint} is version ${version}; Roster needs ${OLDEST.join('.')} or newer`)
}
