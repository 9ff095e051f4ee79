// Parts that service-defaults and proxy-defaults share with each other: how proxies are reached, what they expose, log and are extended by.

import { severalErrors } from '../../catalog/service-rules.js'
import { goQuote } from '../../http/decode/go-text.js'
import { JsonSyntaxError, parseJson } from '../../http/decode/json.js'
import { always, filled, shape } from '../../http/decode/weak/shape.js'
import { anyMap, list } from '../../http/decode/weak/weak-lists.js'
import { flag, int, text, textOf } from '../../http/decode/weak/weak-scalars.js'
import type { WeakValue } from '../../http/decode/weak/weak-kind.js'

export const proxyMode = textOf('structs.ProxyMode')
export const mutualTlsMode = textOf('structs.MutualTLSMode')

export const meshGateway = shape('structs.MeshGatewayConfig', {
  /** '', none, local or remote; not judged when it is stored. */
  Mode: filled(textOf('structs.MeshGatewayMode')),
})

export const transparentProxy = shape('structs.TransparentProxyConfig', {
  OutboundListenerPort: filled(int, 'outbound_listener_port'),
  DialedDirectly: filled(flag, 'dialed_directly'),
})

export const expose = shape('structs.ExposeConfig', {
  Checks: filled(flag),
  Paths: filled(list(shape('structs.ExposePath', {
    ListenerPort: filled(int, 'listener_port'),
    Path: filled(text),
    LocalPathPort: filled(int, 'local_path_port'),
    Protocol: filled(text),
    ParsedFromCheck: filled(flag, 'parsed_from_check'),
  }))),
})

export const accessLogs = shape('structs.AccessLogsConfig', {
  Enabled: filled(flag),
  DisableListenerLogs: filled(flag, 'disable_listener_logs'),
  /** '', file, stderr or stdout. */
  Type: filled(textOf('structs.LogSinkType')),
  Path: filled(text),
  JSONFormat: filled(text, 'json_format'),
  TextFormat: filled(text, 'text_format'),
})

export function accessLogsProblem (logs: WeakValue<typeof accessLogs>): string | undefined {
  if (!['', 'file', 'stderr', 'stdout'].includes(logs.Type)) return `invalid access log type: ${logs.Type}`
  if (logs.Type === 'file' && logs.Path === '') return 'path must be specified when using file type access logs'
  if (logs.JSONFormat !== '' && logs.TextFormat !== '') return 'cannot specify both access log JSONFormat and TextFormat'
  if (logs.Type !== 'file' && logs.Path !== '') return 'path is only valid for file type access logs'
  if (logs.JSONFormat === '') return undefined
  try {
    parseJson(Buffer.from(logs.JSONFormat), { whole: true })
    return undefined
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return `invalid access log json for JSON format: ${error.message}`
  }
}

export const envoyExtensions = list(shape('structs.EnvoyExtension', {
  Name: always(text),
  Required: always(flag),
  Arguments: always(anyMap),
  ConsulVersion: always(text),
  EnvoyVersion: always(text),
}))

/** Extensions that can be named. What they are told is not judged here: nobody but the proxy knows it. */
const EXTENSIONS: readonly string[] = ['builtin/otel-access-logging', 'builtin/lua', 'builtin/aws/lambda', 'builtin/property-override', 'builtin/wasm', 'builtin/ext-authz']

/** One condition on a version: an operator and a version. */
const CONDITION = /^\s*(=|!=|>|<|>=|<=|~>)?\s*v?\d+(\.\d+)*(-?[0-9A-Za-z.~-]+)?(\+[0-9A-Za-z.~-]+)?\s*$/

export function extensionErrors (extensions: WeakValue<typeof envoyExtensions>): string[] {
  return (extensions ?? []).flatMap((extension, i) => {
    const at = `invalid EnvoyExtensions[${i}]`
    if (extension.Name === '') return [`${at}: Name is required`]
    for (const field of ['EnvoyVersion', 'ConsulVersion'] as const) {
      const malformed = extension[field] === '' ? undefined : extension[field].split(',').find(condition => !CONDITION.test(condition))
      if (malformed !== undefined) return [`${at}.${field}: Malformed constraint: ${malformed}`]
    }
    return EXTENSIONS.includes(extension.Name) ? [] : [`${at}[${extension.Name}]: name ${goQuote(extension.Name)} is not a built-in extension`]
  })
}

export function extensionProblem (extensions: WeakValue<typeof envoyExtensions>): string | undefined {
  const found = extensionErrors(extensions)
  return found.length === 0 ? undefined : severalErrors(found)
}

export const mutualTlsProblem = (mode: string): string | undefined =>
  ['', 'strict', 'permissive'].includes(mode) ? undefined : `Invalid MutualTLSMode ${goQuote(mode)}. Must be one of "", "strict", or "permissive".`
