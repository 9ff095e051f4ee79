// Every bench, one after another: `npm run bench -w @roster/registry`. One alone: `npx tsx registry/bench/lookups.ts`.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

for (const name of ['lookups', 'dns', 'registrations', 'fan-out', 'sizes', 'engine', 'checks', 'kv', 'etcd', 'ui']) {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  if (!existsSync(file)) continue
  console.log(`\n== ${name}`)
  spawnSync(process.execPath, ['--import=tsx', file], { stdio: 'inherit' })
}
