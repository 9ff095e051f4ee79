// How much of an output is kept, and which end of it: the head of a heartbeat's note, the tail of a body or of what a program printed.
// Bytes, not characters: a character that is cut through reads as U+FFFD, as in Go.

/** The limit that counts for one check, bytes: its own may only lower the server's. 0 or less means none of its own. */
export const outputLimit = (own: number, server: number): number => own > 0 ? Math.min(own, server) : server

/** What is kept of a heartbeat's note: the head, and how much there was. */
export function headOfNote (note: string, maxBytes: number): string {
  // No character is shorter in UTF-8 than one byte per UTF-16 unit, nor longer than three.
  if (note.length * 3 <= maxBytes) return note
  const bytes = Buffer.from(note)
  if (bytes.length <= maxBytes) return note
  return `${bytes.toString('utf8', 0, maxBytes)} ... (captured ${maxBytes} of ${bytes.length} bytes)`
}

/** The head of a text that is not a note: what is over is dropped without a word. */
export function cutOutput (text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  const bytes = Buffer.from(text)
  return bytes.length <= maxBytes ? text : bytes.toString('utf8', 0, maxBytes)
}

/** The text of a program's output: the tail, below a line that says how much there was. */
export function programOutput (tail: TailBuffer): string {
  return tail.total > tail.maxBytes ? `Captured ${tail.maxBytes} of ${tail.total} bytes\n...\n${tail.text()}` : tail.text()
}

/** Keeps the last `maxBytes` of what is written; never holds more than about twice that, whatever comes. */
export class TailBuffer {
  #chunks: Buffer[] = []
  #held = 0
  /** Bytes written in all. */
  total = 0

  constructor (readonly maxBytes: number) {}

  write (chunk: Buffer): void {
    this.total += chunk.length
    // Copies of what is kept of a large chunk, so that the rest of it can be freed.
    const kept = chunk.length > this.maxBytes ? Buffer.from(chunk.subarray(chunk.length - this.maxBytes)) : chunk
    if (kept.length === this.maxBytes) this.#chunks = []
    this.#chunks.push(kept)
    this.#held = kept.length === this.maxBytes ? kept.length : this.#held + kept.length
    // Many small chunks cost more than their bytes: fold them too.
    if (this.#held > 2 * this.maxBytes || this.#chunks.length > MAX_CHUNKS) this.#fold()
  }

  text (): string {
    this.#fold()
    return this.#chunks[0]?.toString('utf8') ?? ''
  }

  #fold (): void {
    if (this.#chunks.length === 0) return
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    this.#chunks = [all.length > this.maxBytes ? Buffer.from(all.subarray(all.length - this.maxBytes)) : all]
    this.#held = this.#chunks[0]!.length
  }
}

const MAX_CHUNKS = 64
