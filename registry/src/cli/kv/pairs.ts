// Pairs with their flags digit by digit: flags are integers of 64 bits, and those of locks are beyond what a number holds.

import { kvPath } from '@roster/client/api'
import { uint64 } from '../../exact-json.js'
import type { Answer, KvPair, ReadOptions, RosterApi } from '@roster/client/api'

export interface ExactPair extends Omit<KvPair, 'Flags'> {
  /** Decimal digits. */
  readonly Flags: string
}

/** Quotes the digits of every `Flags`; in a key or a session the name cannot stand like this, since its quotes would be escaped. */
const FLAGS = /(?<!\\)("Flags":\s*)(\d+)/g

const decode = (bytes: Buffer): readonly ExactPair[] => JSON.parse(bytes.toString('utf8').replace(FLAGS, '$1"$2"')) as readonly ExactPair[] ?? []

/** `undefined`: no such key. */
export async function exactPair (api: RosterApi, key: string, options: ReadOptions = {}): Promise<Answer<ExactPair | undefined>> {
  const { value, meta } = await ask(api, key, {}, options)
  return { value: value[0], meta }
}

/** All pairs below a prefix. */
export const exactPairs = (api: RosterApi, prefix: string, options: ReadOptions = {}): Promise<Answer<readonly ExactPair[]>> => ask(api, prefix, { recurse: true }, options)

const ask = (api: RosterApi, path: string, query: { readonly recurse?: true }, options: ReadOptions): Promise<Answer<readonly ExactPair[]>> =>
  api.transport.call({ method: 'GET', path: kvPath(path), query, accept: ({ status, bytes }) => status === 404 && bytes.length === 0, decode: ({ status, bytes }) => status === 404 ? [] : decode(bytes) }, options)

/** A pair as JSON shows it to watchers and to `-o json`. */
export const pairJson = ({ Key, CreateIndex, ModifyIndex, LockIndex, Flags, Value, Session }: ExactPair): object =>
  ({ Key, CreateIndex, ModifyIndex, LockIndex, Flags: uint64(Flags), Value, Session: Session ?? '' })
