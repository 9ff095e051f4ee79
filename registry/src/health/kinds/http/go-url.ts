// URLs as Go reads them, which is not how browsers do: `..` stays, a default port stays, a text without a scheme is a path, and refusals have Go's
// words. Only what an HTTP check needs of it.

import { goQuote } from '../../../http/decode/go-text.js'
import { NetError } from '../../net/net-error.js'

export interface GoUrl {
  /** Lower case; '' when the text has none. */
  readonly scheme: string
  /** Decoded; `undefined` when there is no user info. */
  readonly user: { readonly name: string, readonly password: string | undefined } | undefined
  /** Whether `//` and a host (which may be empty) follow the scheme; `localhost:80` has none. */
  readonly slashes: boolean
  /** host or host:port, as written. */
  readonly host: string
  /** Escaped as it goes on the wire; may be ''. */
  readonly path: string
  /** What follows `?`; `undefined` without one. */
  readonly query: string | undefined
  readonly fragment: string | undefined
}

/** @throws NetError with Go's words: `parse "http://a:b/": invalid port ":b" after host` */
export function parseGoUrl (text: string): GoUrl {
  const fail = (why: string): never => { throw new NetError(`parse ${goQuote(text)}: ${why}`) }
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(text)) return fail('net/url: invalid control character in URL')
  if (text === '') return fail('empty url')
  const [beforeFragment = '', fragment] = splitOnce(text, '#')
  const [, schemeText, rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*)$/s.exec(beforeFragment)!
  if (schemeText === undefined && beforeFragment.startsWith(':')) return fail('missing protocol scheme')
  const [hierarchy = '', query] = splitOnce(rest, '?')
  const scheme = schemeText?.toLowerCase() ?? ''
  if (scheme === '' && !hierarchy.startsWith('/') && hierarchy.split('/')[0]!.includes(':')) return fail('first path segment in URL cannot contain colon')
  const [, authority, path = ''] = /^(?:\/\/([^/]*))?(.*)$/s.exec(hierarchy)!
  const bad = badEscape(path) ?? badEscape(authority ?? '')
  if (bad !== undefined) return fail(`invalid URL escape ${goQuote(bad)}`)
  const at = authority?.lastIndexOf('@') ?? -1
  const host = authority?.slice(at + 1) ?? ''
  const problem = hostProblem(host)
  if (problem !== undefined) return fail(problem)
  return { scheme, user: at === -1 ? undefined : userInfo(authority!.slice(0, at)), slashes: authority !== undefined, host, path: escapePath(path), query, fragment }
}

/** The URL as text. `secret` hides the password, as in Go's error texts. */
export function formatGoUrl (url: GoUrl, secret: 'hidden' | 'shown' | 'no user' = 'hidden'): string {
  const { name = '', password } = url.user ?? {}
  const user = url.user === undefined || secret === 'no user' ? '' : `${encodeURIComponent(name)}${password === undefined ? '' : `:${secret === 'hidden' ? '***' : encodeURIComponent(password)}`}@`
  const authority = url.slashes ? `//${user}${url.host}` : ''
  return `${url.scheme === '' ? '' : `${url.scheme}:`}${authority}${url.path}${url.query === undefined ? '' : `?${url.query}`}${url.fragment === undefined ? '' : `#${url.fragment}`}`
}

/**
 * Where `location` leads from `base` (RFC 3986, section 5).
 * @throws NetError like `parseGoUrl`
 */
export function resolveGoUrl (base: GoUrl, location: string): GoUrl {
  const to = parseGoUrl(location)
  if (to.scheme !== '') return to
  if (location.startsWith('//')) return { ...to, scheme: base.scheme }
  // `URL` does the dots; what it thinks of ports and users is not asked.
  const { pathname, search } = new URL(`${to.path}${to.query === undefined ? '' : `?${to.query}`}`, `http://host${base.path}${base.query === undefined ? '' : `?${base.query}`}`)
  const query = to.query ?? (to.path === '' ? base.query : undefined)
  return { scheme: base.scheme, user: undefined, slashes: true, host: base.host, path: pathname, query: query === undefined ? undefined : search === '' ? query : search.slice(1), fragment: to.fragment ?? base.fragment }
}

/** Host and port apart; the port of the scheme where none is given. */
export function hostAndPort (url: GoUrl): { readonly hostname: string, readonly port: string } {
  const [, hostname = '', port = ''] = /^(.*?)(?::(\d*))?$/s.exec(url.host)!
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (url.scheme === 'https' ? '443' : '80') : port }
}

function splitOnce (text: string, at: string): readonly [string, string | undefined] {
  const i = text.indexOf(at)
  return i === -1 ? [text, undefined] : [text.slice(0, i), text.slice(i + 1)]
}

const badEscape = (text: string): string | undefined => /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0]

function hostProblem (host: string): string | undefined {
  const bracketed = host.startsWith('[')
  if (bracketed && !host.includes(']')) return "missing ']' in host"
  const after = bracketed ? host.slice(host.indexOf(']') + 1) : host.slice(Math.max(host.lastIndexOf(':'), 0))
  if ((bracketed || host.includes(':')) && after !== '' && !/^:\d*$/.test(after)) return `invalid port ${goQuote(after)} after host`
  const odd = /[ "<>\\^`{|}]/.exec(host)
  return odd === null ? undefined : `invalid character ${goQuote(odd[0])} in host name`
}

function userInfo (text: string): GoUrl['user'] {
  const [name = '', password] = splitOnce(text, ':')
  return { name: decode(name), password: password === undefined ? undefined : decode(password) }
}

/** Escapes are valid by now, but need not be UTF-8. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Escapes what must not stand on a request line and leaves everything else as written. */
const escapePath = (path: string): string => path.replace(/[^!$%&'()*+,\-./0-9:;=@A-Z[\]_a-z~]/gu, c => [...Buffer.from(c)].map(b => '%' + b.toString(16).toUpperCase().padStart(2, '0')).join(''))
