// `roster validate`: the judgement is config/validate.ts, this is its place on the command line.

import { validate as judge } from '../config/validate.js'
import { outputFlag } from './common-flags.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const validate = verb({
  usage: 'roster validate [options] FILE_OR_DIRECTORY...',
  text: `Judges configuration files by all the laws of the agent, without starting one.
What is given has to be the whole configuration of an agent.`,
  flags: flags([
    { name: 'config-format', kind: 'string', default: '', values: ['hcl', 'json'], help: 'What all files are, whatever their ending.' },
    { name: 'quiet', kind: 'bool', default: false, help: 'Say nothing when all is well.' },
    ...outputFlag,
  ]),
  words: 'file',
  run ({ values, words, io, json, show }) {
    const { exitCode, out, err } = judge({ paths: words, format: values['config-format'], quiet: values.quiet, cwd: io.cwd })
    if (json) show(() => ({ Valid: exitCode === 0, Message: err.trimEnd() }), () => '')
    else io.out(out)
    if (!json || exitCode !== 0) io.err(err)
    return exitCode
  },
})
