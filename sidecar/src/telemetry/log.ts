// The sidecar's own log: lines of JSON on standard error, so that the child's standard output stays the child's.

import { destination, pino } from 'pino'
import type { Logger } from 'pino'

export type Log = Logger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** @param write where lines go; default standard error, at once, so that nothing is lost when the process ends */
export const createLog = (level: LogLevel, write?: (line: string) => void): Log =>
  pino({ name: 'roster-sidecar', level, base: {}, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } }, write === undefined ? destination({ dest: 2, sync: true }) : { write })
