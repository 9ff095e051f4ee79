#!/usr/bin/env node
import { buildFirst } from './build-first.mjs'

buildFirst()
await import('../dist/tour/main.js')
