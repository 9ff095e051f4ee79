#!/usr/bin/env node
// Leaves a tarball of each package that others install in `packs/`. Expects a build.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'

rmSync('packs', { recursive: true, force: true })
mkdirSync('packs')
for (const workspace of ['@roster/client', '@roster/registry', '@roster/sidecar']) {
  execFileSync('npm', ['pack', '--workspace', workspace, '--pack-destination', 'packs', '--ignore-scripts'], { stdio: 'inherit' })
}
