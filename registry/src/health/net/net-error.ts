// Failures of the network as Go words them, since that is what people have learnt to read in a check's output. Only texts: nothing here decides.

/** A failure whose message is fit for a check's output as it stands. */
export class NetError extends Error {
  constructor (message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'NetError'
  }
}

const ERRNO_TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ECONNABORTED: 'software caused connection abort',
  EPIPE: 'broken pipe',
  EHOSTUNREACH: 'no route to host',
  EHOSTDOWN: 'host is down',
  ENETUNREACH: 'network is unreachable',
  ENETDOWN: 'network is down',
  ETIMEDOUT: 'connection timed out',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EADDRINUSE: 'address already in use',
  EAFNOSUPPORT: 'address family not supported by protocol',
  EINVAL: 'invalid argument',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  ENOEXEC: 'exec format error',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  E2BIG: 'argument list too long',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  ENOMEM: 'cannot allocate memory',
  EAGAIN: 'resource temporarily unavailable',
  ETXTBSY: 'text file busy',
  EMSGSIZE: 'message too long',
}

/** The `code` of a system or library error, '' when there is none. */
export const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** The words of the C library for an error code such as `ECONNREFUSED`; `undefined` for codes that are none. */
export const errnoText = (code: string): string | undefined => ERRNO_TEXTS[code]

/** What to show of any failure. */
export const failureText = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** Go's text for a socket's failure while it is read: `read tcp 127.0.0.1:50000->127.0.0.1:80: read: connection reset by peer`. */
export function readFailure (network: 'tcp' | 'udp', local: string, remote: string, error: unknown): NetError {
  const text = errnoText(codeOf(error))
  return new NetError(text === undefined ? failureText(error) : `read ${network} ${local}->${remote}: read: ${text}`, { cause: error })
}
