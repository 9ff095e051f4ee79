// Spans of the browser: each action of a customer begins a trace, and every request in it is a part of it. W3C trace context, https://www.w3.org/TR/trace-context/

const hex = bytes => Array.from(crypto.getRandomValues(new Uint8Array(bytes)), byte => byte.toString(16).padStart(2, '0')).join('')

/**
 * Does something as one trace.
 * @param {string} name
 * @param {(call: (method: string, path: string, body?: unknown) => Promise<{ status: number, body: any }>) => Promise<unknown>} action
 */
export async function action (name, action) {
  const trace = hex(16)
  const root = hex(8)
  const startMs = performance.timeOrigin + performance.now()
  const spans = []
  const call = async (method, path, body) => {
    const span = hex(8)
    const began = performance.timeOrigin + performance.now()
    let status = 0
    try {
      const answer = await fetch(path, { method, headers: { traceparent: `00-${trace}-${span}-01`, ...body !== undefined && { 'content-type': 'application/json' } }, ...body !== undefined && { body: JSON.stringify(body) } })
      status = answer.status
      const text = await answer.text()
      return { status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      return { status: 0, body: { error: { code: 'NOT_NOW', message: 'The shop does not answer' } } }
    } finally {
      spans.push({ trace, span, parent: root, name: `${method} ${path}`, kind: 2, startMs: began, durationMs: performance.timeOrigin + performance.now() - began, failed: status === 0 || status >= 500, attributes: { 'http.response.status_code': status } })
    }
  }
  try { return await action(call) } finally {
    spans.push({ trace, span: root, parent: '', name, kind: 0, startMs, durationMs: performance.timeOrigin + performance.now() - startMs, failed: spans.some(({ failed }) => failed), attributes: {} })
    // Nobody waits for it, and nothing is lost without it.
    void fetch('/api/spans', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ spans }), keepalive: true }).catch(() => {})
  }
}

/** An element with text, attributes and children. Text is text: nothing that comes from a server is read as markup. */
export function make (tag, { text, on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag)
  if (text !== undefined) element.textContent = text
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value)
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener)
  element.append(...children.filter(child => child !== undefined))
  return element
}

/** Puts new children in the place of the old ones, and the focus back to where it was. */
export function fill (element, ...children) {
  const focused = document.activeElement?.id
  element.replaceChildren(...children)
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus()
}
