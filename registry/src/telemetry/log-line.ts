// One log record as text, in the lines that users of Consul read and their tools wait for. Pure.

import type { LogFields, LogLevel } from './log.js'

export interface LogRecord {
  readonly level: LogLevel
  /** Room and the rooms around it: `agent.http`. */
  readonly module: string
  readonly message: string
  readonly fields: LogFields
  /** RFC 3339 with ms. */
  readonly timestamp: string
}

const PADDED: Readonly<Record<LogLevel, string>> = { TRACE: '[TRACE]', DEBUG: '[DEBUG]', INFO: '[INFO] ', WARN: '[WARN] ', ERROR: '[ERROR]' }

/** `2025-01-02T03:04:05.678Z [INFO]  agent: Started DNS server: address=127.0.0.1:8600 network=udp` */
export function logLine ({ level, module, message, fields, timestamp }: LogRecord): string {
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${valueText(value!)}`)
  return `${timestamp} ${PADDED[level]} ${module === '' ? '' : `${module}: `}${message}${shown.length === 0 ? '' : `: ${shown.join(' ')}`}`
}

/** The same as one line of JSON, with the keys of Consul's JSON log. */
export const logJson = ({ level, module, message, fields, timestamp }: LogRecord): string =>
  JSON.stringify({ '@level': level.toLowerCase(), '@message': message, '@module': module, '@timestamp': timestamp, ...fields })

/** Blanks, quotes and line ends would make a value look like more than one. */
function valueText (value: string | number | boolean): string {
  const text = String(value)
  return text === '' || /[\s"=]/.test(text) ? JSON.stringify(text) : text
}
