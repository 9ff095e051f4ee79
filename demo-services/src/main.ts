#!/usr/bin/env node
// Runs one service, or several in one process: `main.js orders --label orders-2`. Options are about this process; where others are, it asks the registry.

import { parseArgs } from 'node:util'
import { runService } from './kit/run.js'
import type { RunningService } from './kit/run.js'
import { services } from './services.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { label: { type: 'string' }, port: { type: 'string' }, host: { type: 'string' }, version: { type: 'string' }, weight: { type: 'string' } },
})
const unknown = positionals.filter(name => services[name] === undefined)
if (positionals.length === 0 || unknown.length > 0) {
  console.error(`Usage: main.js SERVICE… [--label L] [--port N] [--host H] [--version V] [--weight W]\nServices: ${Object.keys(services).join(', ')}${unknown.length > 0 ? `\nUnknown: ${unknown.join(', ')}` : ''}`)
  process.exit(64)
}

const running: RunningService[] = []
let stopping = false
/** Longest that leaving may take, ms: somebody waits for the end. */
const LEAVE_MS = 25_000

/** Leaves in good order: nobody's call fails. A second signal ends it at once. */
const leave = (): void => {
  if (stopping) process.exit(1)
  stopping = true
  setTimeout(() => process.exit(1), LEAVE_MS).unref()
  void Promise.all(running.map(service => service.stop())).then(() => process.exit(0))
}
process.on('SIGTERM', leave)
// Ctrl-C reaches everybody at once: there is nobody left to whom it would matter in which order.
process.on('SIGINT', () => process.exit(0))
// The launcher's end is the end: nothing may stay behind.
process.on('disconnect', () => process.exit(0))

const number = (text: string | undefined): number | undefined => text === undefined || text === '' ? undefined : Number(text)
try {
  const { env } = process
  for (const name of positionals) {
    const label = positionals.length === 1 ? values.label : values.label && `${name}-${values.label.replace(/^.*-/, '')}`
    const service = await runService(await services[name]!(), {
      label,
      port: number(values.port ?? env['PORT']),
      host: values.host ?? env['HOST'],
      version: values.version,
      weight: number(values.weight),
    })
    running.push(service)
    process.send?.({ ready: service.label, name, port: service.port })
  }
} catch (error) {
  console.error(error)
  process.exit(1)
}
