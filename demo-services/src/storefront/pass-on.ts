// The operator page's backend is a service like any other, found through the registry; the page speaks to it through the storefront, so that one port is enough.

import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Caller } from '../kit/dependencies.js'
import { ShopError } from '../kit/errors.js'
import type { Http } from '../kit/http.js'

/** @param prefix paths below it go to the service, without it */
export function passOn (http: Http, prefix: string, { service }: Caller): void {
  http.route<{ Params: { '*': string } }>({
    method: ['GET', 'PUT', 'POST', 'DELETE'],
    url: `${prefix}/*`,
    handler: async (request, reply) => {
      if (service.snapshot().instances.every(({ withdrawn }) => withdrawn)) {
        await service.ready().catch(() => {})
        if (service.snapshot().instances.length === 0) throw new ShopError('NOT_NOW', 'nobody offers an operator page here')
      }
      const query = request.url.indexOf('?')
      const answer = await service.fetch(`/${request.params['*']}${query === -1 ? '' : request.url.slice(query)}`, {
        method: request.method,
        ...request.body !== undefined && request.body !== null && { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json' } },
      }).catch((cause: unknown) => { throw new ShopError('NOT_NOW', 'operator', { cause }) })
      void reply.code(answer.status).type(answer.headers.get('content-type') ?? 'application/json')
      return reply.send(answer.body === null ? '' : Readable.fromWeb(answer.body as ReadableStream))
    },
  })
}
