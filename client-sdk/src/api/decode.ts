// From bytes to values: shapes that every answer is checked against before a caller sees it. Not a schema validator: it checks what code would stumble over (the outer
// shape, the parts that are followed without asking), so that garbage is one typed error here and never a TypeError somewhere else.

/** What is wrong with an answer, and where in it. The transport makes a DecodeError of it, which knows the request. */
export class ShapeError extends Error {
  constructor (readonly complaint: string, readonly path?: string, options?: ErrorOptions) {
    super(path === undefined ? complaint : `the answer${path} ${complaint}`, options)
  }
}

/** Checks a value and returns it, with `null` made into what it means. Owns the value: what has to be mended is mended in place. */
export type Shape<T> = (value: unknown) => T

/** An answer before it is understood. */
export interface RawAnswer {
  readonly status: number
  /** `Content-Type` in small letters, without parameters; empty when there is none. */
  readonly contentType: string
  readonly bytes: Buffer
}

export type Decoder<T> = (answer: RawAnswer) => T

const kind = (value: unknown): string => value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : value === undefined ? 'absent' : `a ${typeof value}`
const fail = (expected: string, value: unknown): never => { throw new ShapeError(`should be ${expected}, not ${kind(value)}`, '') }

/** Puts the place in front of a complaint only when there is one: a list of 100,000 good rows costs no strings. */
function within<T> (shape: Shape<T>, value: unknown, place: string | number): T {
  try { return shape(value) } catch (error) {
    if (!(error instanceof ShapeError) || error.path === undefined) throw error
    throw new ShapeError(error.complaint, `[${JSON.stringify(place)}]${error.path}`)
  }
}

export const text: Shape<string> = value => typeof value === 'string' ? value : fail('a string', value)
export const flag: Shape<boolean> = value => typeof value === 'boolean' ? value : fail('true or false', value)
export const anything: Shape<unknown> = value => value

/** Any object; which fields it has is the type's promise and the server's duty. */
export const record = <T extends object>(): Shape<T> => value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value as T : fail('an object', value)

/** An object some of whose fields are followed by code: these are checked too. Fields that are not named pass as they are. */
export const shaped = <T extends object>(fields: { readonly [K in keyof T]?: Shape<T[K]> }): Shape<T> => {
  const checks = Object.entries(fields) as Array<[string, Shape<unknown>]>
  return value => {
    const row = record<Record<string, unknown>>()(value)
    for (const [key, shape] of checks) row[key] = within(shape, row[key], key)
    return row as T
  }
}

/** A list. `null` is an empty list: servers send it for "none", and a client must not stumble over it. */
export const list = <T>(of: Shape<T>): Shape<readonly T[]> => value => {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) return fail('a list', value)
  for (let i = 0; i < value.length; i++) value[i] = within(of, value[i], i)
  return value as T[]
}

/** An object used as a map; `null` is an empty one. Its prototype is null, so that a service named `constructor` is a name like any other. */
export const dictionary = <T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> => value => {
  const copy = Object.create(null) as Record<string, T>
  if (value === null || value === undefined) return copy
  for (const [key, item] of Object.entries(record()(value))) copy[key] = within(of, item, key)
  return copy
}

/** `null` is absence. */
export const optional = <T>(of: Shape<T>): Shape<T | undefined> => value => value === null || value === undefined ? undefined : of(value)

/** The first, and only, element of a list; none is absence. */
export const first = <T>(of: Shape<T>): Shape<T | undefined> => value => list(of)(value)[0]

const start = (bytes: Buffer) => JSON.stringify(bytes.subarray(0, 80).toString('utf8'))

/**
 * A JSON body of this shape. Another content type is refused even if its text happens to parse.
 * @param anyType for the endpoints that send JSON under another name
 */
export const json = <T>(shape: Shape<T>, { anyType = false } = {}): Decoder<T> => ({ contentType, bytes }) => {
  if (!anyType && contentType !== '' && !/^application\/([\w.-]+\+)?json$/.test(contentType)) throw new ShapeError(`expected JSON, got ${contentType}: ${start(bytes)}`)
  let value: unknown
  try { value = JSON.parse(bytes.toString('utf8')) } catch (cause) {
    throw new ShapeError(bytes.length === 0 ? 'expected JSON, got an empty answer' : `this is not JSON, or cut short: ${start(bytes)}`, undefined, { cause })
  }
  return shape(value)
}

/** An endpoint that says nothing when all is well. A page of a proxy is not nothing. */
export const nothing: Decoder<void> = ({ contentType, bytes }) => {
  if (bytes.length > 0 && contentType === 'text/html') throw new ShapeError(`expected an empty answer, got ${contentType}: ${start(bytes)}`)
}

/** Text of any type but a web page. */
export const plainText: Decoder<string> = ({ contentType, bytes }) => {
  if (contentType === 'text/html') throw new ShapeError(`expected text, got ${contentType}: ${start(bytes)}`)
  return bytes.toString('utf8')
}

export const rawBytes: Decoder<Uint8Array> = ({ bytes }) => bytes

/** Which refusals are answers to the question that was asked. By their bodies, since a proxy's 404 or 503 page is no answer of the registry. */
export type Accepts = (answer: RawAnswer) => boolean

/** The registry says "there is none" with an empty body. */
export const emptyAt = (status: number): Accepts => answer => answer.status === status && answer.bytes.length === 0
/** The registry says it in words. */
export const sayingAt = (status: number, words: RegExp): Accepts => answer => answer.status === status && words.test(answer.bytes.subarray(0, 256).toString('utf8'))
/** The answer itself comes with a status that says how things are. */
export const jsonAt = (...statuses: readonly number[]): Accepts => answer => statuses.includes(answer.status) && /^\s*[{[]/.test(answer.bytes.subarray(0, 64).toString('latin1'))

/** By status: what is absence here would be an error elsewhere. */
export const absentOn = <T>(status: number, decoder: Decoder<T>): Decoder<T | undefined> => answer => answer.status === status ? undefined : decoder(answer)
