// `roster __complete WORD…`: answers what the completion scripts ask. Only the file of the verb on the line is loaded.

import { complete, completionAnswer } from './completion.js'
import { isGroup } from './verbs.js'
import type { CompletedVerb } from './completion.js'
import type { Entry } from './verbs.js'

/** @param words what stands on the line after `roster`, the last of them unfinished */
export async function answerCompletion (verbs: readonly Entry[], words: readonly string[]): Promise<string> {
  const known: CompletedVerb[] = []
  const walk = async (entries: readonly Entry[], before: readonly string[]): Promise<void> => {
    for (const entry of entries) {
      const own = [...before, entry.name]
      if (isGroup(entry)) await walk(entry.verbs, own)
      else if (own.every((word, i) => words[i] === word) && words.length > own.length) {
        const { flags, words: values } = await entry.load()
        known.push({ words: own, synopsis: entry.summary, flags, ...values === undefined ? {} : { values } })
      } else known.push({ words: own, synopsis: entry.summary, flags: [] })
    }
  }
  await walk(verbs, [])
  return completionAnswer(complete(known, words))
}
