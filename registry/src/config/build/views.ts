// What people and their tools see: log, HTTP answers, page, metrics.

import { isNetwork } from './ip.js'
import { goQuote } from '../../http/decode/go-text.js'
import type { Reader } from '../context.js'
import type { AgentFragment } from '../keys/agent.js'
import type { HttpConfig, LogConfig, LogLevel, TelemetryConfig, UiConfig } from '../runtime-config.js'

/** Words for a level, in any letter case. */
export const LOG_LEVELS: Readonly<Record<string, LogLevel>> = { TRACE: 'TRACE', DEBUG: 'DEBUG', INFO: 'INFO', WARN: 'WARN', ERR: 'ERROR', ERROR: 'ERROR' }

export function buildLog (settings: Reader<AgentFragment>, defaults: LogConfig): LogConfig {
  return {
    // A word that is none is refused once the whole is known: rules.ts.
    level: LOG_LEVELS[settings.get('log_level', defaults.level).toUpperCase()] ?? defaults.level,
    json: settings.get('log_json', defaults.json),
    file: settings.get('log_file', defaults.file),
    rotateDurationMs: settings.duration('log_rotate_duration', defaults.rotateDurationMs),
    rotateBytes: settings.get('log_rotate_bytes', defaults.rotateBytes),
    rotateMaxFiles: settings.get('log_rotate_max_files', defaults.rotateMaxFiles),
  }
}

export function buildHttp (settings: Reader<AgentFragment>, defaults: HttpConfig): HttpConfig {
  const http = settings.block('http_config')
  const own = settings.block('roster')
  const allowWriteFrom = http.get('allow_write_http_from', defaults.allowWriteFrom)
  for (const network of allowWriteFrom) if (!isNetwork(network)) settings.context.problem(`allow_write_http_from: invalid cidr: ${network}`, http.at('allow_write_http_from'))
  return {
    responseHeaders: http.get('response_headers', defaults.responseHeaders),
    blockEndpoints: http.get('block_endpoints', defaults.blockEndpoints),
    allowWriteFrom,
    useCache: http.get('use_cache', defaults.useCache),
    disableUnprintableCharFilter: settings.get('disable_http_unprintable_char_filter', defaults.disableUnprintableCharFilter),
    allowedHosts: own.get('allowed_hosts', defaults.allowedHosts),
    allowedOrigins: own.get('allowed_origins', defaults.allowedOrigins),
  }
}

export function buildUi (settings: Reader<AgentFragment>, defaults: UiConfig): UiConfig {
  const ui = settings.block('ui_config')
  const proxy = ui.block('metrics_proxy')
  return {
    enabled: ui.get('enabled', defaults.enabled),
    readOnly: ui.get('read_only', defaults.readOnly),
    contentPath: contentPath(ui.get('content_path', '') === '' ? defaults.contentPath : ui.get('content_path', '')),
    dir: ui.get('dir', defaults.dir),
    metricsProvider: ui.get('metrics_provider', defaults.metricsProvider),
    metricsProviderFiles: ui.get('metrics_provider_files', defaults.metricsProviderFiles),
    metricsProviderOptionsJson: ui.get('metrics_provider_options_json', defaults.metricsProviderOptionsJson),
    metricsProxy: {
      baseUrl: proxy.get('base_url', ''),
      addHeaders: proxy.get('add_headers', []).map(({ name = '', value = '' }) => ({ name, value })),
      pathAllowlist: proxy.get('path_allowlist', []),
    },
    dashboardUrlTemplates: ui.get('dashboard_url_templates', defaults.dashboardUrlTemplates),
  }
}

/** One slash before and one after. */
const contentPath = (text: string): string => {
  const inner = text.replace(/^\/+|\/+$/g, '')
  return inner === '' ? '/' : `/${inner}/`
}

export function buildTelemetry (settings: Reader<AgentFragment>, defaults: TelemetryConfig): TelemetryConfig {
  const telemetry = settings.block('telemetry')
  const allowedPrefixes: string[] = [...defaults.allowedPrefixes]
  const blockedPrefixes: string[] = [...defaults.blockedPrefixes]
  for (const rule of telemetry.get('prefix_filter', [])) {
    if (rule === '') settings.context.warn('Cannot have empty filter rule in prefix_filter')
    else if (rule.startsWith('+')) allowedPrefixes.push(rule.slice(1))
    else if (rule.startsWith('-')) blockedPrefixes.push(rule.slice(1))
    else settings.context.warn(`Filter rule must begin with either '+' or '-': ${goQuote(rule)}`)
  }
  return {
    disableHostname: telemetry.get('disable_hostname', defaults.disableHostname),
    metricsPrefix: telemetry.get('metrics_prefix', defaults.metricsPrefix),
    prometheusRetentionMs: telemetry.duration('prometheus_retention_time', defaults.prometheusRetentionMs, 'prometheus_retention_time'),
    filterDefault: telemetry.get('filter_default', defaults.filterDefault),
    allowedPrefixes,
    blockedPrefixes,
  }
}
