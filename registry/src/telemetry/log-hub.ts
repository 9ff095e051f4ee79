// Where log records go: to the process's own output and to whoever listens (`/v1/agent/monitor`). pino decides what is logged and makes the record;
// log-line.ts gives it its form.

import pino from 'pino'
import { logJson, logLine } from './log-line.js'
import type { LogRecord } from './log-line.js'
import type { LogFields, Logger, LogLevel } from './log.js'

/** A place for finished lines, newline included. */
export interface LogOutput { write (line: string): void }

/** Gets each record at or above its level. Must not throw and must not wait: a slow listener drops. */
export type LogListener = (record: LogRecord) => void

export interface LogHub {
  readonly log: Logger
  /** Takes effect at once. */
  setLevel (level: LogLevel): void
  /** The returned function ends it. Listeners may ask for more than the output shows. */
  subscribe (level: LogLevel, listener: LogListener): () => void
  /** Records that were logged, by level; for metrics. */
  readonly counts: Readonly<Record<LogLevel, number>>
}

const ORDER: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']
/** Lower case is pino's. */
type PinoLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'
const pinoLevel = (level: LogLevel): PinoLevel => level.toLowerCase() as PinoLevel

export interface LogOptions {
  readonly level: LogLevel
  readonly json: boolean
  readonly outputs: readonly LogOutput[]
  /** Wall clock, ms. */
  readonly now?: () => number
}

export function logHub ({ level, json, outputs, now = Date.now }: LogOptions): LogHub {
  let shown = level
  const listeners = new Map<LogListener, LogLevel>()
  const counts: Record<LogLevel, number> = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 }
  const publish = (record: LogRecord): void => {
    counts[record.level]++
    if (atLeast(record.level, shown)) {
      const line = (json ? logJson(record) : logLine(record)) + '\n'
      for (const output of outputs) output.write(line)
    }
    for (const [listener, wanted] of listeners) if (atLeast(record.level, wanted)) listener(record)
  }
  const root = pino({
    level: pinoLevel(level),
    base: undefined,
    timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
    formatters: { level: label => ({ level: label }) },
    messageKey: 'message',
  }, {
    write (text: string) {
      const { level, time, module, message, ...fields } = JSON.parse(text) as { level: string, time: string, module: string, message: string } & LogFields
      publish({ level: level.toUpperCase() as LogLevel, module, message, fields: fields as LogFields, timestamp: time })
    },
  })
  const lowest = (): void => {
    const all = [shown, ...listeners.values()]
    root.level = pinoLevel(ORDER[Math.min(...all.map(l => ORDER.indexOf(l)))]!)
  }
  const room = (module: string): Logger => {
    const at = (level: PinoLevel) => (message: string, fields: LogFields = {}): void => { root[level]({ ...fields, module }, message) }
    return { trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: name => room(module === '' ? name : `${module}.${name}`) }
  }
  return {
    log: room(''),
    counts,
    setLevel (level) {
      shown = level
      lowest()
    },
    subscribe (level, listener) {
      listeners.set(listener, level)
      lowest()
      return () => {
        listeners.delete(listener)
        lowest()
      }
    },
  }
}

const atLeast = (level: LogLevel, wanted: LogLevel): boolean => ORDER.indexOf(level) >= ORDER.indexOf(wanted)
