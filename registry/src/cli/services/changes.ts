// What has changed between two answers about a service. Pure.

import { coloured } from '../colour.js'
import { addressOf, worstOf } from '../health-text.js'
import type { CheckStatus, HealthEntry } from '@roster/client/api'

export interface Change {
  readonly Kind: 'added' | 'removed' | 'changed'
  readonly Node: string
  readonly ServiceID: string
  readonly Address: string
  /** '' before an instance came and after it went. */
  readonly From: CheckStatus | ''
  readonly To: CheckStatus | ''
  /** For people; not part of the JSON. */
  readonly line: (colours: boolean) => string
}

const keyOf = ({ Node, Service }: HealthEntry): string => `${Node.Node}\0${Service.ID}`

/** Instances in the order of `after`, those that went last. One whose address, tags and health are as they were is not told. */
export function changesBetween (before: readonly HealthEntry[], after: readonly HealthEntry[]): readonly Change[] {
  const known = new Map(before.map(entry => [keyOf(entry), entry]))
  const changes: Change[] = []
  for (const entry of after) {
    const old = known.get(keyOf(entry))
    known.delete(keyOf(entry))
    if (old === undefined) changes.push(change('added', entry, '', worstOf(entry.Checks)))
    else if (told(old) !== told(entry)) changes.push(change('changed', entry, worstOf(old.Checks), worstOf(entry.Checks)))
  }
  for (const entry of known.values()) changes.push(change('removed', entry, worstOf(entry.Checks), ''))
  return changes
}

const told = (entry: HealthEntry): string => JSON.stringify([addressOf(entry), worstOf(entry.Checks), entry.Service.Tags, entry.Service.Meta, entry.Service.Weights])

const SIGNS = { added: '+', removed: '-', changed: '~' } as const

function change (kind: Change['Kind'], entry: HealthEntry, from: CheckStatus | '', to: CheckStatus | ''): Change {
  const { Node: { Node }, Service: { ID } } = entry
  const Address = addressOf(entry)
  return Object.defineProperty({ Kind: kind, Node, ServiceID: ID, Address, From: from, To: to } as Change, 'line', {
    value: (colours: boolean) => {
      const health = kind === 'changed' && from !== to ? `${coloured(from, colours)} -> ${coloured(to, colours)}` : coloured(to || from, colours)
      return `${SIGNS[kind]} ${ID}  ${Node}  ${Address}  ${health}`
    },
  })
}
