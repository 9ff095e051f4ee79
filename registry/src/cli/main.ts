#!/usr/bin/env node
// The command line's door: a process around run.ts.

const [first, ...rest] = process.argv.slice(2)
if (first === 'agent' && !rest.some(word => /^--?h(elp)?$/.test(word))) {
  // The agent is to be ready soon, and needs nothing of what the other verbs do: no client, no connection.
  const { agent } = await import('./agent.js')
  process.exit(await agent(rest))
} else {
  const [{ processIo }, { runCommandLine }] = await Promise.all([import('./io.js'), import('./run.js')])
  // A verb that has ended leaves nothing open, and ending by itself lets a slow reader of its output take the rest.
  process.exitCode = await runCommandLine(process.argv.slice(2), processIo())
}
