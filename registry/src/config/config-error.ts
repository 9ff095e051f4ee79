// The one error of this room: settings that the agent cannot start with. It carries the words that go to standard error.

/** `message` is the text as Consul's users know it; `stderr` is what the command prints before it ends with code 1. */
export class ConfigError extends Error {
  /**
   * @param message may hold several lines and blank ones at its end, which scripts have come to know
   * @param at file and line of the key, printed on a line of its own when known
   */
  constructor (message: string, readonly at?: string, readonly usage = false) {
    super(message)
    this.name = 'ConfigError'
  }

  /** `==> ` in front, as the agent writes it; a wrong flag stands alone. */
  get stderr (): string {
    const text = this.usage ? this.message : `==> ${this.message}`
    return this.at === undefined ? `${text}\n` : `${text}\n    at ${this.at}\n`
  }
}
