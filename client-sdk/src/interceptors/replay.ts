// The body of a request that may have to be sent twice. What can be read again is left alone; a stream is remembered while it is read, as far as the limit goes.

import type { Dispatcher } from 'undici'

type Body = Dispatcher.DispatchOptions['body']

/** Longest stream that is remembered, bytes (linkerd's). More could be sent again for the price of memory a call. */
const MAX_BYTES = 64 * 1024

export interface ReplayableBody {
  /** Whether there is a next one: not when it was read and was too long to be remembered. */
  readonly again: boolean
  /** For the next attempt. */
  next (): { readonly body: Body } | undefined
  /** The call is over: a stream that was not read to its end is told so. */
  end (): void
}

/**
 * @param body a once-only one
 * @param resendable whether it may have to be sent again after it was read: else it is handed on as it is, and only as long as nobody has read of it
 */
export function replayable (body: Body, resendable: boolean, wasRead: () => boolean): ReplayableBody {
  if (resendable) return new RecordedBody(body as unknown as AsyncIterable<Uint8Array>)
  return { get again () { return !wasRead() }, next: () => ({ body }), end () {} }
}

/** Streams and iterables are gone once they are read; text, bytes, blobs and forms are not. */
export function isOnceOnly (body: Body | AsyncIterable<unknown>): boolean {
  if (body === null || body === undefined || typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return false
  const tag = (body as { [Symbol.toStringTag]?: string })[Symbol.toStringTag]
  return tag !== 'Blob' && tag !== 'File' && tag !== 'FormData'
}

class RecordedBody implements ReplayableBody {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  /** A chunk that is not remembered any more is `undefined`. */
  readonly #chunks: Array<Uint8Array | undefined> = []
  #bytes = 0
  #done = false
  #reading: Promise<void> | undefined
  /** Grows with each attempt; the reader of an earlier one stops. */
  #turn = 0

  constructor (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  }

  get again (): boolean { return this.#bytes <= MAX_BYTES }

  next (): { readonly body: Body } | undefined {
    if (!this.again) return undefined
    return { body: this.#read(++this.#turn) as unknown as Body }
  }

  end (): void {
    this.#turn++
    // A stream that fails while it is given up has nobody left to tell.
    if (!this.#done) void Promise.resolve(this.#source.return?.()).catch(() => {})
    this.#done = true
  }

  async * #read (turn: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; turn === this.#turn; i++) {
      while (i >= this.#chunks.length && !this.#done) await (this.#reading ??= this.#more())
      if (i >= this.#chunks.length || turn !== this.#turn) return
      const chunk = this.#chunks[i]!
      if (this.#bytes > MAX_BYTES) this.#chunks.fill(undefined, 0, i + 1)
      yield chunk
    }
  }

  async #more (): Promise<void> {
    try {
      const { done, value } = await this.#source.next()
      if (done === true) { this.#done = true; return }
      this.#chunks.push(value)
      this.#bytes += value.byteLength ?? Buffer.byteLength(value as unknown as string)
    } finally { this.#reading = undefined }
  }
}
