#!/usr/bin/env node
// The command line's door: finds the verb and loads only its file.

const [verb, ...args] = process.argv.slice(2)
if (verb === 'agent') {
  const { agent } = await import('./agent.js')
  process.exit(await agent(args))
} else process.exitCode = 127
