// `roster keygen`

import { randomBytes } from 'node:crypto'
import { outputFlag } from './common-flags.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

/** What AES-256 takes. */
const KEY_BYTES = 32

export const keygen = verb({
  usage: 'roster keygen [options]',
  text: 'Makes a random key of 32 bytes, in base64, as the setting "encrypt" takes it.',
  flags: flags(outputFlag),
  run ({ show }) {
    const key = randomBytes(KEY_BYTES).toString('base64')
    show(() => ({ Key: key }), () => `${key}\n`)
    return 0
  },
})
