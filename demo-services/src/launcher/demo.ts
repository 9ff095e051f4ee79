#!/usr/bin/env node
// `npm run demo`: the shop, until Ctrl-C.

import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { textOf } from '../kit/errors.js'
import { runService } from '../kit/run.js'
import type { LoadReport } from '../load/generator.js'
import { operator } from '../operator/app.js'
import { startChild } from './child.js'
import { guests } from './guests.js'
import { isFree } from './free-port.js'
import { proportionalMb } from './memory.js'
import { Shop } from './shop.js'

const USAGE = `npm run demo -- [options]
  --only a,b          run these services only
  --scale orders=3    so many instances (again for others, or by comma)
  --together a,b      these share one process
  --chaos             kill an instance now and then
  --no-load           no customers of our own
  --rate 5            journeys a second of the load
  --port 8080         of the shop's page
  --registry-port 8500, --dns-port 8600
  --for 60            end after so many seconds`
const LOAD = fileURLToPath(new URL('./../load/main.js', import.meta.url))
/** Between two kills of --chaos, ms, and how long somebody stays away. */
const CHAOS_MS = 10_000
const AWAY_MS = 3000

const fail = (text: string, code: number): never => {
  console.error(text)
  process.exit(code)
}

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        scale: { type: 'string', multiple: true },
        together: { type: 'string', multiple: true },
        chaos: { type: 'boolean' },
        'no-load': { type: 'boolean' },
        rate: { type: 'string', default: '5' },
        port: { type: 'string', default: '8080' },
        'registry-port': { type: 'string', default: '8500' },
        'dns-port': { type: 'string', default: '8600' },
        for: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) { return fail(`${textOf(error)}\n${USAGE}`, 64) }
})()
if (values.help) fail(USAGE, 0)

const port = (text: string): number => {
  const number = Number(text)
  return Number.isInteger(number) && number >= 0 && number < 65_536 ? number : fail(`Not a port: ${text}`, 64)
}
const [pagePort, registryPort, dnsPort] = [port(values.port), port(values['registry-port']), port(values['dns-port'])]
const rate = Number(values.rate) > 0 ? Number(values.rate) : fail(`--rate must be a number above 0, not ${values.rate}`, 64)
const scale = Object.fromEntries((values.scale ?? []).flatMap(text => text.split(',')).map(text => {
  const [, name, count] = /^([a-z]+)=(\d{1,2})$/.exec(text) ?? fail(`--scale is like orders=3, not ${text}`, 64) as never
  return [name, Number(count)]
}))
for (const taken of [pagePort, registryPort, dnsPort]) if (taken !== 0 && !await isFree(taken)) fail(`Port ${taken} is in use: give others with --port, --registry-port, --dns-port`, 69)

const began = performance.now()
const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1)
const shop = (() => {
  try {
    return new Shop({ pagePort, registryPort, dnsPort, scale, say: line => console.log(line), ...values.only !== undefined && { only: values.only.split(',') }, ...values.together !== undefined && { together: values.together.map(group => group.split(',')) } })
  } catch (error) { return fail(textOf(error), 64) }
})()

const ends: Array<() => Promise<unknown>> = [() => shop.close()]
let ending = false
const end = async (code = 0): Promise<never> => {
  if (ending) return await new Promise(() => {})
  ending = true
  const memory = proportionalMb(pids())
  console.log(`\nclosing${memory === undefined ? '' : `; ${memory.toFixed(0)} MB of memory in ${pids().length} processes (proportional set size)`}`)
  for (const step of ends.reverse()) await step().catch((error: unknown) => console.error(textOf(error)))
  return process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { void end() })

let load: LoadReport | undefined
const extra: number[] = []
const pids = (): number[] => [...shop.pids, ...extra]

try {
  await shop.start()
  const desk = await runService(operator({ shop, load: () => load }), { label: 'operator-1', env: { ROSTER_HTTP_ADDR: shop.registry.url }, folder: shop.folder })
  ends.push(() => Promise.race([desk.roster.close(), pause(1000)]))
  if (shop.page !== '') console.log(`the shop:      ${shop.page}/\nthe operator:  ${shop.page}/operator`)
  console.log(`the registry:  ${shop.registry.url}/ui   dig @127.0.0.1 -p ${shop.registry.dnsPort} orders.service.roster SRV\nready after ${seconds()} s: ${shop.instances.length} processes`)
  for (const guest of guests(shop, line => console.log(line))) {
    await guest.start().catch((error: unknown) => console.log(textOf(error)))
    extra.push(...guest.pids())
    ends.push(() => guest.stop())
  }
  if (!values['no-load'] && shop.page !== '') {
    const child = startChild({ args: ['--max-old-space-size=64', '--max-semi-space-size=1', LOAD, '--rate', String(rate)], cwd: shop.folder, env: { ROSTER_HTTP_ADDR: shop.registry.url }, onLine: line => console.log(`load: ${line}`), onMessage: message => { load = (message as { load: LoadReport }).load } })
    extra.push(child.pid)
    ends.push(() => child.stop('SIGINT', 2000))
    console.log(`load:          ${rate} journeys a second (--no-load for none)`)
  }
} catch (error) {
  console.error(textOf(error))
  await end(1)
}

const figures = setInterval(() => {
  if (load !== undefined) console.log(`load: ${load.all.count} journeys, ${load.all.failed} failed, p50 ${load.all.p50} ms, p99 ${load.all.p99} ms`)
  const bad = Object.entries(load?.errors ?? {})
  if (bad.length > 0) console.log(`      ${bad.map(([text, count]) => `${count} × ${text}`).join('; ')}`)
}, 10_000)
figures.unref()

if (values.for !== undefined) setTimeout(() => { void end(load !== undefined && load.all.failed > 0 ? 1 : 0) }, Number(values.for) * 1000)
if (values.chaos) {
  while (!ending) {
    await pause(CHAOS_MS)
    // One of those who have a sibling, or whom nobody has to wait for.
    const victims = shop.instances.filter(({ services, running }) => running && (['recommendations', 'notifications', 'broker'].includes(services[0]!) || shop.all(services[0]!).length > 1))
    const victim = victims[Math.floor(Math.random() * victims.length)]
    if (victim === undefined || ending) continue
    console.log(`chaos: ${victim.label} is killed`)
    await shop.kill(victim.label)
    await pause(AWAY_MS)
    if (!ending) await shop.revive(victim.label)
  }
}
