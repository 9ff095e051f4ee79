// What an exec without a terminal prints arrives in frames (stream, three zeroes, length, bytes); with a terminal, or through some proxies, it
// arrives bare. This takes the frames off where there are any. Source: Docker Engine API, "Attach to a container", stream format.

const HEAD_BYTES = 8

export class RawStream {
  readonly #sink: (chunk: Buffer) => void
  /** `undefined` until the first bytes have shown which it is. */
  #framed: boolean | undefined
  #head = Buffer.alloc(0)
  #left = 0

  /** @param sink gets what was printed, in order */
  constructor (sink: (chunk: Buffer) => void) { this.#sink = sink }

  write (chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#framed === false) return this.#sink(rest)
      if (this.#left > 0) {
        const part = rest.subarray(0, this.#left)
        this.#left -= part.length
        rest = rest.subarray(part.length)
        this.#sink(part)
        continue
      }
      const needed = HEAD_BYTES - this.#head.length
      this.#head = Buffer.concat([this.#head, rest.subarray(0, needed)])
      rest = rest.subarray(needed)
      if (!looksLikeHead(this.#head)) {
        this.#framed = false
        this.#flush()
      } else if (this.#head.length === HEAD_BYTES) {
        this.#framed = true
        this.#left = this.#head.readUInt32BE(4)
        this.#head = Buffer.alloc(0)
      }
    }
  }

  /** No more comes; a started head was none. */
  end (): void { this.#flush() }

  #flush (): void {
    if (this.#head.length > 0) this.#sink(this.#head)
    this.#head = Buffer.alloc(0)
  }
}

/** As far as its bytes go: stdin, stdout or stderr, then zeroes. */
const looksLikeHead = (head: Buffer): boolean => head[0]! <= 2 && head.subarray(1, 4).every(byte => byte === 0)
