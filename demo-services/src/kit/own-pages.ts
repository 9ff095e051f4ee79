// Pages of other sites must not change anything here, although the browser would send our cookies along. https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site

import type { FastifyRequest } from 'fastify'
import { ShopError } from './errors.js'

/** @throws ShopError FOREIGN_PAGE for a change that a foreign page asks for */
export function onlyOwnPages ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): void {
  if (method === 'GET' || method === 'HEAD') return
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new ShopError('FOREIGN_PAGE')
  const { origin, host } = headers
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) throw new ShopError('FOREIGN_PAGE')
}
