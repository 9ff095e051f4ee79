#!/usr/bin/env node
// The long tests: the numbers that take minutes (hundreds of kill -9 rounds, a million DNS packets, …). One file after another, so that they do not disturb one another.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const files = ['client-sdk', 'registry', 'sidecar', 'demo-services'].map(p => join(p, 'test', 'long')).filter(existsSync)
  .flatMap(dir => readdirSync(dir).filter(f => f.endsWith('.test.ts')).sort().map(f => join(dir, f)))
let failed = 0
for (const file of files) {
  console.log(`\n# ${file}`)
  const { status } = spawnSync(process.execPath, ['--import=tsx', file], { stdio: 'inherit', env: { ...process.env, TAP_TIMEOUT: '3600' } })
  if (status !== 0) failed++
}
console.log(`\n${files.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
