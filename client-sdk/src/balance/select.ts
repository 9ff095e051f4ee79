// Which instances of a service are meant at all: by tags, metadata, version. Not by health; that is the balancer's.

import type { Instance } from './instance.js'

/** All that is given must hold; nothing given is everybody. */
export interface Selector {
  /** Tags it must have, in any letter case; `!blue`: must not have. */
  readonly tags?: readonly string[]
  /** Metadata it must have, letter by letter. */
  readonly meta?: Readonly<Record<string, string>>
  /** Of the metadata `version`: `1.4.2` that very one, `1.4` or `1.4.x` any 1.4, `1` or `1.x` any 1. A leading `v` does not count. */
  readonly version?: string
}

/** Compiled once, asked for each instance at each change. */
export function selects (selector: Selector): (instance: Pick<Instance, 'tags' | 'meta'>) => boolean {
  const wanted = (selector.tags ?? []).filter(tag => !tag.startsWith('!')).map(fold)
  const unwanted = (selector.tags ?? []).filter(tag => tag.startsWith('!')).map(tag => fold(tag.slice(1)))
  const meta = Object.entries(selector.meta ?? {})
  const version = selector.version === undefined ? undefined : parts(selector.version).filter(part => !/^[xX*]$/.test(part))
  return instance => {
    const tags = wanted.length + unwanted.length === 0 ? undefined : new Set(instance.tags.map(fold))
    return wanted.every(tag => tags!.has(tag)) &&
      !unwanted.some(tag => tags!.has(tag)) &&
      meta.every(([key, value]) => Object.hasOwn(instance.meta, key) && instance.meta[key] === value) &&
      (version === undefined || hasVersion(instance.meta, version))
  }
}

const fold = (tag: string) => tag.toLowerCase()
const parts = (version: string) => version.trim().replace(/^v(?=\d)/i, '').split('.')

function hasVersion (meta: Instance['meta'], wanted: readonly string[]): boolean {
  if (!Object.hasOwn(meta, 'version')) return false
  const has = parts(meta['version']!)
  return wanted.every((part, i) => has[i] === part)
}
