// Replies in the shapes that Consul's clients know. One encoder for all.

import { stringify } from '../exact-json.js'
import type { HeaderList, Reply, Request } from './route.js'
import type { Roster } from '../roster.js'

export const JSON_TYPE: HeaderList = ['Content-Type', 'application/json']
const TEXT_TYPE: HeaderList = ['Content-Type', 'text/plain; charset=utf-8']

/** JSON as this server writes it: indented in dev mode (no newline), indented with a newline for `?pretty`, else compact. */
export function encode (value: unknown, pretty: boolean, roster: Roster): string {
  const text = stringify(value, pretty || roster.config.dev ? 4 : undefined)
  return escapeForHtml(pretty ? text + '\n' : text)
}

export function json (value: unknown, request: Request, roster: Roster, headers: HeaderList = [], status = 200): Reply {
  return { status, headers: [...JSON_TYPE, ...headers], body: encode(value, request.query.has('pretty'), roster) }
}

export function text (status: number, body: string, headers: HeaderList = []): Reply {
  return { status, headers: [...TEXT_TYPE, ...headers], body }
}

/** 200 without a body, with the content type that Go's server sniffs for it. */
export const empty = (headers: HeaderList = []): Reply => ({ status: 200, headers: ['Content-Type', 'application/json; charset=utf-8', ...headers], body: '' })

const HTML = /[<>&\u2028\u2029]/g

/** Go writes JSON so that it is harmless inside a page; readers of the text (not of the JSON) know it so. */
const escapeForHtml = (text: string): string =>
  HTML.test(text) ? text.replace(HTML, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
