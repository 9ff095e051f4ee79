// Where a server is that a local agent joins: from the words of `retry_join` to a URL. Pure.

import { isIPv6 } from 'node:net'

/** Port of the HTTP API where none is named, by scheme. */
const PORTS = { http: 8500, https: 8501 } as const

/** Why an address cannot be one. */
export class ServerUrlError extends Error {
  override readonly name = 'ServerUrlError'
}

/**
 * `host`, `host:port`, `[v6]:port`, `v6` or a whole URL without a path; HTTP unless it says HTTPS. Several may stand in one text, apart by commas.
 * @example `s1,https://s2:8501` gives `http://s1:8500` and `https://s2:8501`
 * @throws ServerUrlError with the reason
 */
export const serverUrls = (texts: readonly string[]): URL[] => texts.flatMap(text => text.includes('provider=') ? [text] : text.split(',')).map(part => part.trim()).filter(part => part !== '').map(serverUrl)

/** @throws ServerUrlError */
export function serverUrl (text: string): URL {
  if (text.includes('provider=')) throw new ServerUrlError(`"${text}": servers are not looked for in clouds; name their HTTP addresses`)
  const given = /^(?:(https?):\/\/)?(.*?)\/?$/i.exec(text)!
  const scheme = (given[1]?.toLowerCase() ?? 'http') as keyof typeof PORTS
  const place = isIPv6(given[2]!) ? `[${given[2]!}]` : given[2]!
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:/?#@[\]\s]+)(?::(\d{1,5}))?$/i.exec(place) ?? []
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65535) throw new ServerUrlError(`"${text}" is no address of a server: host, host:port or http(s)://host:port`)
  try {
    return new URL(`${scheme}://${host}:${port ?? PORTS[scheme]}`)
  } catch {
    throw new ServerUrlError(`"${text}" is no address of a server: host, host:port or http(s)://host:port`)
  }
}

/** Host and port as people write them. */
export const shownUrl = (url: URL): string => `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port}`
