// Where a redirect leads and what goes along, as in Go's client: credentials stay behind when the host changes, a body only goes with 307 and 308.

import { formatGoUrl, hostAndPort, parseGoUrl, resolveGoUrl, type GoUrl } from './go-url.js'
import { requestError, sorted, withUser, type CheckRequest } from './request.js'
import { failureText } from '../../net/net-error.js'

const MAX_REDIRECTS = 10

const FOLLOWED = new Set([301, 302, 303, 307, 308])

/** Never follow to another host. */
const CREDENTIALS = new Set(['authorization', 'www-authenticate', 'cookie', 'cookie2', 'proxy-authorization', 'proxy-authenticate'])

/**
 * @param first the request of the check itself
 * @param sent the request that was answered
 * @param location of the answer, '' when it has none
 * @param made requests made so far
 * @returns the next request; `undefined` when the answer is to be taken as it is
 * @throws NetError with Go's words for a location that leads nowhere, and for too many
 */
export function redirected (first: CheckRequest, sent: CheckRequest, status: number, location: string, made: number): CheckRequest | undefined {
  if (!FOLLOWED.has(status) || location === '') return undefined
  let url: GoUrl
  try {
    url = resolveGoUrl(sent.url, location)
  } catch (error) {
    throw requestError(sent.method, sent.url, `failed to parse Location header "${location}": ${failureText(error)}`, error)
  }
  if (made >= MAX_REDIRECTS) throw requestError(first.method, location, `stopped after ${MAX_REDIRECTS} redirects`)
  const keeps = status === 307 || status === 308
  const method = keeps || sent.method === 'HEAD' ? sent.method : 'GET'
  const sameHost = isSameOrBelow(hostAndPort(url).hostname, hostAndPort(first.url).hostname)
  const headers = first.headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return (sameHost || !CREDENTIALS.has(lower)) && (keeps || !lower.startsWith('content-'))
  })
  const hidden = headers.some(([name]) => name.toLowerCase() === 'referer') || (sent.url.scheme === 'https' && url.scheme === 'http')
  const referer = hidden ? undefined : formatGoUrl({ ...sent.url, fragment: undefined }, 'no user')
  return {
    method,
    url,
    // A name of one's own stays while the location names no other.
    host: first.host !== '' && parseGoUrl(location).host === '' ? sent.host : '',
    headers: sorted([...withUser(headers, url), ...(referer === undefined ? [] : [['Referer', referer] as const])]),
    body: keeps ? sent.body : '',
  }
}

const isSameOrBelow = (host: string, parent: string): boolean => host === parent || (host.endsWith(`.${parent}`) && !/^[\d.:]+$/.test(host))
