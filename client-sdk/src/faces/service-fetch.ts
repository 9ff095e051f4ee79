// `payments.fetch('/charges')`: undici's fetch, with the service where the host would be. What differs is told here and nowhere else: errors of this package come as they are, not as
// the cause of a TypeError, and forms made by Node's own FormData are understood.

import { fetch as undiciFetch, FormData } from 'undici'
import type { Dispatcher, RequestInit, Response } from 'undici'
import { InvalidOptionError, isRosterClientError } from '../api/errors.js'
import { serviceHost } from './service-name.js'

/**
 * @param path begins with `/`, or is a URL of this very service; query included
 * @throws what undici's fetch throws, and this package's errors: NoInstancesError, TimeoutError, CircuitOpenError, …
 */
export type ServiceFetch = (path: string | URL, init?: RequestInit) => Promise<Response>

/** @param dispatcher of this service and, for redirects that lead elsewhere, of all other origins */
export function serviceFetch (service: string, dispatcher: Dispatcher): ServiceFetch {
  const origin = originOf(service)
  return async (path, init) => {
    try {
      return await undiciFetch(urlOf(path, origin), { dispatcher, ...init, ...isForeignForm(init?.body) && { body: ownForm(init.body) } })
    } catch (error) {
      throw unwrapped(error)
    }
  }
}

/** A name that cannot be a host has a stand-in: the dispatcher knows the service anyway. */
export const originOf = (service: string): string => {
  const origin = `http://${serviceHost(service)}`
  return URL.canParse(origin) && new URL(origin).origin === origin ? origin : 'http://unnamed.service.roster'
}

function urlOf (path: string | URL, origin: string): string {
  const text = typeof path === 'string' ? path : path.href
  if (text.startsWith('/')) return origin + text
  if (text === origin || text.startsWith(`${origin}/`) || text.startsWith(`${origin}?`)) return text
  throw new InvalidOptionError(`"${text}" is not a path of this service: it must begin with / or with ${origin}/`)
}

/** fetch hides what went wrong as the cause of a TypeError "fetch failed". */
const unwrapped = (error: unknown): unknown => error instanceof TypeError && isRosterClientError(error.cause) ? error.cause : error

interface AnyForm { entries (): Iterable<[string, string | Blob]> }

/** Node's FormData and undici's are two classes; each fetch writes the other's as the text "[object FormData]". */
const isForeignForm = (body: unknown): body is AnyForm =>
  typeof body === 'object' && body !== null && !(body instanceof FormData) && (body as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === 'FormData'

function ownForm (body: unknown): FormData {
  const form = new FormData()
  for (const [name, value] of (body as AnyForm).entries()) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, (value as Blob & { readonly name?: string }).name)
  }
  return form
}
