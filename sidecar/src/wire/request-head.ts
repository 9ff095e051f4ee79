// The head of a request, parsed strictly.

/** How long a body is, by its head. */
export type Framing = 'none' | 'length' | 'chunked' | 'close'

export interface RequestHead {
  readonly method: string
  /** As it came. */
  readonly target: string
  readonly form: 'origin' | 'absolute' | 'authority' | 'asterisk'
  /** Authority that the request is for: of the target if that has one (then `Host` is the same), else of `Host`. Empty for HTTP/1.0 without it. */
  readonly host: string
  /** Target in origin form: path and query. */
  readonly path: string
  readonly minor: 0 | 1
  readonly framing: Framing
  /** Bytes, when the framing is `length`. */
  readonly length: number
  /** Protocol of an upgrade that was asked for and is allowed, as it came. */
  readonly upgrade: string | undefined
  readonly fields: number
  /** First value of a field. @param name in lower case */
  get (name: string): string | undefined
  /** All fields as they came. */
  rawHeaders (): Array<readonly [name: string, value: string]>
}
