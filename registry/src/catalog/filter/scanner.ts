// Where a parser stands in a filter text: small steps forward, and memory of what went wrong. Knows characters; the rules made of them are in `parse.ts`.

/** Each step moves on if it matches, and else stays and remembers what was missing at that place. Places count in UTF-16 units; reports count as people do. */
export class Scanner {
  /** The place of the next character; a rule that fails sets it back. */
  at = 0
  /** Furthest place where something was missing, and what: the reason when no particular mistake is known. */
  #furthest = 0
  readonly #missing = new Set<string>()
  readonly #mistakes = new Set<string>()

  constructor (readonly text: string) {}

  /** Whether a particular mistake was seen: then the text is refused, even where another reading of it would do. */
  get mistaken (): boolean {
    return this.#mistakes.size > 0
  }

  literal (text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return this.#miss(text === '"' ? '"\\""' : `"${text}"`)
    this.at += text.length
    return true
  }

  /** One character of a class; `name` is how reports show the class. */
  class (chars: RegExp, name: string): boolean {
    if (!chars.test(this.text[this.at] ?? '')) return this.#miss(name)
    this.at++
    return true
  }

  /** White space, as much as there is; false if there is none. */
  space (): boolean {
    const start = this.at
    while (this.class(/[ \t\r\n]/, '[ \\t\\r\\n]'));
    return this.at > start
  }

  end (): boolean {
    return this.at === this.text.length || this.#miss('EOF')
  }

  /** Sets the place back; gives `undefined`, the answer of a rule that does not apply. */
  giveBack (start: number): undefined {
    this.at = start
    return undefined
  }

  /** Remembers that the rule named `rule` was broken at `at`, and gives the line that says so. Parsing goes on, as another reading may find more. */
  mistake (rule: string, reason: string, at: number): string {
    const mistake = `${this.#where(at)}: rule "${rule}": ${reason}`
    this.#mistakes.add(mistake)
    return mistake
  }

  /** Why the text is refused: the mistakes that were seen, a line each, or what would have been understood at the furthest place reached. */
  reason (): string {
    if (this.mistaken) return [...this.#mistakes].join('\n')
    const where = this.#furthest === 0 ? '1:1 (0)' : this.#where(this.#furthest)
    return `${where}: no match found, expected: ${this.#expected()}`
  }

  #miss (what: string): false {
    if (this.at > this.#furthest) {
      this.#furthest = this.at
      this.#missing.clear()
    }
    if (this.at === this.#furthest) this.#missing.add(what)
    return false
  }

  #expected (): string {
    const list = [...this.#missing].filter(what => what !== 'EOF').sort()
    if (this.#missing.has('EOF')) list.push('EOF')
    const last = list.pop()!
    return list.length === 0 ? last : `${list.join(', ')} or ${last}`
  }

  /** `line:column (offset)`: line and column from 1, in characters; offset from 0, in bytes. A line end counts as column 0 of the line that it begins. */
  #where (at: number): string {
    const read = this.text.slice(0, at)
    const newline = this.text[at] === '\n'
    const lines = (newline ? read + '\n' : read).split('\n')
    return `${lines.length}:${[...lines.at(-1)!].length + (newline ? 0 : 1)} (${Buffer.byteLength(read)})`
  }
}
