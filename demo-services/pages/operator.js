// The operator's page: who runs, what goes wrong on purpose, where the time goes, and the tour as a checklist.

import { fill, make } from './trace.js'

const $ = id => document.getElementById(id)
/** Between two looks, ms. */
const LOOK_MS = 1000
const KINDS = { kill: 'The process is gone at once; calls go to its siblings, and it comes back when the time is over.', registry: 'Nobody can ask the registry. Calls go on with what is known.' }

let state = { instances: [], registry: {} }
let shown

const say = (text, kind = 'quiet') => { $('said').textContent = text; $('said').className = kind }

async function call (method, path, body) {
  try {
    const answer = await fetch(`/operator/api/${path}`, { method, ...body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } })
    const text = await answer.text()
    const reply = text === '' ? {} : JSON.parse(text)
    if (!answer.ok) { say(reply.error?.message ?? `answered ${answer.status}`, 'bad'); return undefined }
    return reply
  } catch { say('The storefront does not answer', 'bad'); return undefined }
}

const options = (select, names) => {
  const before = select.value
  if ([...select.options].map(({ value }) => value).join() === names.map(([value]) => value).join()) return
  select.replaceChildren(...names.map(([value, text]) => make('option', { value, text })))
  if (names.some(([value]) => value === before)) select.value = before
}

function drawInstances () {
  const left = until => until === null ? '' : `, back in ${Math.max(0, Math.round((until - Date.now()) / 1000))} s`
  const mark = { passing: 'good', critical: 'bad' }
  fill($('instances'), ...[
    { label: 'registry', services: [], version: '', owner: 'team-platform', running: state.registry.running, health: 'passing', ports: {}, back: state.registry.back, active: [] },
    ...state.instances,
  ].map(({ label, version, owner, running, health, ports, back, active }) => make('tr', {},
    make('td', { text: label }),
    make('td', { class: running ? mark[health] ?? 'warn' : 'bad', text: (running ? label === 'registry' ? 'running' : health : 'away') + left(back) }),
    make('td', { text: version }), make('td', { text: owner }), make('td', { text: Object.values(ports).join(', ') }),
    make('td', {}, ...active.map(({ kind, rate, endsAt }) => make('button', { id: `end-${label}-${kind}`, text: `${kind} ${Math.round(rate * 100)} %, ${Math.max(0, Math.round((endsAt - Date.now()) / 1000))} s ✕`, 'aria-label': `End ${kind} of ${label}`, on: { click: async () => { await call('DELETE', `instances/${label}/faults/${kind}`); await look() } } })),
      ...back === null || back === undefined ? [] : [make('button', { id: `back-${label}`, text: 'Bring back', on: { click: async () => { await call('POST', `instances/${label}/undo`, {}); await look() } } })]))))
  options($('target'), [...state.instances.map(({ label }) => [label, label]), ['registry', 'registry']])
  options($('service'), [...new Set(state.instances.flatMap(({ services }) => services))].filter(name => name !== 'storefront').map(name => [name, name]))
  drawKinds()
  const { load } = state
  $('load').textContent = load === null || load === undefined ? '' : `${load.all.count} journeys, ${load.all.failed} failed, p99 ${load.all.p99} ms`
  if (state.registry.url) $('map').href = `${state.registry.url}/ui`
}

function drawKinds () {
  const target = state.instances.find(({ label }) => label === $('target').value)
  const kinds = target === undefined ? [['registry', 'down']] : [['kill', 'kill'], ...Object.keys(target.faults ?? {}).map(kind => [kind, kind])]
  options($('kind'), kinds)
  const kind = $('kind').value
  $('expect').textContent = `What to expect: ${KINDS[kind] ?? target?.faults?.[kind] ?? ''}`
}

async function look () {
  const [instances, traces, acts] = await Promise.all([call('GET', 'instances'), call('GET', 'traces'), call('GET', 'acts')])
  if (instances !== undefined) { state = instances; drawInstances() }
  // Spans come in batches: what is shown grows until it is whole.
  if (shown !== undefined) await drawTrace()
  if (traces !== undefined) {
    fill($('traces'), ...traces.traces.slice(0, 20).map(({ trace, name, durationMs, spans, services, failed, startMs }) => make('li', { class: 'row' },
      make('button', { id: `trace-${trace}`, text: `${name}`, class: failed ? 'bad' : '', 'aria-pressed': String(shown === trace), on: { click: () => { shown = trace; void drawTrace(true) } } }),
      make('span', { class: 'quiet', text: `${new Date(startMs).toLocaleTimeString()}, ${Math.round(durationMs)} ms, ${spans} spans, ${services.join(', ')}` }))))
  }
  if (acts !== undefined) {
    fill($('acts'), ...acts.acts.map(({ id, title, claim, result }) => make('li', { class: 'card' },
      make('div', { class: 'row' }, make('h3', { text: title }), result === null
        ? make('button', { id: `act-${id}`, text: 'Show me', 'aria-label': `Show me: ${title}`, on: { click: async () => { await call('POST', `acts/${id}`, {}); await look() } } })
        : make('span', { class: result.running ? 'warn' : result.passed ? 'good' : 'bad', text: result.running ? 'running …' : result.passed ? '✓ holds' : '✗ does not hold' })),
      make('p', { text: claim }), ...result?.measured ? [make('p', { class: 'quiet', text: `${result.measured} (${result.seconds} s)` })] : [])))
  }
}

/** A waterfall: when each hop began and how long it took, children below their parents. */
async function drawTrace (focus = false) {
  const answer = await call('GET', `traces/${shown}`)
  if (answer === undefined || answer.spans.length === 0) return
  const { spans } = answer
  const from = Math.min(...spans.map(({ startMs }) => startMs))
  const width = Math.max(1, ...spans.map(({ startMs, durationMs }) => startMs + durationMs - from))
  const known = new Set(spans.map(({ span }) => span))
  const below = parent => spans.filter(span => parent === '' ? !known.has(span.parent) : span.parent === parent)
  const rows = []
  const walk = (parent, depth) => { for (const span of below(parent)) { rows.push([span, depth]); if (rows.length < 300) walk(span.span, depth + 1) } }
  walk('', 0)
  const svg = (tag, attributes, ...children) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.append(...children)
    return element
  }
  $('trace-title').textContent = `Trace ${shown.slice(0, 8)}: ${spans.length} spans, ${width.toFixed(1)} ms`
  fill($('trace'), ...rows.flatMap(([{ name, service, instance, startMs, durationMs, failed, kind, attributes }, depth]) => {
    const why = attributes['roster.reason'] === undefined ? '' : `, took ${attributes['roster.instance']} because: ${attributes['roster.reason']}`
    const title = `${instance || service}: ${name}, ${durationMs.toFixed(1)} ms${why}`
    return [
      make('span', { title, text: `${'· '.repeat(depth)}${instance || service}  ${name}` }),
      make('span', { class: 'bar', title }, svg('svg', { viewBox: '0 0 1000 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': title }, svg('rect', { x: 1000 * (startMs - from) / width, y: 1, height: 8, width: Math.max(3, 1000 * durationMs / width), class: `${failed ? 'failed' : ''} ${kind === 0 ? 'inner' : ''}` }))),
    ]
  }))
  if (focus) $('trace-title').focus()
}

$('target').addEventListener('change', drawKinds)
$('kind').addEventListener('change', drawKinds)
$('trouble').addEventListener('submit', async event => {
  event.preventDefault()
  const [label, kind, forMs] = [$('target').value, $('kind').value, Number($('for').value) * 1000]
  const done = kind === 'registry'
    ? await call('POST', 'registry/down', { forMs })
    : kind === 'kill' ? await call('POST', `instances/${label}/kill`, { forMs }) : await call('PUT', `instances/${label}/faults/${kind}`, { rate: Number($('rate').value), ms: Number($('ms').value), forMs })
  if (done !== undefined) say(`${label}: ${kind}`, 'warn')
  await look()
})
$('undo').addEventListener('click', async () => { if (await call('POST', 'undo', {}) !== undefined) say('Everything is as it was', 'good'); await look() })
$('scaling').addEventListener('submit', async event => {
  event.preventDefault()
  if (await call('PUT', `services/${$('service').value}`, { instances: Number($('count').value) }) !== undefined) say(`${$('service').value}: ${$('count').value} instances`, 'good')
  await look()
})

await look()
document.body.dataset.ready = 'yes'
const again = async () => { if (!document.hidden) await look(); setTimeout(again, LOOK_MS) }
setTimeout(again, LOOK_MS)
