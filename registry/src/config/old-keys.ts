// Keys that Consul has given new names: the old ones work, with a warning, as long as the new one is not set in the same file.

import type { Context } from './context.js'
import type { AgentFragment } from './keys/agent.js'

/** Old path, new path. A list is added to the new one, everything else stands in for it. */
const RENAMED: ReadonlyArray<readonly [old: string, now: string]> = [
  ['acl_agent_master_token', 'acl.tokens.agent_recovery'],
  ['acl.tokens.agent_master', 'acl.tokens.agent_recovery'],
  ['acl_agent_token', 'acl.tokens.agent'],
  ['acl_token', 'acl.tokens.default'],
  ['acl_master_token', 'acl.tokens.initial_management'],
  ['acl.tokens.master', 'acl.tokens.initial_management'],
  ['acl_replication_token', 'acl.tokens.replication'],
  ['enable_acl_replication', 'acl.enable_token_replication'],
  ['acl_datacenter', 'primary_datacenter'],
  ['acl_default_policy', 'acl.default_policy'],
  ['acl_down_policy', 'acl.down_policy'],
  ['acl_enable_key_list_policy', 'acl.enable_key_list_policy'],
  ['acl_ttl', 'acl.token_ttl'],
  ['ca_file', 'tls.defaults.ca_file'],
  ['ca_path', 'tls.defaults.ca_path'],
  ['cert_file', 'tls.defaults.cert_file'],
  ['key_file', 'tls.defaults.key_file'],
  ['tls_cipher_suites', 'tls.defaults.tls_cipher_suites'],
  ['tls_min_version', 'tls.defaults.tls_min_version'],
  ['verify_incoming', 'tls.defaults.verify_incoming'],
  ['verify_incoming_https', 'tls.https.verify_incoming'],
  ['verify_incoming_rpc', 'tls.internal_rpc.verify_incoming'],
  ['verify_outgoing', 'tls.defaults.verify_outgoing'],
  ['verify_server_hostname', 'tls.internal_rpc.verify_server_hostname'],
  ['start_join', 'retry_join'],
  ['start_join_wan', 'retry_join_wan'],
  ['ui', 'ui_config.enabled'],
  ['ui_dir', 'ui_config.dir'],
  ['ui_content_path', 'ui_config.content_path'],
]

/** Old keys that nothing came of in the end. */
const RETIRED: ReadonlyArray<readonly [key: string, words: string]> = [
  ['raft_boltdb', "The 'raft_boltdb' field is deprecated. Use the 'raft_logstore.boltdb' field instead."],
  ['tls_prefer_server_cipher_suites', "The 'tls_prefer_server_cipher_suites' field is deprecated and will be ignored."],
]

type Plain = Record<string, unknown>

/** The fragment of one file with its old keys moved. */
export function renameOldKeys (fragment: AgentFragment, context: Context): AgentFragment {
  const moved: Plain = { ...fragment }
  handOn(context, fragment, moved)
  for (const [old, now] of RENAMED) {
    const [from, fromKey] = holder(fragment, old)
    const value = from?.[fromKey]
    if (from === undefined || value === undefined) continue
    context.warn(`The '${old}' field is deprecated. Use the '${now}' field instead.`)
    // The ACLs of old were on as soon as they were given a datacenter.
    if (old === 'acl_datacenter') put(moved, 'acl.enabled', true, from, fromKey, context)
    put(moved, now, value, from, fromKey, context)
  }
  for (const [key, words] of RETIRED) if (moved[key] !== undefined) context.warn(words)
  return moved as AgentFragment
}

function holder (fragment: object, path: string): readonly [block: Plain | undefined, key: string] {
  const steps = path.split('.')
  const key = steps.pop()!
  let block: Plain | undefined = fragment as Plain
  for (const step of steps) block = block?.[step] as Plain | undefined
  return [block, key]
}

/** Sets what is not set, in copies of the blocks on the way, so that a fragment is never changed after it was read. */
function put (root: Plain, path: string, value: unknown, from: object, fromKey: string, context: Context): void {
  const steps = path.split('.')
  const key = steps.pop()!
  let block = root
  for (const step of steps) {
    const before = (block[step] ?? {}) as Plain
    const copy = { ...before }
    handOn(context, before, copy)
    block[step] = copy
    block = copy
  }
  if (Array.isArray(value)) block[key] = [...(block[key] as unknown[] | undefined) ?? [], ...value as unknown[]]
  else if (block[key] === undefined) block[key] = value
  else return
  const at = context.places.of(from, fromKey)
  if (at !== undefined) context.places.note(block, key, at)
}

function handOn (context: Context, from: object, to: object): void {
  for (const key of Object.keys(from)) {
    const at = context.places.of(from, key)
    if (at !== undefined) context.places.note(to, key, at)
  }
}
