// `roster completion`: the script that a shell reads. What it asks back is answered by complete.ts.

import { completionScript, SHELLS } from './completion.js'
import { outputFlag } from './common-flags.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'

export const completionVerb = verb({
  usage: 'roster completion bash|zsh|fish',
  text: `Prints completion for a shell.

    $ source <(roster completion bash)
    $ roster completion fish > ~/.config/fish/completions/roster.fish`,
  flags: flags(outputFlag),
  words: SHELLS,
  run ({ words, show }) {
    const shell = SHELLS.find(name => name === words[0])
    if (shell === undefined || words.length > 1) throw new Failure(`Must specify one shell: ${SHELLS.join(', ')}`)
    show(() => ({ Shell: shell, Script: completionScript(shell) }), () => completionScript(shell))
    return 0
  },
})
