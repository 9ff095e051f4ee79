// The URL holds the state of the page: where one is is the path, how one looks at it is the query. Every view can be sent to somebody.

import { computed, signal } from '@preact/signals'

export const base = new URL(document.baseURI).pathname

const here = signal(location.pathname + location.search)

/** Parts of the path below the page's own, decoded. */
export const path = computed(() => {
  const [own] = here.value.split('?')
  return own!.startsWith(base) ? own!.slice(base.length).split('/').filter(part => part !== '').map(decode) : []
})
export const query = computed(() => new URLSearchParams(here.value.split('?')[1] ?? ''))

/** One value of the query; '' when absent. */
export const param = (name: string): string => query.value.get(name) ?? ''

function decode (part: string): string {
  try { return decodeURIComponent(part) } catch { return part }
}

/** The address of a view, from parts that may hold anything. */
export function href (parts: readonly string[], params: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== '') search.set(name, value)
  const text = search.toString()
  return base + parts.map(encodeURIComponent).join('/') + (text === '' ? '' : `?${text}`)
}

/** The present view with some of its query changed. */
export function withQuery (params: Readonly<Record<string, string | undefined>>): string {
  const all = { ...Object.fromEntries(query.value), ...params }
  return href(path.value, all)
}

export function go (to: string, { replace = false } = {}): void {
  if (to === here.peek()) return
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  here.value = to
}

/** Changes the query in place: typing and selecting make no history. */
export const set = (params: Readonly<Record<string, string | undefined>>): void => go(withQuery(params), { replace: true })

export function follow (): void {
  addEventListener('popstate', () => { here.value = location.pathname + location.search })
  addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.origin !== location.origin || !link.pathname.startsWith(base)) return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
