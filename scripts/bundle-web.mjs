#!/usr/bin/env node
// Bundles the page (registry/web) into the registry's dist, where the server and the tarball find it: one script, one style sheet, each with its content's hash in its name and its
// compressed forms beside it. Nothing of what is bundled is a dependency at run time.
import { build } from 'esbuild'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../registry/', import.meta.url))
const out = join(root, 'dist/web')

/** @returns bytes of each file as it is and compressed, by name */
export async function bundleWeb () {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(join(out, 'assets'), { recursive: true })
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: 'web/main.tsx', out: 'page' }, { in: 'web/styles/page.css', out: 'page' }],
    entryNames: '[name]-[hash]',
    outdir: join(out, 'assets'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfig: join(root, 'web/tsconfig.json'),
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  })
  const names = Object.fromEntries(outputFiles.map(({ path }) => [path.endsWith('.css') ? 'style' : 'script', basename(path)]))
  const files = new Map(outputFiles.map(({ path, contents }) => [`assets/${basename(path)}`, Buffer.from(contents)]))
  files.set('icon.svg', readFileSync(join(root, 'web/icon.svg')))
  const html = readFileSync(join(root, 'web/index.html'), 'utf8').replace('page.js', names.script).replace('page.css', names.style)
  files.set('index.html', Buffer.from(html))
  const sizes = {}
  for (const [name, bytes] of files) {
    const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    const gzip = gzipSync(bytes, { level: 9 })
    writeFileSync(join(out, name), bytes)
    if (name !== 'index.html') { // written anew by the server, which puts its base path in
      writeFileSync(join(out, `${name}.br`), br)
      writeFileSync(join(out, `${name}.gz`), gzip)
    }
    sizes[name] = { bytes: bytes.length, gzip: gzip.length, br: br.length }
  }
  return sizes
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, { bytes, gzip, br }] of Object.entries(await bundleWeb())) console.log(`${name.padEnd(28)} ${String(bytes).padStart(7)} bytes, ${gzip} gzip, ${br} br`)
}
