// Keys of gossip: there is no gossip here, so there are no keys, and the answers say so in the words that clients know.

import { Base64Error, parseBase64 } from '../http/decode/base64.js'
import type { RuntimeConfig } from '../config/runtime-config.js'

/** What each of the two pools says, first the wide one. */
function several (pools: ReadonlyArray<readonly string[]>): string {
  const lines = pools.flat()
  return `${lines.length} errors occurred:\n${lines.map(line => `\t* ${line}\n`).join('')}\n`
}

const refused = (pool: string, member: string, why: string): readonly string[] => [`${pool} error: 1/1 nodes reported failure`, `${member}: ${why} (encryption not enabled)`]

/** @param localOnly leave the wide pool out */
export function keyringListError ({ datacenter, node }: RuntimeConfig, localOnly: boolean): string {
  const lan = refused(`${datacenter} (LAN)`, node.name, 'Keyring is empty')
  return several(localOnly ? [lan] : [refused('WAN', `${node.name}.${datacenter}`, 'Keyring is empty'), lan])
}

/** @param key that is to be added, used or removed: base64 */
export function keyringChangeError ({ datacenter, node }: RuntimeConfig, key: string): string {
  const lan = `${datacenter} (LAN)`
  try {
    parseBase64(key)
  } catch (error) {
    if (!(error instanceof Base64Error)) throw error
    return several(['WAN', lan].map(pool => [`${pool} error: ${error.message}`]))
  }
  const why = 'No keyring to modify'
  return several([refused('WAN', `${node.name}.${datacenter}`, why), refused(lan, node.name, why)])
}
