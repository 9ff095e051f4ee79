// Names of services in intentions, as the command line takes and shows them. Pure.

import type { Intention, IntentionBody } from '@roster/client/api'

/** `namespace/name`, or the name alone. A namespace other than default is sent on, for the server to refuse. */
export interface ScopedName { readonly namespace: string, readonly name: string }

export function scopedName (word: string): ScopedName {
  const slash = word.indexOf('/')
  return slash < 0 ? { namespace: 'default', name: word } : { namespace: word.slice(0, slash), name: word.slice(slash + 1) }
}

const shown = (namespace: string | undefined, name: string): string => namespace === undefined || namespace === '' || namespace === 'default' ? name : `${namespace}/${name}`

type Named = Partial<Pick<Intention, 'SourceNS' | 'SourceName' | 'DestinationNS' | 'DestinationName' | 'Action' | 'Permissions'>> | IntentionBody

export const sourceOf = (intention: Named): string => shown('SourceNS' in intention ? intention.SourceNS : undefined, intention.SourceName ?? '')
export const destinationOf = (intention: Named): string => shown('DestinationNS' in intention ? intention.DestinationNS : undefined, intention.DestinationName ?? '')

/** What it does: allow, deny, or so many rules over requests. */
export const actionOf = ({ Action, Permissions }: Named): string =>
  Permissions !== undefined && Permissions !== null && Permissions.length > 0 ? `${Permissions.length} permissions` : Action ?? ''

/** `web => db (deny)` */
export const arrow = (intention: Named): string => `${sourceOf(intention)} => ${destinationOf(intention)} (${actionOf(intention)})`
