// The package's one catalogue of errors: each has a code, an HTTP status and a text template (`%s` is filled in order). Doors turn them into answers;
// nothing else invents texts. Texts that clients know are Consul's own, letter by letter.

/** An error with an answer: `status` and `message` are what the caller sees. */
export class RosterError extends Error {
  constructor (readonly code: string, readonly status: number, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'RosterError'
  }
}

type Factory = (...fill: ReadonlyArray<string | number>) => RosterError

/** Template to factory. A `%s` without a value stays as it is, so that a mistake is seen. */
const define = (code: string, status: number, template: string): Factory => (...fill) => {
  let i = 0
  return new RosterError(code, status, template.replace(/%s/g, m => i < fill.length ? String(fill[i++]) : m))
}

export const errors = {
  // === any request ===
  DECODE: define('DECODE', 400, 'Request decode failed: %s'),
  NO_LEADER: define('NO_LEADER', 500, 'No cluster leader'),
  NO_PATH_TO_DATACENTER: define('NO_PATH_TO_DATACENTER', 500, 'No path to datacenter'),
  INTERNAL: define('INTERNAL', 500, 'internal error (request %s)'),

  // === filter language ===
  FILTER: define('FILTER', 500, 'Failed to create boolean expression evaluator: %s'),

  // === catalog ===
  MUST_PROVIDE_NODE: define('MUST_PROVIDE_NODE', 500, 'Must provide node'),
} satisfies Record<string, Factory>
