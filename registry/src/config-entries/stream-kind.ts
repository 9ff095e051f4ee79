// Kind `config` of the watch stream: config entries, all, of one kind, or one by kind and name.

import { entryKind } from './kinds.js'
import { entryJson } from './wire.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { ConfigEntryEntry } from '../state/config-entries.js'
import type { StreamKind } from '../stream/kind.js'

export const configKind: StreamKind = {
  kind: 'config',
  subject ({ state: { configEntries } }, params) {
    const kind = textParam(params, 'kind')
    const name = textParam(params, 'name')
    if (kind !== '' && entryKind(kind) === undefined) return `"params.kind" is no kind of config entry: ${kind}`
    if (kind === '' && name !== '') return 'config needs "params.kind" beside "params.name"'
    const found = (): readonly ConfigEntryEntry[] => kind === '' ? configEntries.all() : name === '' ? configEntries.ofKind(kind) : [configEntries.get(kind, name) ?? []].flat()
    return {
      name: name === '' ? kind : `${kind}/${name}`,
      topics: () => [kind === '' ? topics.configEntries : name === '' ? topics.configKind(kind) : topics.configEntry(kind, name)],
      * rows () {
        for (const entry of found()) yield { key: `${entry.value.kind}/${entry.value.name}`, version: String(entry.modifyIndex), json: () => entryJson(entry) }
      },
    }
  },
}
