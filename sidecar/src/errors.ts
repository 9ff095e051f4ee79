// The package's one catalogue of errors that end a start: what went wrong in one line, and with which exit code the process ends. What goes wrong with one request is not here;
// that is reasons.ts.

/** Exit codes of the process, besides the child's own; those of sysexits.h where it has one. */
export const EXIT = {
  /** A flag, variable or key that cannot be used. */
  usage: 64,
  /** The registry cannot be reached, and nothing is known from disk. */
  unavailable: 69,
  /** A port that cannot be listened on. */
  listen: 71,
  /** The child started, but did not answer in time. */
  gate: 75,
  /** A policy file or configuration file that cannot be used. */
  config: 78,
  /** The child's program cannot be executed. */
  notExecutable: 126,
  /** The child's program is not there. */
  notFound: 127,
} as const

/** Ends the start. `message` is one line for people. */
export class SidecarError extends Error {
  override readonly name = 'SidecarError'
  constructor (readonly code: string, readonly exitCode: number, message: string, options?: { readonly cause?: unknown }) { super(message, options) }
}

export const usageError = (message: string): SidecarError => new SidecarError('SIDECAR_USAGE', EXIT.usage, message)
export const configError = (message: string, cause?: unknown): SidecarError => new SidecarError('SIDECAR_CONFIG', EXIT.config, message, { cause })
export const unavailable = (message: string, cause?: unknown): SidecarError => new SidecarError('SIDECAR_UNAVAILABLE', EXIT.unavailable, message, { cause })

/** @param what `the admin port` */
export function listenError (what: string, where: string, cause: NodeJS.ErrnoException): SidecarError {
  const why = cause.code === 'EADDRINUSE' ? 'somebody else listens there' : cause.code === 'EACCES' ? 'this user may not listen there' : cause.code === 'EADDRNOTAVAIL' ? 'this machine has no such address' : cause.message
  return new SidecarError('SIDECAR_LISTEN', EXIT.listen, `${what}: cannot listen on ${where}: ${why}`, { cause })
}

export const gateError = (message: string): SidecarError => new SidecarError('SIDECAR_GATE', EXIT.gate, message)

/** As a shell: 127 for what is not there, 126 for what is there and cannot be run. */
export function childError (program: string, cause: NodeJS.ErrnoException): SidecarError {
  return cause.code === 'ENOENT'
    ? new SidecarError('SIDECAR_CHILD_NOT_FOUND', EXIT.notFound, `${program}: there is no such program`, { cause })
    : new SidecarError('SIDECAR_CHILD_NOT_EXECUTABLE', EXIT.notExecutable, `${program}: it cannot be run (${cause.code ?? cause.message})`, { cause })
}
