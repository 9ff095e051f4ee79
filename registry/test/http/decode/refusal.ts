// Test support: what a decoder says of a body.
import { RosterError } from '../../../src/errors.js'

/** Text of a body: a string as it is, anything else as JSON. */
export const bytesOf = (body: unknown): Buffer => Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))

/** The text of the refusal, `ok` when there is none. A refusal is a RosterError of status 400, anything else is thrown. */
export const refusal = (decode: (body: Uint8Array) => unknown, body: unknown): string => {
  try {
    decode(bytesOf(body))
    return 'ok'
  } catch (error) {
    if (error instanceof RosterError && error.code === 'DECODE' && error.status === 400) return error.message
    throw error
  }
}
