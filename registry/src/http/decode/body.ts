// The door of every JSON body: bytes and a table in, a typed row or a RosterError 400 out. The files in bodies/ make one decoder an endpoint
// of it; routes call those.

import { RosterError } from '../../errors.js'
import { JsonSyntaxError, parseJson, type JsonOptions } from './json.js'
import { DecodeError, Pass, type Kind } from './kind.js'

export interface BodyOptions extends JsonOptions {
  /** What stands before the reason. Default `Request decode failed: `; transactions say `Failed to parse body: `, tokens `Token decoding failed: ` … */
  readonly prefix?: string
  /** The unknown field `Namespace` is explained as belonging to the enterprise edition: catalog, sessions and ACL do that. Default false. */
  readonly rewordNamespace?: boolean
}

/** Decodes a body by its table. Throws RosterError `DECODE`, status 400, whose text is the prefix and Go's reason. */
export const decodeBody = <T> (kind: Kind<T>, body: Uint8Array, options: BodyOptions = {}): T => {
  try {
    return decodeValue(kind, body, options)
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof JsonSyntaxError)) throw error
    const reason = options.rewordNamespace === true && error.message === 'json: unknown field "Namespace"'
      ? `${error.message} - Namespaces are a Consul Enterprise feature`
      : error.message
    throw new RosterError('DECODE', 400, (options.prefix ?? 'Request decode failed: ') + reason, { cause: error })
  }
}

/** The decoder of one endpoint: what routes import from bodies/. */
export const bodyDecoder = <T> (kind: Kind<T>, options: BodyOptions = {}): (body: Uint8Array) => T => body => decodeBody(kind, body, options)

/** The same without the wrapping: throws JsonSyntaxError or DecodeError. For bodies whose refusals have a form of their own. */
export const decodeValue = <T> (kind: Kind<T>, body: Uint8Array, options: JsonOptions = {}): T => {
  const node = parseJson(body, options)
  const pass = new Pass(true, 0)
  const value = kind.read(node, pass, kind.zero())
  if (pass.saved !== undefined) throw pass.saved
  return value
}
