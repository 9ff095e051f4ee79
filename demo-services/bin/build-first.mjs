// Builds what is not built yet or older than its source, so that one command is enough after `npm ci`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** ms since 1970 of the newest file below. */
const newest = folder => readdirSync(folder, { withFileTypes: true }).reduce((at, entry) => {
  const path = join(folder, entry.name)
  return Math.max(at, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
}, 0)

export function buildFirst () {
  const stale = ['client-sdk', 'registry', 'sidecar', 'demo-services'].filter(name => !existsSync(join(root, name, 'dist')) || newest(join(root, name, 'src')) > newest(join(root, name, 'dist')))
  if (stale.length === 0) return
  console.log(`building ${stale.join(', ')}`)
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/transpile.mjs'), ...stale], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
