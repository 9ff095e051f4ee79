// How a setting is read, whether it comes as the text of a flag or variable or as a value of a configuration file. Each kind says what it expects, so that a wrong value gets one line that
// helps.

import { isIP } from 'node:net'

/** Reads one value. @throws Error whose message says what was expected, without the name of the setting */
export interface Kind<T> {
  readonly read: (value: unknown) => T
  /** For the help: `PORT`. */
  readonly placeholder: string
}

const say = (value: unknown): string => typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value) ?? String(value)
const expected = (what: string, value: unknown): never => { throw new Error(`must be ${what}, not ${say(value)}`) }

function wholeNumber (value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

export const text: Kind<string> = {
  placeholder: 'TEXT',
  read: value => typeof value === 'string' && value.trim() !== '' && !/[\r\n\0]/.test(value) ? value : expected('a text that is not empty', value),
}

export const name: Kind<string> = {
  placeholder: 'NAME',
  read: value => typeof value === 'string' && /^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/.test(value) ? value : expected('a name of letters, digits and hyphens', value),
}

/** 0: of the system's choosing. */
export const port: Kind<number> = {
  placeholder: 'PORT',
  read: value => {
    const n = wholeNumber(value)
    return n !== undefined && n <= 65535 ? n : expected('a port from 0 to 65535', value)
  },
}

export const portOrOff: Kind<number | 'off'> = {
  placeholder: 'PORT|off',
  read: value => value === 'off' || value === false ? 'off' : wholeNumber(value) === undefined ? expected('a port from 0 to 65535, or off', value) : port.read(value),
}

export const count = (min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> => ({
  placeholder: 'N',
  read: value => {
    const n = wholeNumber(value)
    return n !== undefined && n >= min && n <= max ? n : expected(`a whole number from ${min} to ${max}`, value)
  },
})

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** Longest delay of a timer, ms. */
const MAX_MS = 2 ** 31 - 1

/** Milliseconds. A number is of milliseconds; a text has its unit. */
export const duration: Kind<number> = {
  placeholder: 'DURATION',
  read: value => {
    const match = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(value) : null
    const ms = match !== null ? Number(match[1]) * UNITS[match[2]!]! : wholeNumber(value)
    return ms !== undefined && ms <= MAX_MS ? ms : expected('a duration such as 500ms, 10s or 5m', value)
  },
}

const SIZES: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** Bytes. */
export const size: Kind<number> = {
  placeholder: 'BYTES',
  read: value => {
    const match = typeof value === 'string' ? /^(\d{1,12})(?:([kmg])i?b?)?$/i.exec(value) : null
    const bytes = match !== null ? Number(match[1]) * SIZES[(match[2] ?? '').toLowerCase()]! : wholeNumber(value)
    return bytes !== undefined ? bytes : expected('a number of bytes such as 65536, 64k or 10m', value)
  },
}

export const address: Kind<string> = {
  placeholder: 'ADDRESS',
  read: value => typeof value === 'string' && (isIP(value) > 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(value)) ? value : expected('an IP address or a host name', value),
}

export const ip: Kind<string> = {
  placeholder: 'IP',
  read: value => typeof value === 'string' && (isIP(value) > 0 || value === 'localhost') ? value : expected('an IP address of this machine', value),
}

export const path: Kind<string> = {
  placeholder: 'PATH',
  read: value => typeof value === 'string' && /^\/[\x21-\x7e]*$/.test(value) ? value : expected('a path that begins with /', value),
}

export const oneOf = <T extends string>(...values: readonly T[]): Kind<T> => ({
  placeholder: values.join('|'),
  read: value => values.includes(value as T) ? value as T : expected(`one of ${values.join(', ')}`, value),
})

/** `KEY=VALUE`, or an object in a file. */
export const pair: Kind<readonly [string, string]> = {
  placeholder: 'KEY=VALUE',
  read: value => {
    const match = typeof value === 'string' ? /^([A-Za-z0-9_-]{1,128})=(.*)$/s.exec(value) : null
    return match !== null ? [match[1]!, match[2]!] : expected('KEY=VALUE', value)
  },
}

/** An address or a range of them, as `10.0.0.0/8`. */
export const range: Kind<string> = {
  placeholder: 'CIDR',
  read: value => {
    const match = typeof value === 'string' ? /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) : null
    const family = match === null ? 0 : isIP(match[1]!)
    return family > 0 && Number(match![2] ?? 0) <= (family === 4 ? 32 : 128) ? value as string : expected('an address or a range such as 10.0.0.0/8', value)
  },
}

/** An upstream with a port of its own on this machine. */
export interface LocalUpstream {
  readonly service: string
  /** 0: of the system's choosing. */
  readonly port: number
  readonly protocol: 'http' | 'tcp'
}

/** `payments:9001`, `postgres:5432/tcp`. */
export const upstream: Kind<LocalUpstream> = {
  placeholder: 'NAME:PORT[/tcp]',
  read: value => {
    const match = typeof value === 'string' ? /^(.+):(\d{1,5})(?:\/(http|tcp))?$/.exec(value) : null
    if (match === null || Number(match[2]) > 65535) return expected('NAME:PORT, such as payments:9001 or postgres:5432/tcp', value)
    return { service: name.read(match[1]), port: Number(match[2]), protocol: (match[3] ?? 'http') as LocalUpstream['protocol'] }
  },
}
