// The log as rooms see it: a level, a room's name, a message, fields. log-lines.ts writes it the way that users of Consul read it.

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

/** Values are printed as `key=value`; those with blanks in quotes. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export interface Logger {
  trace (message: string, fields?: LogFields): void
  debug (message: string, fields?: LogFields): void
  info (message: string, fields?: LogFields): void
  warn (message: string, fields?: LogFields): void
  error (message: string, fields?: LogFields): void
  /** A logger whose lines begin with `<name>.<room>:`. */
  child (room: string): Logger
}

/** Says nothing; for tests. */
export const silentLog: Logger = {
  trace () {},
  debug () {},
  info () {},
  warn () {},
  error () {},
  child: () => silentLog,
}
