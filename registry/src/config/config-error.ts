// The one error of this room: settings that the agent cannot start with. It carries the words that go to standard error.

export class ConfigError extends Error {
  /**
   * @param message the text as Consul's users know it; may hold several lines, and an empty one at its end, which scripts have come to know
   * @param at `file:line` of each key that is meant, as far as known
   * @param usage a wrong flag, whose text stands without `==> `
   */
  constructor (message: string, readonly at: readonly string[] = [], readonly usage = false) {
    super(message)
    this.name = 'ConfigError'
  }

  /** What the agent prints before it ends with code 1. */
  get stderr (): string {
    return `${this.usage ? '' : '==> '}${this.withPlaces}`
  }

  /** The message, then a line for each place. */
  get withPlaces (): string {
    return `${this.message}\n${this.at.map(at => `    at ${at}\n`).join('')}`
  }
}
