// A stream of bytes as lines of text. A line that has no end when the stream has is none.

/** Bytes in one line: a transaction of the largest kind, with room to spare. */
const MAX_LINE_BYTES = 256 * 2 ** 20
const NEWLINE = 0x0a

/** @throws Error for a line without an end; the stream's own error */
export async function * lines (stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let size = 0
  for await (const piece of stream) {
    const bytes = piece as Buffer
    let from = 0
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      parts.push(bytes.subarray(from, at))
      yield parts.length === 1 ? parts[0]!.toString() : Buffer.concat(parts).toString()
      parts = []
      size = 0
      from = at + 1
    }
    if (from === bytes.length) continue
    parts.push(bytes.subarray(from))
    size += bytes.length - from
    if (size > MAX_LINE_BYTES) throw new Error('a line without an end')
  }
}
