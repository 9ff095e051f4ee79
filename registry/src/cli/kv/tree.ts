// `roster kv tree`: the keys below a prefix, drawn as a tree.

import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { barePrefix, expectOne } from './key.js'

export const kvTree = verb({
  usage: 'roster kv tree [options] [PREFIX]',
  text: `Shows the keys below a prefix as a tree.

    $ roster kv tree shop/`,
  flags: flags([
    { name: 'depth', kind: 'int', default: 0, help: 'Levels to show; 0: all. Default: 0.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { depth }, words, api, show }) {
    expectOne(words)
    const prefix = barePrefix(words[0] ?? '')
    const { value } = await attempt('Error querying Consul agent', api().kv.keys(prefix, { separator: '' }))
    show(() => value, () => drawn(grow(value, prefix), depth <= 0 ? Infinity : depth))
    return 0
  },
})

/** What is below a name; a key may have keys below it. */
type Branch = Map<string, Branch>

function grow (keys: readonly string[], prefix: string): Branch {
  const root: Branch = new Map()
  for (const key of keys) {
    let at = root
    // A folder's name keeps its slash, so that the key `a` and what is below `a/` stand apart.
    for (const part of key.slice(prefix.length).match(/[^/]*\/|[^/]+$/g) ?? []) {
      const below = at.get(part) ?? new Map() as Branch
      at.set(part, below)
      at = below
    }
  }
  return root
}

function drawn (branch: Branch, depth: number, indent = ''): string {
  if (depth === 0) return ''
  const names = [...branch.keys()].sort()
  return names.map((name, i) => {
    const last = i === names.length - 1
    return `${indent}${last ? '└── ' : '├── '}${name}\n${drawn(branch.get(name)!, depth - 1, indent + (last ? '    ' : '│   '))}`
  }).join('')
}
