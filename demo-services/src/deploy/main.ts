#!/usr/bin/env node
// `npm run deploy-files`: writes demo-services/deploy/ from the manifest.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compose } from './compose.js'
import { dockerfile } from './dockerfile.js'
import { kubernetes } from './kubernetes.js'

const FOLDER = fileURLToPath(new URL('../../deploy/', import.meta.url))

for (const [file, text] of Object.entries({ Dockerfile: dockerfile(), 'compose.yaml': compose(), 'kubernetes.yaml': kubernetes() })) {
  writeFileSync(FOLDER + file, text)
  console.log(`demo-services/deploy/${file}`)
}
