// Colours of health on a terminal. Elsewhere texts stay as they are, since scripts compare them.

const CODES = { passing: 32, warning: 33, critical: 31 } as const

/** @param on whether somebody looks who wants colours */
export function coloured (status: string, on: boolean): string {
  const code = CODES[status as keyof typeof CODES]
  return on && code !== undefined ? `\x1b[${code}m${status}\x1b[0m` : status
}
