// A customer without a browser: cookies, JSON, and nothing more.

export interface Answer<T = Record<string, never>> { readonly status: number, readonly body: T }

export interface Customer {
  call<T = any> (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>> // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** @param page where the shop is */
export function customer (page: string): Customer {
  let cookie = ''
  return {
    async call (method, path, body, headers = {}) {
      const answer = await fetch(page + path, { method, headers: { ...body !== undefined && { 'content-type': 'application/json' }, ...cookie !== '' && { cookie }, ...headers }, ...body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) } })
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}
