#!/usr/bin/env node
// Quick build for the inner loop: transpiles every source file to dist/ without checking types (well under a second). `npm run build` is the real one.
import { build } from 'esbuild'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bundleWeb } from './bundle-web.mjs'

const walk = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap(e => e.isDirectory() ? walk(join(dir, e.name)) : [join(dir, e.name)])
for (const pkg of process.argv.length > 2 ? process.argv.slice(2) : ['client-sdk', 'registry', 'sidecar', 'demo-services']) {
  await build({ entryPoints: walk(`${pkg}/src`).filter(f => /\.tsx?$/.test(f)), outdir: `${pkg}/dist`, format: 'esm', target: 'node20', sourcemap: true, logLevel: 'warning' })
}
await bundleWeb()
